"""Settings, metrics and logs."""

import httpx
import pytest

from gateway.errors import UpstreamAway
from gateway.settings import GatewaySettings
from gateway.upstreams import Upstream
from shared.pseudonyms import Pseudonyms
from shared.settings import SettingsError
from tests.eventually import eventually
from tests.gateway.client import ask
from tests.gateway.conftest import PRIVACY_KEY, House

READ = {"AULA_USERS_URL": "http://10.0.0.1:8082, http://users:8082", "AULA_RATE_USER": "5/second"}


@pytest.mark.parametrize(
    "variable, value",
    [
        ("AULA_USERS_URL", "10.0.0.1:8082"),
        ("AULA_USERS_URL", "https://users.example"),
        ("AULA_USERS_URL", "http://users:8082/base"),
        ("AULA_USERS_URL", "http://users:port"),
        ("AULA_RATE_PUBLIC", "many"),
        ("AULA_RATE_USER", "5 per fortnight"),
        ("AULA_CORS_ORIGINS", "app.example"),
        ("AULA_CORS_ORIGINS", "https://app.example/"),
        ("AULA_DEVELOPMENT_API_URL", "localhost:8080"),
        ("AULA_PRODUCTION_API_URL", "https://api.example/v1"),
        ("AULA_PRODUCTION_API_URL", "https://api.example;script-src *"),
        ("AULA_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("AULA_METRICS_PORT", "70000"),
    ],
)
def test_a_wrong_setting_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        GatewaySettings.from_environment({**READ, variable: value})


def test_a_service_may_have_several_addresses() -> None:
    settings = GatewaySettings.from_environment(READ)
    assert settings.users_url == ("http://10.0.0.1:8082", "http://users:8082")


def test_a_service_that_hangs_takes_only_so_many_requests_along() -> None:
    upstream = Upstream(("http://127.0.0.1:1", "http://127.0.0.1:2"))
    first, second = upstream.addresses
    first.busy = 512
    assert upstream.pick() is second
    second.busy = 512
    with pytest.raises(UpstreamAway):
        upstream.pick()


async def test_counters_are_on_a_port_of_their_own(house: House) -> None:
    assert (await ask(house.port, "GET", "/me", token=house.signer.token())).status == 200
    assert (await ask(house.port, "GET", "/metrics")).status == 404
    counter = 'aula_http_requests_total{method="GET",route="/me",status="200"}'

    async def counted() -> bool:
        async with httpx.AsyncClient(timeout=30) as client:
            port = house.stack.ports["gateway-metrics"]
            return counter in (await client.get(f"http://127.0.0.1:{port}/metrics")).text

    await eventually(counted)


async def test_a_request_is_one_line_that_gives_nothing_away(house: House) -> None:
    token, user = house.signer.token(user="e" * 24), "e" * 24
    lines = ("X-Request-Id: canary-request-1", "User-Agent: canary-agent")
    await ask(house.port, "GET", "/me?code=canary-1234", *lines, token=token)
    log = house.stack.plan.logs / "gateway.log"
    await eventually(lambda: "canary-request-1" in log.read_text())
    (line,) = [line for line in log.read_text().splitlines() if "canary-request-1" in line]
    for part in ("GET", "/me", "200", Pseudonyms(PRIVACY_KEY).of(user)):
        assert part in line
    hidden = (token[-40:], "canary-1234", user)
    assert not [secret for secret in hidden if secret in log.read_text()]
