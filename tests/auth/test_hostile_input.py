"""Bad input of every kind: a 4xx in the envelope, never a 500, and nothing done."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from tests.auth.service import Auth, new_email, new_number
from tests.auth.test_endpoints import error_of

MIB = 1024 * 1024


def bodies() -> dict[tuple[str, str], dict[str, Any]]:
    """A good body for each endpoint that takes one; `{id}` in a path is somebody's id."""
    phone = {"countryCode": "90", "phoneNumber": new_number()}
    email = {"email": new_email()}
    return {
        ("POST", "/auth/send-otp"): phone,
        ("POST", "/auth/verify-otp"): {**phone, "code": "1234"},
        ("POST", "/auth/send-otp-email"): email,
        ("POST", "/auth/verify-otp-email"): {**email, "code": "1234"},
        ("POST", "/auth/otp/request"): email,
        ("POST", "/auth/otp/verify"): {**email, "code": "123456"},
        ("POST", "/auth/refresh"): {"refreshToken": "A" * 64},
        ("POST", "/auth/logout"): {"scope": "current"},
        ("POST", "/auth/revoke-token"): {"refreshToken": "A" * 64},
        ("PATCH", "/admin/users/{id}/email"): email,
        ("PATCH", "/admin/users/{id}/role"): {"role": "admin"},
    }


ENDPOINTS = list(bodies())


@pytest.fixture(scope="module")
async def root(one_auth: Auth) -> str:
    """A token that opens every endpoint."""
    return str((await one_auth.superadmin())["accessToken"])


async def send(
    auth: Auth, root: str, endpoint: tuple[str, str], content: bytes, kind: str | None = ""
) -> httpx.Response:
    method, path = endpoint
    headers = {} if kind is None else {"content-type": kind or "application/json"}
    if path not in ("/auth/refresh",):
        headers["authorization"] = f"Bearer {root}"
    url = path.replace("{id}", "a" * 24)
    return await auth.http.request(method, url, content=content, headers=headers)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint[1])
async def test_unknown_members_are_refused(
    auth: Auth, root: str, endpoint: tuple[str, str]
) -> None:
    for member in ("roles", "_id", "isAdmin", "role ", "$where", "__proto__", "Email"):
        body = {**bodies()[endpoint], member: "superadmin"}
        answer = await send(auth, root, endpoint, msgspec.json.encode(body))
        assert error_of(answer, 400) == "validation_failed"
        assert answer.json()["errors"][1].startswith(member)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint[1])
async def test_members_of_other_types_are_refused(
    auth: Auth, root: str, endpoint: tuple[str, str]
) -> None:
    good = bodies()[endpoint]
    for member in good:
        for value in ({"$ne": None}, {"$gt": ""}, {"$regex": "(a+)+$"}, [], 1, 1e300, True, None):
            body = msgspec.json.encode({**good, member: value})
            error_of(await send(auth, root, endpoint, body), 400)
        missing = {name: value for name, value in good.items() if name != member}
        if endpoint[1] != "/auth/logout":
            answer = await send(auth, root, endpoint, msgspec.json.encode(missing))
            assert f"{member}: is required" in answer.json()["errors"]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint[1])
@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'"text"',
        b"1",
        b"NaN",
        b'{"email":NaN}',
        b'{"email":Infinity}',
        b'{"email":"\\ud800"}',
        b'{"email":"a\\udfff@aula.test"}',
        b'{"refreshToken":"\\ud800"}',
        b'{"email":"\xff\xfe"}',
        b'{"email":"\xed\xa0\x80"}',
        b'{"email":"a\\u0000@aula.test"}',
        b'{"email":"a\x00@aula.test"}',
        b"\xef\xbb\xbf{}",
        b"{'email':'a@aula.test'}",
        b'{"email":"a@aula.test"}{"email":"b@aula.test"}',
        b'{"email":"a@aula.test",}',
        b'{"scope":"all","scope":"nobody"}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"email":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"x":' + b"[" * 65 + b"]" * 65 + b"}",
        b'{"email":"' + b"[" * 100_000 + b'"}',
        b'{"email":"' + b"a" * 900_000 + b'@aula.test"}',
        b'{"email":' + b"9" * 100_000 + b"}",
    ],
    ids=lambda content: repr(content[:24]),
)
async def test_what_is_no_good_json_is_refused(
    auth: Auth, root: str, endpoint: tuple[str, str], content: bytes
) -> None:
    answer = await send(auth, root, endpoint, content)
    assert answer.status_code == 400, answer.text
    error_of(answer, 400)


async def test_an_empty_body_is_refused_where_one_is_needed(auth: Auth, root: str) -> None:
    for endpoint in ENDPOINTS:
        if endpoint[1] != "/auth/logout":
            for content in (b"", b"null"):
                error_of(await send(auth, root, endpoint, content), 400)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint[1])
