"""Who is asked, under which path, by whom."""

import re

import pytest

from gateway.table import TABLE, Route, RouteTable, present
from shared.roles import ROLES
from tests.gateway.client import ask
from tests.gateway.conftest import House

ID = "65cdd01890f43f1e2a000001"
PROXIED = [route for route in TABLE if route.owner != "gateway"]


def example(route: Route, path: str | None = None) -> str:
    return re.sub(r"\{\w+(:path)?\}", ID, path or route.path)


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


async def test_hello_health_and_readiness_come_from_the_gateway_itself(house: House) -> None:
    assert (await ask(house.port, "GET", "/")).json["data"]["message"]
    assert (await ask(house.port, "GET", "/healthz")).json["data"] == {"status": "ok"}
    ready = (await ask(house.port, "GET", "/api/v1/readyz")).json
    assert ready["data"]["status"] == "ready", ready
    assert not any(service.arrived for service in house.services.values())


async def test_a_path_goes_to_its_owner_under_its_canonical_name(house: House) -> None:
    token = house.signer.token()
    for path in ("/me", "/auth/me", "/api/v1/me", "/api/v1/auth/me", "/%6de", "/api/v1/m%65"):
        answer = await ask(house.port, "GET", f"{path}?a=1&b=%2e", token=token)
        assert answer.status == 200, path
        assert house.users.last.target == "/me?a=1&b=%2e"
    assert not house.auth.arrived


async def test_the_prefix_is_stripped_once_and_only_once(house: House) -> None:
    token = house.signer.token()
    for path in ("/api/v1/api/v1/me", "/api/v1", "/api/v2/me", "/api/v1me", "/API/V1/me"):
        answer = await ask(house.port, "GET", path, token=token)
        assert (answer.status, answer.code) == (404, "not_found"), path
    assert not house.users.arrived


@pytest.mark.parametrize("route", PROXIED, ids=name)
async def test_each_role_reaches_what_it_may_and_nothing_else(house: House, route: Route) -> None:
    """The matrix of rights, read from the table itself."""
    body = None if route.method == "GET" else b"{}"
    least = ROLES.index(route.role) if route.role else -1
    for path in (route.path, *route.aliases):
        target = example(route, path)
        answer = await ask(house.port, route.method, target, body=body)
        assert answer.status == (401 if least >= 0 else 200)
        for rank, role in enumerate(ROLES):
            token = house.signer.token(roles=(role,))
            answer = await ask(house.port, route.method, target, token=token, body=body)
            assert answer.status == (200 if rank >= least else 403), role
        answer = await ask(house.port, route.method, target, token="x.y.z", body=body)
        assert answer.status == 401
    arrived = house.services[route.owner].arrived
    allowed = (1 if least < 0 else 0) + len(ROLES) - max(least, 0)
    assert len(arrived) == allowed * (1 + len(route.aliases))
    assert {request.target for request in arrived} == {example(route)}


async def test_another_method_is_told_which_there_are(house: House) -> None:
    answer = await ask(house.port, "DELETE", "/auth/me")
    assert (answer.status, answer.code, answer["allow"]) == (
        405,
        "method_not_allowed",
        "GET, PATCH",
    )
    answer = await ask(house.port, "OPTIONS", "/auth/logout")
    assert (answer.status, answer["allow"]) == (405, "POST")


async def test_unknown_paths_and_trailing_slashes_are_not_found(house: House) -> None:
    for path in ("/me/", "/auth", "/auth/sessions/", "/admin/users/1/2/email", "/metrics", "/ME"):
        answer = await ask(house.port, "GET", path, token=house.signer.token(roles=("superadmin",)))
        assert (answer.status, answer.code) == (404, "not_found"), path


async def test_errors_speak_the_language_of_the_caller(house: House) -> None:
    answer = await ask(house.port, "GET", "/me", "Accept-Language: de-AT, tr;q=0.5")
    assert answer.json["errors"] == ["Anmeldung erforderlich"]
    answer = await ask(house.port, "GET", "/me", "Accept-Language: de", "X-Language: tr")
    assert answer.json["errors"] == ["Kimlik doğrulaması gerekli"]


async def test_the_rest_of_a_path_can_be_a_place_and_aliases_keep_places(
    house: House, quick: int
) -> None:
    for path in ("/shelf/7/a/b%20c.pdf", "/s/7/a/b%20c.pdf"):
        assert (await ask(quick, "GET", path)).status == 400  # a space is no part of a name
    assert (await ask(quick, "GET", "/s/7/a/%C3%BC.pdf")).status == 200
    assert house.users.last.target == "/shelf/7/a/%C3%BC.pdf"


def test_the_dev_inbox_does_not_exist_in_production() -> None:
    paths = [route.path for route in present(TABLE, "production")]
    assert "/dev/inbox" not in paths
    assert "/dev/inbox" in [route.path for route in present(TABLE, "development")]


def test_a_route_cannot_be_in_the_table_twice() -> None:
    with pytest.raises(ValueError, match="GET /auth/me is in the table twice"):
        RouteTable([*TABLE, Route("GET", "/auth/me", "users", "user")])
