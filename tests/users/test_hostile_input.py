"""Bad input of every kind at everything that takes some: a 4xx in the envelope, never a 500."""

import asyncio

import httpx
import pytest

from tests.users.conftest import Users

TAKING = (
    ("PATCH", "/me"),
    ("POST", "/auth/registration/complete"),
    ("PATCH", "/users/username"),
    ("PATCH", "/admin/users/{id}/profile"),
)
BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"NaN",
    b'"text"',
    b'{"name":NaN}',
    b'{"name":"\\ud800"}',
    b'{"newUsername":"ada\\u0000"}',
    b'{"name":"\xed\xa0\x80"}',
    b'{"name":{"$ne":null},"newUsername":{"$gt":""}}',
    b'{"$set":{"account.role":"superadmin"}}',
    b'{"account.role":"superadmin","profile.username":"ada"}',
    b'{"__proto__":{"role":"superadmin"}}',
    b'{"interests":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"newUsername":"' + b"a" * 900_000 + b'"}',
    b'{"consentFormVersion":' + b"9" * 100_000 + b"}",
)


WITHOUT_BODY = (
    ("POST", "/users/me/account-deletion"),
    ("DELETE", "/users/me/account-deletion"),
    ("POST", "/users/me/account-deletion/finalize-now"),
    ("DELETE", "/admin/users/{id}"),
)


def refused(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.json()["isSuccess"] is False
    assert answer.json()["code"]


@pytest.mark.parametrize(("method", "path"), TAKING)
async def test_bodies_that_make_no_sense_change_nothing(
    users: Users, method: str, path: str
) -> None:
    user_id, bearer = await users.somebody("superadmin")
    before = (await users.http.get("/me", headers=bearer)).json()["data"]
    url = path.replace("{id}", user_id)
    headers = {**bearer, "Content-Type": "application/json"}
    answers = await asyncio.gather(
        *(users.http.request(method, url, headers=headers, content=body) for body in BODIES)
    )
    for answer in answers:
        refused(answer, 400)
    plain = {**bearer, "Content-Type": "text/plain"}
    refused(await users.http.request(method, url, headers=plain, content=b"{}"), 415)
    assert (await users.http.get("/me", headers=bearer)).json()["data"] == before


async def test_queries_with_operators_change_nothing(users: Users) -> None:
    user_id, bearer = await users.somebody()
    query = "?id[$ne]=&username[$gt]=&role=superadmin"
    for path in ("/me", "/auth/registration/status", "/users/optional-auth"):
        answer = await users.http.get(path + query, headers=bearer)
        assert answer.status_code == 200
        assert user_id in answer.text or "missingFields" in answer.text
    refused(await users.http.get(f"/users/profile/username/{{$ne:1}}{query}"), 404)


@pytest.mark.parametrize(("method", "path"), WITHOUT_BODY)
@pytest.mark.parametrize("body", [b"{", b"[1]", b"5", b'{"reason":"x"}', b'{"$ne":null}'])
async def test_where_no_body_is_wanted_none_is_taken(
    users: Users, method: str, path: str, body: bytes
) -> None:
    user_id, bearer = await users.somebody()
    _, superadmin = await users.somebody("superadmin")
    answer = await users.http.request(
        method,
        path.replace("{id}", user_id),
        content=body,
        headers={**(superadmin if "admin" in path else bearer), "Content-Type": "application/json"},
    )
    refused(answer, 400)
    me = (await users.http.get("/me", headers=bearer)).json()["data"]
    assert me["accountDeletionStatus"] is None


async def test_an_empty_object_is_no_body(users: Users) -> None:
    _, bearer = await users.somebody()
    answer = await users.http.post("/users/me/account-deletion", headers=bearer, json={})
    assert answer.status_code == 200
