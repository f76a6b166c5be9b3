"""What passes in either direction, and what cannot be smuggled."""

import re

import pytest

from tests.gateway.client import Client, ask, request
from tests.gateway.conftest import House, program
from tests.gateway.upstream import saying, whole

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_no_spelling_of_an_identity_header_reaches_a_service(house: House) -> None:
    lines = [
        f"{name}: admin"
        for name in (
            "X-User-Id", "x-user-id", "X-USER-ID", "X_User_Id", "X-User-Roles", "X-Forwarded-User",
            "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "Forwarded", "X-Real-IP",
            "Cookie", "Proxy-Authorization", "X-Forwarded-Host", "X-Forwarded-Prefix", "Via",
        )
    ]  # fmt: skip
    answer = await ask(house.port, "GET", "/me", *lines, token=house.signer.token())
    assert answer.status == 200
    names = {name.lower() for name, _ in house.users.last.headers}
    assert names == {
        "host", "authorization", "x-forwarded-for", "x-forwarded-proto", "x-request-id",
        "traceparent",
    }  # fmt: skip


async def test_the_headers_that_mean_something_are_passed_on(house: House) -> None:
    lines = {
        "accept": "application/json", "accept-language": "tr", "user-agent": "App/1 (ünïcode)",
        "idempotency-key": "k1", "if-none-match": '"x"', "x-language": "de", "x-platform": "ios",
        "x-device-id": "d-1", "range": "bytes=0-9", "tracestate": "a=1",
    }  # fmt: skip
    await ask(
        house.port, "GET", "/me", *(f"{k}: {v}" for k, v in lines.items()),
        token=house.signer.token(),
    )  # fmt: skip
    for name, value in lines.items():
        assert house.users.last[name] == value


async def test_services_are_told_the_clients_address_and_never_what_it_claims(house: House) -> None:
    await ask(
        house.port, "GET", "/me", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https",
        token=house.signer.token(),
    )  # fmt: skip
    assert house.users.last["x-forwarded-for"] == "127.0.0.1"
    assert house.users.last["x-forwarded-proto"] == "http"


