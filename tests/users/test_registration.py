"""Completing a registration: what it wants, what it says, and that it is done once."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.contracts.users import UserProfileUpdated, UserRegistrationCompleted
from shared.languages import LANGUAGES
from tests.users.conftest import Users

ANSWERS: dict[str, Any] = {
    "name": "Ada",
    "surname": "Lovelace",
    "privacyPolicyAccepted": True,
    "privacyPolicyVersion": "1.0",
    "termsOfUseAccepted": True,
    "termsOfUseVersion": "2.1",
}
COMPLETE = "/auth/registration/complete"


async def status_of(users: Users, bearer: dict[str, str]) -> dict[str, Any]:
    answer = await users.http.get("/auth/registration/status", headers=bearer)
    assert answer.status_code == 200
    data: dict[str, Any] = answer.json()["data"]
    return data


async def complete(users: Users, bearer: dict[str, str], **changes: object) -> httpx.Response:
    return await users.http.post(COMPLETE, headers=bearer, json={**ANSWERS, **changes})


async def test_at_first_everything_is_missing(users: Users) -> None:
    _, bearer = await users.somebody()
    status = await status_of(users, bearer)
    assert status == {"isRegistrationComplete": False, "missingFields": list(ANSWERS)}


async def test_what_was_told_before_is_not_missing(users: Users) -> None:
    _, bearer = await users.somebody()
    await users.http.patch("/me", headers=bearer, json={"surname": "Lovelace"})
    assert "surname" not in (await status_of(users, bearer))["missingFields"]


async def test_a_registration_is_completed_with_any_editable_member(users: Users) -> None:
    _, bearer = await users.somebody()
    more = {"bio": "Poet of numbers", "consentFormAccepted": True, "consentFormVersion": "1"}
    answer = await complete(users, bearer, **more)
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert data["message"] == "Kayıt tamamlandı"  # the language they registered in
    assert (ANSWERS | more | {"isRegistrationComplete": True}).items() <= data["user"].items()
    assert data["user"] == (await users.http.get("/me", headers=bearer)).json()["data"]
    status = await status_of(users, bearer)
    assert status == {"isRegistrationComplete": True, "missingFields": []}


async def test_the_language_in_the_body_is_that_of_the_answer(users: Users) -> None:
    _, bearer = await users.somebody()
    asked = {**bearer, "X-Language": "en"}
    done = await complete(users, asked, language="de")
    again = await complete(users, asked, language="es")
    assert done.json()["data"]["message"] == "Die Registrierung ist abgeschlossen"
    assert again.json()["errors"][1] == "El registro ya está completo"


async def test_it_says_that_it_happened_and_what_the_profile_is_now(users: Users) -> None:
    user_id, bearer = await users.somebody()
    await complete(users, bearer)
    (completed,) = await users.said(user_id, UserRegistrationCompleted)
    (updated,) = await users.said(user_id, UserProfileUpdated)
    assert completed.completed_at == updated.profile.updated_at
    assert (updated.version, updated.profile.is_registration_complete) == (1, True)


async def test_of_ten_at_once_one_completes_and_nine_hear_so(users: Users) -> None:
    user_id, bearer = await users.somebody()
    answers = await asyncio.gather(
        *(complete(users, bearer, name=f"Ada{number}") for number in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert {answer.json().get("code") for answer in answers} == {None, "registration_complete"}
    assert len(await users.said(user_id, UserRegistrationCompleted)) == 1


async def test_with_a_key_a_repetition_is_answered_as_the_first(users: Users) -> None:
    _, bearer = await users.somebody()
    keyed = {**bearer, "Idempotency-Key": "complete-once"}
    first, again = [await complete(users, keyed) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["data"] == first.json()["data"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_second_time_is_refused_in_every_language(users: Users, language: str) -> None:
    _, bearer = await users.somebody()
    first = await users.http.post(
        COMPLETE, headers={**bearer, "X-Language": language}, json=ANSWERS
    )
    second = await users.http.post(
        COMPLETE, headers={**bearer, "X-Language": language}, json=ANSWERS
    )
    assert (second.status_code, second.json()["code"]) == (409, "registration_complete")
    said = {
        "en": ("Registration is complete", "Registration is complete already"),
        "tr": ("Kayıt tamamlandı", "Kayıt zaten tamamlandı"),
        "es": ("El registro está completo", "El registro ya está completo"),
        "de": (
            "Die Registrierung ist abgeschlossen",
            "Die Registrierung ist bereits abgeschlossen",
        ),
    }
    assert (first.json()["data"]["message"], second.json()["errors"][1]) == said[language]


@pytest.mark.parametrize("member", list(ANSWERS))
async def test_everything_it_wants_must_be_there_and_of_its_type(users: Users, member: str) -> None:
    _, bearer = await users.somebody()
    body = {name: value for name, value in ANSWERS.items() if name != member}
    answer = await users.http.post(COMPLETE, headers={**bearer, "X-Language": "en"}, json=body)
    assert (answer.status_code, answer.json()["errors"][1]) == (400, f"{member}: is required")
    for wrong in (None, "", "  ", 1, {"$ne": None}, ["x"], False, "x" * 101):
        answer = await complete(users, bearer, **{member: wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
        assert answer.json()["errors"][1].startswith(f"{member}: ")
    assert not (await status_of(users, bearer))["isRegistrationComplete"]


async def test_a_refusal_has_a_line_for_each_member_that_is_wrong(users: Users) -> None:
    _, bearer = await users.somebody()
    headers = {**bearer, "X-Language": "en"}
    nothing = await users.http.post(COMPLETE, headers=headers, json={})
    assert nothing.json()["errors"][1:] == [f"{member}: is required" for member in ANSWERS]
    body = {"name": 5, **{f"m{n}`.[": n for n in range(3)}, "bio": "x" * 2001, "interests": [1, 2]}
    answer = await users.http.patch("/me", headers=headers, json=body)
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        [
            "Validation failed",
            *(f"m{number}: is not a known member" for number in range(3)),
            "name: has the wrong type",
            "interests[0]: has the wrong type",
            "bio: is not valid",
        ],
    )
    body = {f"m{number}": number for number in range(10_000)}
    many = await users.http.patch("/me", headers=headers, json=body)
    assert (many.status_code, len(many.json()["errors"])) == (400, 21)


@pytest.mark.parametrize(
    "more",
    [
        {"roles": ["admin"]},
        {"isRegistrationComplete": True},
        {"username": "ada"},
        {"_id": "x"},
        {"consentFormVersion": None},
        {"birthDate": "2999-01-01"},
    ],
    ids=str,
)
async def test_what_is_not_theirs_to_say_or_wrong_is_refused(
    users: Users, more: dict[str, object]
) -> None:
    _, bearer = await users.somebody()
    assert (await complete(users, bearer, **more)).status_code == 400


async def test_without_a_token_there_is_no_registration(users: Users) -> None:
    assert (await complete(users, {})).status_code == 401
    assert (await users.http.get("/auth/registration/status")).status_code == 401


async def test_once_complete_a_name_can_be_changed_but_not_removed(users: Users) -> None:
    _, bearer = await users.somebody()
    await complete(users, bearer)
    for member in ("name", "surname"):
        answer = await users.http.patch("/me", headers=bearer, json={member: None})
        assert answer.status_code == 400
        assert answer.json()["errors"][1] == f"{member}: artık kaldırılamaz"
        answer = await users.http.patch("/me", headers=bearer, json={member: "King"})
        assert answer.json()["data"][member] == "King"


async def test_somebody_nobody_has_heard_of_yet_can_complete_it(users: Users) -> None:
    """The event that registers them comes after."""
    bearer = users.issuer.bearer()
    assert (await complete(users, bearer)).status_code == 200
    assert (await status_of(users, bearer))["isRegistrationComplete"]
