"""One canonical path, or 400."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import MalformedPath
from gateway.paths import canonical, encoded
from tests.gateway.client import ask
from tests.gateway.conftest import House

ATTACKS = (
    "//me", "/auth//sessions", "/./me", "/auth/../me", "/auth/%2e%2e/me", "/auth/.%2E/me",
    "/users/..%2fadmin", "/users%2fadmin", "/users%2Fadmin", "/users%5cadmin", "/users\\admin",
    "/me%00", "/me%0a", "/me%0d%0aX-User-Id:%201", "/me%7f", "/me%20", "/me;a=1", "/me%3ba=1",
    "/%", "/%zz", "/me%2", "/me%ff", "/me%c0%af", "/me%ed%a0%80", "/%252e%252e/me", "/me%25",
    "/api/v1//me", "/api/v1/../me", "/..", "/.", "/me/..", "/me/.", "/%2e", "*", "me", "",
    "/" + "a" * 5000, "/me%c2%85",
)  # fmt: skip


@pytest.mark.parametrize("path", ATTACKS)
async def test_a_path_that_two_could_read_differently_is_refused(house: House, path: str) -> None:
    token = house.signer.token(roles=("superadmin",))
    answer = await ask(house.port, "GET", path, token=token)
    assert answer.status == 400
    assert answer.code in ("malformed_path", "malformed_request")
    assert not house.users.arrived
    assert not house.auth.arrived


async def test_bytes_outside_ascii_are_refused(house: House) -> None:
    for path in ("/mé", "/me\x80", "/me\x01", "/me\x00"):
        answer = await ask(house.port, "GET", path, token=house.signer.token())
        assert answer.status == 400, path
    assert not house.users.arrived


async def test_an_authority_in_the_request_line_changes_nothing(house: House) -> None:
    token = house.signer.token()
    answer = await ask(house.port, "GET", "http://evil.test/me", token=token)
    assert answer.status == 200
    assert house.users.last.target == "/me"
    assert house.users.last["host"] == f"127.0.0.1:{house.users.port}"
    answer = await ask(house.port, "GET", "http://evil.test/auth/../me", token=token)
    assert answer.status == 400


@given(st.binary(max_size=60))
def test_what_is_canonical_once_stays_so(tail: bytes) -> None:
    try:
        path = canonical(b"/x" + tail)
    except MalformedPath:
        return
    assert canonical(encoded(path).encode()) == path
    assert not set(path) & set("\\;%\x00\n ")
    assert "//" not in path
    assert "/../" not in f"{path}/"
    assert "/./" not in f"{path}/"
