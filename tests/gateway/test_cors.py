"""Pages of allowed origins may call; others get answers that their browser keeps from them."""

from tests.gateway.client import ask
from tests.gateway.conftest import ORIGIN, House

PREFLIGHT = ("Access-Control-Request-Method: PATCH", "Access-Control-Request-Headers: x-language")

READABLE = {
    "allow", "etag", "idempotency-replayed", "location", "ratelimit", "ratelimit-policy",
    "retry-after", "www-authenticate", "x-request-id",
}  # fmt: skip
SENDABLE = {
    "authorization", "content-type", "idempotency-key", "traceparent", "tracestate",
    "x-device-id", "x-language", "x-platform", "x-request-id",
}  # fmt: skip


async def test_an_allowed_origin_may_read_answers_and_errors(house: House) -> None:
    for path, status in (("/me", 200), ("/nowhere", 404), ("/me//", 400), ("/", 200)):
        answer = await ask(house.port, "GET", path, f"Origin: {ORIGIN}", token=house.signer.token())
        assert answer.status == status
        assert answer["access-control-allow-origin"] == ORIGIN
        assert set(answer["access-control-expose-headers"].split(", ")) == READABLE
        assert "Origin" in answer.values("vary")
        assert not answer.values("access-control-allow-credentials")


async def test_a_preflight_is_answered_by_the_gateway(house: House) -> None:
    for path in ("/me", "/api/v1/auth/me"):
        answer = await ask(house.port, "OPTIONS", path, f"Origin: {ORIGIN}", *PREFLIGHT)
        assert answer.status == 204
        assert answer["access-control-allow-methods"] == "GET, PATCH"
        assert set(answer["access-control-allow-headers"].split(", ")) >= SENDABLE
        assert answer["access-control-allow-origin"] == ORIGIN
    answer = await ask(house.port, "OPTIONS", "/nowhere", f"Origin: {ORIGIN}", *PREFLIGHT)
    assert answer.status == 404
    assert not house.users.arrived


async def test_other_origins_are_not_told_anything(house: House) -> None:
    for origin in ("https://evil.example", "null", ORIGIN + ".evil.test", ORIGIN.upper(), "*"):
        line = f"Origin: {origin}"
        answer = await ask(house.port, "GET", "/me", line, token=house.signer.token())
        assert answer.status == 200
        assert not answer.values("access-control-allow-origin")
        answer = await ask(house.port, "OPTIONS", "/me", line, *PREFLIGHT)
        assert answer.status == 405
        assert not answer.values("access-control-allow-origin")
