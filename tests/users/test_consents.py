"""Consents are kept with their time, and no version is ever lowered."""

import zlib
from typing import Any

import msgspec
import pytest

from services.users.consents import is_lower
from shared.contracts.users import UserExported, UserExportRequested
from shared.ids import new_id
from shared.seal import Seal
from tests.eventually import eventually
from tests.users.conftest import PRIVACY_KEY, Users
from tests.users.test_registration import complete


async def consents_of(users: Users, user_id: str) -> list[dict[str, Any]]:
    found = users.database["consents"].find({"user_id": user_id}).sort("change", 1)
    return [document async for document in found]


def shown(consents: list[dict[str, Any]]) -> list[tuple[str, bool, str | None]]:
    return [(each["document"], each["accepted"], each["version"]) for each in consents]


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("1", "2"),
        ("9", "10"),
        ("1.9", "1.10"),
        ("1", "1.1"),
        ("1.0.9", "1.1"),
        ("v1", "v2"),
        ("v9", "10"),
        ("2025-12-31", "2026-01-01"),
        ("2026-01", "2026-01-b"),
        ("1.0a", "1.0b"),
        ("1.a", "1.b"),
        ("a", "b"),
    ],
)
def test_versions_are_compared_by_the_numbers_in_them(low: str, high: str) -> None:
    assert is_lower(low, high)
    assert not is_lower(high, low)


@pytest.mark.parametrize(
    ("one", "other"), [("1", "1.0"), ("1.0", "1.0.0"), ("v2", "2.0"), ("V1", "v1"), ("01", "1")]
)
def test_versions_that_say_the_same_are_not_lower(one: str, other: str) -> None:
    assert not is_lower(one, other)
    assert not is_lower(other, one)


async def test_a_registration_leaves_a_consent_for_each_document(users: Users) -> None:
    user_id, bearer = await users.somebody()
    await complete(users, bearer, consentFormAccepted=True, consentFormVersion="3")
    consents = await consents_of(users, user_id)
    assert set(shown(consents)) == {
        ("privacyPolicy", True, "1.0"),
        ("termsOfUse", True, "2.1"),
        ("consentForm", True, "3"),
    }
    me = (await users.http.get("/me", headers=bearer)).json()["data"]
    times = {each["at"].isoformat(timespec="milliseconds") for each in consents}
    assert times == {me["updatedAt"].replace("Z", "+00:00")}
    assert {each["by"] for each in consents} == {"self"}


async def test_a_consent_is_withdrawn_and_given_again_and_all_of_it_is_kept(users: Users) -> None:
    user_id, bearer = await users.somebody()
    for body in (
        {"consentFormAccepted": True, "consentFormVersion": "1.9"},
        {"consentFormAccepted": False},
        {"bio": "says nothing of consents"},
        {"consentFormAccepted": False},
        {"consentFormAccepted": True},
        {"consentFormVersion": "1.10"},
    ):
        answer = await users.http.patch("/me", headers=bearer, json=body)
        assert answer.status_code == 200, answer.text
    assert shown(await consents_of(users, user_id)) == [
        ("consentForm", True, "1.9"),
        ("consentForm", False, "1.9"),
        ("consentForm", True, "1.9"),
        ("consentForm", True, "1.10"),
    ]


@pytest.mark.parametrize("is_withdrawn", [False, True])
async def test_a_version_is_never_lowered(users: Users, is_withdrawn: bool) -> None:
    user_id, bearer = await users.somebody()
    bearer["X-Language"] = "es"
    body: dict[str, object] = {"consentFormAccepted": True, "consentFormVersion": "1.10"}
    await users.http.patch("/me", headers=bearer, json=body)
    if is_withdrawn:
        await users.http.patch("/me", headers=bearer, json={"consentFormAccepted": False})
    before = await consents_of(users, user_id)
    lower = {**body, "consentFormVersion": "1.9", "bio": "not kept either"}
    answer = await users.http.patch("/me", headers=bearer, json=lower)
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_version_lowered")
    said = "Ya se ha aceptado una versión posterior de este documento"
    assert answer.json()["errors"][1] == said
    assert await consents_of(users, user_id) == before
    me = (await users.http.get("/me", headers=bearer)).json()["data"]
    assert (me["consentFormVersion"], me["bio"]) == ("1.10", None)
    completing = await complete(users, bearer, **lower)
    assert completing.json()["code"] == "consent_version_lowered"


async def test_declined_versions_do_not_count_as_accepted(users: Users) -> None:
    _, bearer = await users.somebody()
    for body in (
        {"consentFormAccepted": True, "consentFormVersion": "1"},
        {"consentFormAccepted": False, "consentFormVersion": "3"},
        {"consentFormAccepted": True, "consentFormVersion": "2"},
    ):
        answer = await users.http.patch("/me", headers=bearer, json=body)
        assert answer.status_code == 200


async def test_a_consent_without_a_version_is_kept_as_such(users: Users) -> None:
    """Its time tells which version there was."""
    user_id, bearer = await users.somebody()
    answer = await users.http.patch("/me", headers=bearer, json={"consentFormAccepted": True})
    assert answer.status_code == 200
    assert shown(await consents_of(users, user_id)) == [("consentForm", True, None)]


async def test_a_consent_is_withdrawn_and_not_cleared(users: Users) -> None:
    user_id, bearer = await users.somebody()
    for cleared in ("consentFormAccepted", "consentFormVersion"):
        answer = await users.http.patch("/me", headers=bearer, json={cleared: None})
        assert answer.status_code == 400
    assert await consents_of(users, user_id) == []


async def test_a_consent_given_by_an_admin_says_so(users: Users) -> None:
    _, admin = await users.somebody("admin")
    user_id, _ = await users.somebody()
    body = {"consentFormAccepted": True, "consentFormVersion": "1"}
    path = f"/admin/users/{user_id}/profile"
    assert (await users.http.patch(path, headers=admin, json=body)).status_code == 200
    (consent,) = await consents_of(users, user_id)
    assert consent["by"] == "admin"


async def test_consents_are_exported_with_the_profile(users: Users) -> None:
    user_id, bearer = await users.somebody()
    await complete(users, bearer)
    await users.say(UserExportRequested(user_id=user_id, export_id=(export_id := new_id())))

    async def exported() -> list[UserExported]:
        return await users.said(user_id, UserExported)

    (piece,) = await eventually(exported, within=30)
    opened = Seal(PRIVACY_KEY).open(piece.sealed, export_id)
    documents = msgspec.json.decode(zlib.decompress(opened))
    consents = {each["document"]: each for each in documents["consents"]}
    assert set(consents["termsOfUse"]) == {"id", "document", "accepted", "version", "at", "by"}
    assert consents["privacyPolicy"]["version"] == "1.0"
    (profile,) = documents["profile"]
    assert set(profile) == {"id", "account", "profile"}


async def test_consents_are_erased_with_the_person(users: Users) -> None:
    user_id, bearer = await users.somebody()
    await complete(users, bearer)
    path = "/users/me/account-deletion"
    await users.http.post(path, headers=bearer)
    done = await users.http.post(f"{path}/finalize-now", headers=bearer)
    assert done.status_code == 200

    async def are_gone() -> bool:
        return await consents_of(users, user_id) == []

    await eventually(are_gone, within=30)
