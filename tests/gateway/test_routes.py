"""Who is asked, under which path, by whom."""

from tests.gateway.client import ask
from tests.gateway.conftest import House


async def test_hello_health_and_readiness_come_from_the_gateway_itself(house: House) -> None:
    assert (await ask(house.port, "GET", "/")).json["data"]["message"]
    assert (await ask(house.port, "GET", "/healthz")).json["data"] == {"status": "ok"}
    ready = (await ask(house.port, "GET", "/readyz")).json
    assert ready["data"]["status"] == "ready", ready


async def test_a_path_goes_to_its_owner_under_its_canonical_name(house: House) -> None:
    token = house.signer.token()
    for path in ("/me", "/auth/me", "/api/v1/me", "/api/v1/auth/me", "/%6de", "/api/v1/m%65"):
        answer = await ask(house.port, "GET", f"{path}?a=1&b=%2e", token=token)
        assert answer.status == 200, path
        assert house.users.last.target == "/me?a=1&b=%2e"
    assert not house.auth.arrived
