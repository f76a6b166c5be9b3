"""Usernames: their form, that they are reserved or taken, how often they change."""

import asyncio
import os
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.users.domain import Person
from services.users.usernames import (
    RESERVED,
    UsernameChangedRecently,
    checked_username,
    has_form,
)
from shared.contracts.users import UserProfileUpdated
from shared.errors import InvalidFields
from shared.languages import LANGUAGES
from tests.users.conftest import Users

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ADA = Person.of_token("0" * 24, "user").with_username("ada", NOW)


def new_name() -> str:
    return f"ada_{os.urandom(5).hex()}"


async def rename(users: Users, bearer: dict[str, str], name: object) -> httpx.Response:
    return await users.http.patch("/users/username", headers=bearer, json={"newUsername": name})


@pytest.mark.parametrize(
    ("given", "kept"),
    [("ada", "ada"), ("Ada_L.1815", "ada_l.1815"), ("A" * 30, "a" * 30), ("_.0", "_.0")],
)
def test_a_username_is_kept_in_lower_case(given: str, kept: str) -> None:
    assert checked_username(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ad",
        "a" * 31,
        "ada lovelace",
        " ada",
        "ada\n",
        "ada-l",
        "ada@aula",
        "...",
        "_._",
        "ada/../x",
        "çağla",
        "adağ",
        "İda",
        "ıda",
        "\u212aada",  # the sign for kelvin, a k once it is lowered
        "аda",  # noqa: RUF001  a Cyrillic first letter
        "٣٤٥",
        "ada\u200d",
        "$ne",
    ],
)
def test_a_username_of_another_form_is_refused(given: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        checked_username(given)
    assert list(refusal.value.fields) == ["newUsername"]


@pytest.mark.parametrize("given", ["admin", "Admin", "a.d.m.i.n", "_destek_", "aula", "yonetici"])
def test_a_reserved_word_is_refused_however_it_is_dotted(given: str) -> None:
    with pytest.raises(InvalidFields):
        checked_username(given)


def test_reserved_words_are_such_as_could_be_names() -> None:
    assert {word for word in RESERVED if not has_form(word)} == set()
    assert checked_username("administer") == "administer"


def test_a_username_changes_once_in_thirty_days() -> None:
    day_30 = NOW + timedelta(days=30)
    with pytest.raises(UsernameChangedRecently) as refusal:
        ADA.with_username("countess", day_30 - timedelta(milliseconds=1))
    for language in LANGUAGES:
        assert "2026-12-21T10:00:00.000Z" in refusal.value.lines(language)[1]
    changed = ADA.with_username("countess", day_30)
    assert changed.profile.username == "countess"
    assert changed.profile.last_username_change_date == "2026-12-21T10:00:00.000Z"


def test_the_name_one_has_is_no_change() -> None:
    assert ADA.with_username("ADA", NOW) is ADA


async def test_a_username_is_given_once_and_told_to_the_others(users: Users) -> None:
    user_id, bearer = await users.somebody()
    name = new_name()
    first = await rename(users, bearer, name.upper())
    again = await rename(users, bearer, name)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["data"] == first.json()["data"]
    assert first.json()["data"]["username"] == name
    assert first.json()["data"]["lastUsernameChangeDate"] == first.json()["data"]["updatedAt"]
    (updated,) = await users.said(user_id, UserProfileUpdated)
    assert updated.profile.username == name
    other = await rename(users, bearer, new_name())
    assert (other.status_code, other.json()["code"]) == (409, "username_changed_recently")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "This username belongs to somebody else"),
        ("tr", "Bu kullanıcı adı başkasına ait"),
        ("es", "Este nombre de usuario pertenece a otra persona"),
        ("de", "Dieser Benutzername gehört jemand anderem"),
    ],
)
async def test_a_name_that_is_taken_is_refused_in_any_case(
    users: Users, language: str, said: str
) -> None:
    (_, one), (_, other) = await users.somebody(), await users.somebody()
    name = new_name()
    await rename(users, one, name)
    answer = await rename(users, {**other, "X-Language": language}, name.upper())
    assert (answer.status_code, answer.json()["code"]) == (409, "username_taken")
    assert answer.json()["errors"][1] == said
    me = (await users.http.get("/me", headers=other)).json()["data"]
    assert (me["username"], me["lastUsernameChangeDate"]) == (None, None)
    assert (await rename(users, other, new_name())).status_code == 200


async def test_of_fifty_claims_of_one_name_exactly_one_wins(users: Users) -> None:
    people = await asyncio.gather(*(users.somebody() for _ in range(50)))
    name = new_name()
    answers = await asyncio.gather(*(rename(users, bearer, name) for _, bearer in people))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 49
    assert {answer.json().get("code") for answer in answers} == {None, "username_taken"}
    assert await users.database["people"].count_documents({"profile.username": name}) == 1


async def test_of_ten_names_claimed_at_once_by_one_person_one_is_theirs(users: Users) -> None:
    _, bearer = await users.somebody()
    answers = await asyncio.gather(*(rename(users, bearer, new_name()) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"newUsername": None},
        {"newUsername": 5},
        {"newUsername": {"$gt": ""}},
        {"newUsername": "x" * 100_000},
        {"newUsername": "admin"},
        {"newUsername": "a b"},
        {"newUsername": "ada_l", "lastUsernameChangeDate": None},
        {"username": "ada_l"},
    ],
    ids=lambda body: str(body)[:40],
)
async def test_other_bodies_are_refused(users: Users, body: dict[str, object]) -> None:
    _, bearer = await users.somebody()
    answer = await users.http.patch("/users/username", headers=bearer, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


async def test_without_a_token_nobody_has_a_name(users: Users) -> None:
    assert (await rename(users, {}, new_name())).status_code == 401
