"""Rate limits."""

import pytest

from gateway.limits import RateLimit
from shared.addresses import network_of
from tests.gateway.client import Answer, ask
from tests.gateway.conftest import House, program

LIMITED = {
    # In an hour: no test is so slow that a new window begins.
    "AULA_RATE_PUBLIC": "3/hour",
    "AULA_RATE_USER": "5/hour",
    "AULA_TRUSTED_PROXIES": "127.0.0.0/8",  # so that a test can come from anywhere
}


async def refresh(port: int, client: str) -> Answer:
    return await ask(port, "POST", "/auth/refresh", f"X-Forwarded-For: {client}", body=b"{}")


async def test_addresses_and_users_have_limits_of_their_own(house: House) -> None:
    async with program("gateway.app", **house.variables, **LIMITED) as (port, _):
        for left in (2, 1, 0):
            answer = await refresh(port, "203.0.113.1")
            assert answer.status == 200
            assert answer["ratelimit-policy"] == '"public";q=3;w=3600'
            assert answer["ratelimit"] in (f'"public";r={left};t={t}' for t in range(3500, 3601))
        answer = await refresh(port, "203.0.113.1")
        assert (answer.status, answer.code) == (429, "too_many_requests")
        assert 3500 <= int(answer["retry-after"]) <= 3600
        assert answer["ratelimit"].startswith('"public";r=0;t=')
        assert len(house.auth.arrived) == 3
        assert (await refresh(port, "203.0.113.2")).status == 200

        token, other = house.signer.token(), house.signer.token()
        for i in range(5):
            line = f"X-Forwarded-For: 203.0.113.{i + 10}"
            assert (await ask(port, "GET", "/me", line, token=token)).status == 200
        line = "X-Forwarded-For: 203.0.113.99"
        answer = await ask(port, "GET", "/auth/me", line, token=token)
        assert (answer.status, answer["ratelimit-policy"]) == (429, '"user";q=5;w=3600')
        assert (await ask(port, "GET", "/me", line, token=other)).status == 200

        # Health is for machines that ask for ever.
        for _ in range(10):
            answer = await ask(port, "GET", "/healthz", line)
            assert answer.status == 200
            assert not answer.values("ratelimit")


async def test_requests_with_bad_tokens_are_counted_by_address(house: House) -> None:
    bad, good = house.signer.token(aud="other"), house.signer.token()
    async with program("gateway.app", **house.variables, **LIMITED) as (port, _):
        # In the class of the route; also where there is no limit for others.
        for number, (method, path, limit) in enumerate(
            (("GET", "/me", 5), ("POST", "/auth/refresh", 3), ("GET", "/healthz", 5))
        ):
            line = f"X-Forwarded-For: 203.0.113.{number}"
            for _ in range(limit):
                answer = await ask(port, method, path, line, token=bad)
                assert (answer.status, answer.code) == (401, "authentication_required")
                assert answer["www-authenticate"] == "Bearer"
            answer = await ask(port, method, path, line, token=bad)
            assert (answer.status, answer.code) == (429, "too_many_requests")
        line = "X-Forwarded-For: 203.0.113.0"
        assert (await ask(port, "GET", "/me", line)).status == 429
        assert (await ask(port, "GET", "/me", line, token=good)).status == 200
        assert (await ask(port, "GET", "/healthz", line)).status == 200

        # A good token that may not do it counts for its user.
        line = "X-Forwarded-For: 203.0.113.9"
        target, student = f"/admin/users/{'a' * 24}/role", house.signer.token()
        answers = [await ask(port, "PATCH", target, line, token=student) for _ in range(6)]
        assert [answer.status for answer in answers] == [403] * 5 + [429]


async def test_an_ipv6_line_counts_as_one_client(house: House) -> None:
    async with program("gateway.app", **house.variables, **LIMITED) as (port, _):
        statuses = [(await refresh(port, f"2001:db8::{i}")).status for i in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert (await refresh(port, "2001:db8:0:1::1")).status == 200


async def test_in_development_the_machine_itself_is_not_limited(house: House) -> None:
    token = house.signer.token()
    async with program("gateway.app", **house.variables, **LIMITED) as (port, _):
        for client in ("127.0.0.1", "::1"):
            for _ in range(7):
                answer = await refresh(port, client)
                assert (answer.status, answer["ratelimit"]) == (200, '"public";r=3;t=3600')
        for _ in range(7):
            assert (await ask(port, "GET", "/me", token=token)).status == 200


async def test_in_production_it_is_and_transport_is_pinned(house: House) -> None:
    variables = {**house.variables, **LIMITED, "AULA_ENVIRONMENT": "production"}
    async with program("gateway.app", **variables) as (port, _):
        statuses = [(await refresh(port, "127.0.0.1")).status for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        tries = [await ask(port, "GET", "/me", token="x.y.z") for _ in range(6)]
        assert [answer.status for answer in tries] == [401] * 5 + [429]
        answer = await ask(port, "GET", "/dev/inbox")
        assert answer.status == 404
        assert answer["strict-transport-security"].startswith("max-age=")


def test_a_window_begins_with_the_first_request_and_ends_by_itself() -> None:
    now = [100.0]
    limit = RateLimit("user", "2/minute", now=lambda: now[0])
    assert [limit.count("a")[2] for _ in range(3)] == [0, 0, 60]
    now[0] = 159.0
    assert limit.count("a")[2] == 1
    now[0] = 160.0
    assert limit.count("a")[2] == 0


@pytest.mark.parametrize(
    "client, network",
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_what_counts_as_one_client(client: str, network: str) -> None:
    assert network_of(client) == network