async def test_other_content_types_are_refused(
    auth: Auth, root: str, endpoint: tuple[str, str]
) -> None:
    content = msgspec.json.encode(bodies()[endpoint])
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonx",
        "application/json, text/plain",
        None,
    ):
        error_of(await send(auth, root, endpoint, content, kind), 415)


async def test_ten_megabytes_are_refused(auth: Auth, root: str) -> None:
    content = b'{"email":"' + b"a" * 10 * MIB + b'"}'
    for endpoint in ENDPOINTS[:3]:
        error_of(await send(auth, root, endpoint, content), 413)

    async def in_pieces() -> Any:
        for _ in range(40):
            yield b"a" * (MIB // 16)

    answer = await auth.http.post(
        "/auth/otp/request", content=in_pieces(), headers={"content-type": "application/json"}
    )
    error_of(answer, 413)


async def test_duplicate_members_cannot_mean_two_things(auth: Auth) -> None:
    """The last one counts, for the check as for the work."""
    first, last = new_email(), new_email()
    content = f'{{"email":"{first}","email":"{last}"}}'.encode()
    answer = await auth.http.post(
        "/auth/otp/request", content=content, headers={"content-type": "application/json"}
    )
    assert answer.json()["data"]["email"] == last
    assert await auth.codes_sent(first) == []


async def test_queries_with_operators_change_nothing(auth: Auth, root: str) -> None:
    for path in ("/auth/sessions?id[$ne]=", "/auth/validate-token?userId[$gt]=&role=superadmin"):
        assert (await auth.call("GET", path, token=root)).status_code == 200


async def test_odd_headers_do_no_harm(auth: Auth, root: str) -> None:
    headers: list[tuple[bytes, bytes]] = [
        (b"x-platform", b"\xff\xfe" * 10_000 + b"{$ne:1}"),
        (b"x-device-id", b"d" * 5_000),
        (b"user-agent", "tarayıcı".encode()),
        (b"x-forwarded-for", b"not an address"),
        (b"x-language", b"\xff"),
        (b"accept-language", b"tr;q=nan, de;q=1e999, *;q=x"),
        (b"traceparent", b"00-zz"),
        (b"x-request-id", b"<script>"),
        (b"content-type", b"application/json"),
    ]
    body = msgspec.json.encode({"email": (email := new_email())})
    answer = await auth.http.post("/auth/send-otp-email", content=body, headers=headers)
    assert answer.status_code == 201
    code = answer.json()["data"]["code"]
    body = msgspec.json.encode({"email": email, "code": code})
    answer = await auth.http.post("/auth/verify-otp-email", content=body, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["x-request-id"] != "<script>"
    token = answer.json()["data"]["accessToken"]
    (session,) = (await auth.call("GET", "/auth/sessions", token=token)).json()["data"]
    assert len(session["platform"]) <= 200
    assert session["ip"] == "127.0.0.1"


async def test_an_idempotency_key_of_any_kind_does_no_harm(auth: Auth) -> None:
    for key in ("k" * 256, "ключ".encode().decode("latin-1"), ""):
        answer = await auth.http.post(
            "/auth/otp/request",
            json={"email": new_email()},
            headers={b"idempotency-key": key.encode("latin-1")},
        )
        assert error_of(answer, 400) == "validation_failed"


async def test_hostile_emails_and_phones_are_plain_400s(auth: Auth) -> None:
    emails = [
        "a@aula.test\r\nBcc: b@aula.test",
        "a" * 300 + "@aula.test",
        "a@" + "b" * 300 + ".test",
        "\U000e0001@aula.test",
        "a@\u202e.test",
        "a@xn--.test",
        "' OR 1=1 --",
    ]
    asking = [auth.post("/auth/otp/request", {"email": email}) for email in emails]
    asking += [
        auth.post("/auth/send-otp", {"countryCode": code, "phoneNumber": number})
        for code, number in [
            ("90", "5" * 32),
            ("+", "5551234567"),
            ("90", "++++"),
            ("9" * 32, "1"),
            ("90", "\u0665\u0665\u0665"),
            ("90", "5551234567;phone-context=+1"),
            ("90", "tel:5551234567"),
        ]
    ]
    for answer in await asyncio.gather(*asking):
        error_of(answer, 400)


async def test_unknown_paths_and_methods_are_refused_in_the_envelope(auth: Auth) -> None:
    assert error_of(await auth.call("GET", "/auth/nothing"), 404) == "not_found"
    assert error_of(await auth.call("GET", "/auth/otp/request"), 405) == "method_not_allowed"
    for path in ("/auth//sessions", "/auth/sessions/%00", "/auth/sessions/..", "/AUTH/sessions"):
        answer = await auth.call("GET", path)
        assert 400 <= answer.status_code < 500
        assert answer.json()["isSuccess"] is False