async def test_trusted_proxies_are_believed_up_to_the_first_stranger(house: House) -> None:
    variables = {**house.variables, "AULA_TRUSTED_PROXIES": "127.0.0.0/8,10.0.0.0/8"}
    async with program("gateway.app", **variables) as (port, _):
        for forwarded, expected in (
            ("6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
            ("203.0.113.9", "203.0.113.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("nonsense, 10.1.2.3", "10.1.2.3"),
            ("nonsense", "127.0.0.1"),
            ("", "127.0.0.1"),
        ):
            line = f"X-Forwarded-For: {forwarded}"
            lines = (line, "X-Forwarded-Proto: https", "Connection: x-forwarded-for")
            await ask(port, "GET", "/me", *lines, token=house.signer.token())
            assert house.users.last["x-forwarded-for"] == expected
            assert house.users.last["x-forwarded-proto"] == "https"


async def test_what_connection_names_counts_as_not_there(house: House) -> None:
    token = house.signer.token()
    lines = ("Connection: authorization, keep-alive",)
    answer = await ask(house.port, "GET", "/me", *lines, token=token)
    assert (answer.status, answer.code) == (401, "authentication_required")
    lines = ("Connection: X-Language", "X-Language: tr", "Keep-Alive: timeout=5", "TE: trailers")
    assert (await ask(house.port, "GET", "/me", *lines, token=token)).status == 200
    names = {name for name, _ in house.users.last.headers}
    assert not names & {"connection", "keep-alive", "te", "x-language"}
    for named in ("content-length", "host", "transfer-encoding"):
        answer = await ask(house.port, "GET", "/me", f"Connection: {named}", token=token)
        assert (answer.status, answer.code) == (400, "malformed_request")


POST = "POST /auth/refresh HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    "head",
    [
        "GET /me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /me HTTP/1.1\r\n\r\n",
        "GET /me HTTP/1.1\r\nHost:\r\n\r\n",
        POST + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        POST + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        POST + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        POST + "Content-Length: +2\r\n\r\n{}",
        POST + "Content-Length: -2\r\n\r\n{}",
        POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "GET /me HTTP/1.1\r\nHost: a\r\nX-A: b\r\n folded\r\n\r\n",
        "GET /me HTTP/1.1\nHost: a\n\n",
        "GET /me HTTP/1.1\r\nHost: a\r\nX-A: b\rX-User-Id: 1\r\n\r\n",
        "GET /me HTTP/1.1\r\nHost: a\r\nX-A: b\0\r\n\r\n",
        "FETCH /me HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /me HTTP/9.9\r\nHost: a\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00",
    ],
)  # fmt: skip
async def test_requests_that_two_could_read_differently_are_refused(
    house: House, head: str
) -> None:
    async with await Client.to(house.port) as client:
        client.send(head.encode("latin-1"))
        answer = await client.answer()
        assert 400 <= answer.status < 500
        assert answer.code == "malformed_request"
    assert not house.auth.arrived
    assert not house.users.arrived


async def test_too_many_or_too_large_headers_are_431(house: House) -> None:
    token = house.signer.token()
    answer = await ask(house.port, "GET", "/me", "X-Large: " + "x" * 70_000, token=token)
    assert (answer.status, answer.code) == (431, "headers_too_large")
    lines = [f"X-{i}: 1" for i in range(200)]
    answer = await ask(house.port, "GET", "/me", *lines, token=token)
    assert (answer.status, answer.code) == (431, "headers_too_large")
    lines = [f"X-{i}: 1" for i in range(90)]
    assert (await ask(house.port, "GET", "/me", *lines, token=token)).status == 200


async def test_a_head_without_an_end_is_cut_off(house: House) -> None:
    async with await Client.to(house.port) as client:
        client.send(b"GET /me HTTP/1.1\r\nHost: a\r\n")
        for _ in range(40):
            client.send(b"X-More: " + b"x" * 4000 + b"\r\n")
        answer = await client.answer()
        assert (answer.status, answer.code) == (431, "headers_too_large")
        assert await client.closed()


async def test_every_answer_has_the_request_id_of_its_request(house: House) -> None:
    token = house.signer.token()
    for path, status in (("/me", 200), ("/nowhere", 404), ("/me//", 400), ("/", 200)):
        lines = ("X-Request-Id: my-request-0001",)
        answer = await ask(house.port, "GET", path, *lines, token=token)
        assert (answer.status, answer["x-request-id"]) == (status, "my-request-0001")
    assert house.users.last["x-request-id"] == "my-request-0001"
    for bad in ("short", "x" * 65, "not/allowed", "new\tline00"):
        answer = await ask(house.port, "GET", "/me", f"X-Request-Id: {bad}", token=token)
        assert re.fullmatch(r"[0-9a-f]{32}", answer["x-request-id"])
        assert house.users.last["x-request-id"] == answer["x-request-id"]


async def test_a_trace_is_continued(house: House) -> None:
    token = house.signer.token()
    line = f"traceparent: 00-{TRACE}-00f067aa0ba902b7-01"
    await ask(house.port, "GET", "/me", line, token=token)
    match = re.fullmatch(rf"00-{TRACE}-([0-9a-f]{{16}})-01", house.users.last["traceparent"])
    assert match
    assert match[1] != "00f067aa0ba902b7"
    await ask(house.port, "GET", "/me", "traceparent: 00-zz-00-01", token=token)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", house.users.last["traceparent"])


async def test_answers_lose_what_is_between_gateway_and_service(house: House) -> None:
    house.users.answer = saying(
        whole(
            b"{}", connection="keep-alive, X-Internal", keep_alive="timeout=5", x_internal="1",
            server="upstream", date="then", x_request_id="other-request", etag='"1"',
            access_control_allow_origin="*", upgrade="h2c", set_cookie="a=1",
        )
    )  # fmt: skip
    answer = await ask(house.port, "GET", "/me", token=house.signer.token())
    names = [name for name, _ in answer.headers]
    assert not {"connection", "keep-alive", "x-internal", "server", "upgrade"} & set(names)
    assert "access-control-allow-origin" not in names
    assert answer["date"] != "then"
    assert answer["x-request-id"] != "other-request"
    assert answer["etag"] == '"1"'
    assert answer["set-cookie"] == "a=1"


async def test_answers_are_not_stored_or_sniffed_unless_the_service_says_so(house: House) -> None:
    answer = await ask(house.port, "GET", "/.well-known/jwks.json")
    assert answer["cache-control"] == "no-store"
    assert answer["x-content-type-options"] == "nosniff"
    house.auth.answer = saying(whole(b"{}", Cache_Control="public, max-age=300"))
    answer = await ask(house.port, "GET", "/.well-known/jwks.json")
    assert answer["cache-control"] == "public, max-age=300"
    answer = await ask(house.port, "GET", "/nowhere")
    assert answer["cache-control"] == "no-store"
    assert not answer.values("strict-transport-security")


async def test_a_body_that_breaks_off_its_form_is_cut_at_the_service(house: House) -> None:
    async with await Client.to(house.port) as client:
        client.send(request("POST", "/auth/refresh", "Transfer-Encoding: chunked") + b"zz\r\n")
        answer = await client.answer()
        assert (answer.status, answer.code) == (400, "malformed_request")
    for arrived in house.auth.arrived:
        await arrived.ended()
        assert not arrived.whole


async def test_trailers_do_not_become_headers(house: House) -> None:
    async with await Client.to(house.port) as client:
        client.send(
            b"POST /auth/refresh HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\nX-Language: tr\r\n\r\n"
        )
        answer = await client.answer()
        assert (answer.status, answer.code) == (400, "malformed_request")
    for arrived in house.auth.arrived:
        await arrived.ended()
        assert not arrived.whole


async def test_an_upgrade_is_not_made_and_ends_the_connection(house: House) -> None:
    lines = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    async with await Client.to(house.port) as client:
        client.send(request("GET", "/me", *lines, token=house.signer.token()))
        answer = await client.answer()
        assert (answer.status, answer["connection"]) == (200, "close")
        assert await client.closed()


async def test_a_connection_serves_one_request_after_the_other(house: House) -> None:
    token, before = house.signer.token(), house.users.connections
    async with await Client.to(house.port) as client:
        for i in range(5):
            client.send(request("GET", f"/me?{i}", token=token))
            assert (await client.answer()).json["target"] == f"/me?{i}"
        client.send(b"".join(request("GET", f"/me?{i}", token=token) for i in range(5)))
        for i in range(5):
            assert (await client.answer()).json["target"] == f"/me?{i}"
    assert house.users.connections <= before + 2
