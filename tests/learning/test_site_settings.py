"""Settings of the site: any JSON by its key, for everybody or for admins."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.ids import new_id
from tests.learning.conftest import Learning


def fresh_key() -> str:
    return f"test.{new_id()}"


async def post(learning: Learning, key: str, value: object, **members: Any) -> httpx.Response:
    body = {"key": key, "value": value, **members}
    return await learning.http.post("/settings", json=body, headers=learning.bearer())


async def put(learning: Learning, path_key: str, **members: Any) -> httpx.Response:
    path = f"/settings/{path_key}"
    return await learning.http.put(path, json=members, headers=learning.bearer())


async def seen(learning: Learning, key: str, **headers: str) -> httpx.Response:
    return await learning.http.get(f"/settings/{key}", headers=headers)


async def test_everybody_reads_a_public_setting(learning: Learning) -> None:
    key = fresh_key()
    setting = await learning.data(await post(learning, key, {"min": "2.1.0"}), 201)
    assert setting == {
        "id": setting["id"],
        "key": key,
        "value": {"min": "2.1.0"},
        "description": None,
        "isPublic": True,
        "createdAt": setting["createdAt"],
        "updatedAt": setting["createdAt"],
    }
    for headers in ({}, learning.bearer("user"), learning.bearer()):
        data = await learning.data(await seen(learning, key, **headers))
        assert data == {"key": key, "value": {"min": "2.1.0"}}


async def test_a_private_setting_is_there_for_admins_alone(learning: Learning) -> None:
    key = fresh_key()
    await learning.data(await post(learning, key, 1, isPublic=False), 201)
    for headers in ({}, learning.bearer("user")):
        hidden = await seen(learning, key, **headers)
        absent = await seen(learning, fresh_key(), **headers)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")
        assert hidden.json()["errors"] == absent.json()["errors"]
    data = await learning.data(await seen(learning, key, **learning.bearer()))
    assert data == {"key": key, "value": 1}


async def test_a_private_setting_that_gets_another_value_stays_private(learning: Learning) -> None:
    key = fresh_key()
    await post(learning, key, "secret", isPublic=False, description="For the panel")
    for answer in (await post(learning, key, "other"), await put(learning, key, value="third")):
        setting = await learning.data(answer)
        assert (setting["isPublic"], setting["description"]) == (False, "For the panel")
    opened = await learning.data(
        await put(learning, key, value="third", isPublic=True, description=None)
    )
    assert (opened["isPublic"], opened["description"]) == (True, None)


async def test_put_makes_a_setting_and_changes_it(learning: Learning) -> None:
    key = fresh_key()
    made = await learning.data(await put(learning, key, value=[1]), 201)
    changed = await learning.data(await put(learning, key, key=key, value=[2]))
    assert changed == {**made, "value": [2], "updatedAt": changed["updatedAt"]}
    assert await learning.data(await put(learning, key, value=[2])) == changed
    other = await put(learning, key, key="another", value=[3])
    assert other.json()["errors"][1:] == ["key: is not the one in the path"]


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 0, -1.5, 1e308, 2**64, 10**40, "", "ünï ★ 𝄞", [], {}, [[]], 0.1),
        {"$where": "1", "a.b": {"$ne": None}, "": 0, "_id": {"$oid": "x"}, "ключ": [1, "2"]},
    ],
)
async def test_a_value_comes_back_as_it_was(learning: Learning, value: object) -> None:
    key = fresh_key()
    assert (await learning.data(await post(learning, key, value), 201))["value"] == value
    assert (await learning.data(await seen(learning, key)))["value"] == value


@pytest.mark.parametrize("key", ["a", "A", "0", "theme", "app.min-version_2", "a..b", "k" * 100])
async def test_what_a_key_may_be(learning: Learning, key: str) -> None:
    assert (await post(learning, key, 1)).status_code in (200, 201)
    assert (await learning.data(await seen(learning, key)))["key"] == key


@pytest.mark.parametrize(
    "key", ["", ".", "..", ".a", "_a", "-a", "a b", "a/b", "ä", "$ne", "a\n", "k" * 101, "a%00"]
)
async def test_what_a_key_may_not_be(learning: Learning, key: str) -> None:
    answer = await post(learning, key, 1)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert answer.json()["errors"][1].startswith("key: must be 1 to 100")


async def test_what_no_key_can_be_is_not_found(learning: Learning) -> None:
    for path in ("/settings/$ne", "/settings/%20", "/settings/a%0a", "/settings/" + "k" * 500):
        assert (await learning.http.get(path)).status_code == 404
        answer = await learning.http.put(path, json={"value": 1}, headers=learning.bearer())
        assert answer.status_code == 400


def nested(levels: int) -> object:
    value: object = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


async def test_a_value_has_a_depth_and_a_size(learning: Learning) -> None:
    key = fresh_key()
    assert (await post(learning, key, nested(20))).status_code == 201
    assert (await post(learning, key, "x" * (64 * 1024 - 2))).status_code == 200
    for value in (nested(21), nested(60), "x" * (64 * 1024 - 1), ["é" * 40_000]):
        answer = await post(learning, key, value)
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
        assert answer.json()["errors"][1].startswith("value: is ")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"key": "x"}, "value"),
        ({"value": 1}, "key"),
        ({"key": 1, "value": 1}, "key"),
        ({"key": "x", "value": 1, "isPublic": "yes"}, "isPublic"),
        ({"key": "x", "value": 1, "isPublic": None}, "isPublic"),
        ({"key": "x", "value": 1, "description": "a\0"}, None),
        ({"key": "x", "value": 1, "description": "a" * 1001}, "description"),
        ({"key": "x", "value": 1, "id": "x"}, "id"),
        ({"key": "x", "value": 1, "createdAt": "x"}, "createdAt"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_name(
    learning: Learning, body: dict[str, Any], field: str | None
) -> None:
    answer = await learning.http.post("/settings", json=body, headers=learning.bearer())
    assert answer.status_code == 400
    assert field is None or answer.json()["errors"][1].startswith(f"{field}: ")


async def test_settings_of_the_same_key_made_at_once_are_one(learning: Learning) -> None:
    key = fresh_key()
    answers = await asyncio.gather(*(post(learning, key, number) for number in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1


async def test_admins_list_settings_by_key(learning: Learning) -> None:
    keys = [f"zz-list.{number}.{new_id()}" for number in range(3)]
    for key in reversed(keys):
        await post(learning, key, key, isPublic=False)

    async def listed(page: int) -> dict[str, Any]:
        path = f"/settings?limit=100&page={page}"
        answer = await learning.http.get(path, headers=learning.bearer())
        data: dict[str, Any] = await learning.data(answer)
        return data

    last = (await listed(1))["pagination"]["totalPages"]
    found = [each for page in range(1, last + 1) for each in (await listed(page))["list"]]
    assert [each["key"] for each in found] == sorted(each["key"] for each in found)
    assert [each["value"] for each in found if each["key"] in keys] == keys
    assert len(found) == (await listed(1))["pagination"]["totalItems"]


async def test_an_app_that_has_the_value_is_told_so_in_a_line(learning: Learning) -> None:
    key = fresh_key()
    await post(learning, key, 1)
    first = await seen(learning, key)
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    tag = first.headers["etag"]
    again = await seen(learning, key, **{"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await post(learning, key, 2)
    assert (await seen(learning, key, **{"If-None-Match": tag})).json()["data"]["value"] == 2


async def test_only_admins_set_and_list(learning: Learning) -> None:
    for headers, status in (({}, 401), (learning.bearer("user"), 403)):
        for method, path in (("GET", "/settings"), ("POST", "/settings"), ("PUT", "/settings/a")):
            body = None if method == "GET" else {"key": "a", "value": 1}
            answer = await learning.http.request(method, path, headers=headers, json=body)
            assert answer.status_code == status


async def test_who_set_what_is_in_the_audit_log(learning: Learning) -> None:
    admin, key = new_id(), fresh_key()
    headers = learning.bearer("admin", admin)
    for body in ({"value": 1}, {"value": 1}, {"value": 2, "isPublic": False}):
        await learning.http.put(f"/settings/{key}", json=body, headers=headers)
    entries = [(entry.action, entry.members) for entry in await learning.audit.of(admin)]
    assert entries == [("setting.created", ("value",)), ("setting.changed", ("isPublic", "value"))]
    assert len(await learning.audit.of(key)) == 2
