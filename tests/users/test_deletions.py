"""Leaving: pending, then cancelled or gone for good, and never both."""

import asyncio
import random
from collections import Counter
from datetime import datetime, timedelta

import httpx
import pytest

from services.users.counters import Counters
from services.users.repository import People
from services.users.settings import UsersSettings
from shared.clock import utc_now
from shared.contracts.auth import UserEmailChanged, UserRoleChanged, UserSignedIn
from shared.contracts.users import (
    UserDeleted,
    UserDeletionCancelled,
    UserDeletionRequested,
    UserProfileUpdated,
)
from shared.ids import new_id
from shared.messaging import ACCOUNTS
from shared.mongo import Session, in_transaction
from shared.roles import Role
from tests.eventually import eventually
from tests.users.conftest import Users
from tests.users.others import erasure_of
from tests.users.people import person

PATH = "/users/me/account-deletion"
NOW = f"{PATH}/finalize-now"
RACES = 200

Bearer = dict[str, str]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def request(users: Users, bearer: Bearer) -> dict[str, str]:
    answer = await users.http.post(PATH, headers=bearer)
    assert answer.status_code == 200
    data: dict[str, str] = answer.json()["data"]
    return data


async def leave(users: Users, bearer: Bearer) -> None:
    await request(users, bearer)
    assert (await users.http.post(NOW, headers=bearer)).status_code == 200


async def in_bucket(users: Users, key: str) -> bytes | None:
    row = await users.database["outbox"].find_one({"subject": f"{ACCOUNTS.prefix}{key}"})
    return row["payload"] if row else None


async def test_who_never_asked_has_no_deletion(users: Users) -> None:
    _, bearer = await users.somebody()
    data = (await users.http.get(PATH, headers=bearer)).json()["data"]
    assert data == {"status": None, "requestedAt": None, "scheduledFor": None, "cancelledAt": None}
    for method, path in (("DELETE", PATH), ("POST", NOW)):
        answer = await users.http.request(method, path, headers=bearer)
        assert refusal(answer) == (409, "deletion_not_pending")


async def test_a_request_is_pending_for_28_days_however_often_it_is_made(users: Users) -> None:
    user_id, bearer = await users.somebody()
    answers = await asyncio.gather(*(request(users, bearer) for _ in range(10)))
    first = answers[0]
    assert [first] * 10 == answers
    assert list(first) == ["status", "requestedAt", "scheduledFor"]
    requested, due = (datetime.fromisoformat(first[x]) for x in ("requestedAt", "scheduledFor"))
    assert (first["status"], due - requested) == ("pending", timedelta(days=28))
    state = (await users.http.get(PATH, headers=bearer)).json()["data"]
    assert state == {**first, "cancelledAt": None}
    me = (await users.http.get("/me", headers=bearer)).json()["data"]
    assert me["accountDeletionStatus"] == "pending"
    assert me["accountDeletionScheduledFor"] == first["scheduledFor"]
    assert len(await users.said(user_id, UserDeletionRequested)) == 1
    assert len(await users.said(user_id, UserProfileUpdated)) == 1
    person = await users.database["people"].find_one({"_id": user_id})
    known = await in_bucket(users, f"leaving.{person['deletion_id']}")
    assert known == users.pseudonyms.of(user_id).encode()


async def test_a_cancelled_deletion_may_be_cancelled_again_and_asked_for_anew(users: Users) -> None:
    user_id, bearer = await users.somebody()
    await request(users, bearer)
    first = (await users.database["people"].find_one({"_id": user_id}))["deletion_id"]
    answers = [await users.http.delete(PATH, headers=bearer) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    cancelled = answers[0].json()["data"]
    assert cancelled["status"] == "cancelled"
    assert cancelled["cancelledAt"]
    assert answers[1].json()["data"] == cancelled
    assert (await users.http.get(PATH, headers=bearer)).json()["data"] == cancelled
    assert len(await users.said(user_id, UserDeletionCancelled)) == 1
    assert await in_bucket(users, f"stays.{first}") is not None
    assert (await request(users, bearer))["status"] == "pending"
    state = (await users.http.get(PATH, headers=bearer)).json()["data"]
    assert state["cancelledAt"] is None
    person = await users.database["people"].find_one({"_id": user_id})
    assert person["deletion_id"] != first
    assert await in_bucket(users, f"stays.{person['deletion_id']}") is None


async def test_who_is_finalized_is_gone(users: Users) -> None:
    user_id, bearer = await users.somebody()
    await request(users, bearer)
    answer = await users.http.post(NOW, headers=bearer)
    data = answer.json()["data"]
    assert answer.status_code == 200
    assert (data["userId"], data["status"]) == (user_id, "finalized")
    assert set(data) == {"userId", "status", "finalizedAt"}
    for method, path in (("GET", PATH), ("POST", PATH), ("GET", "/me"), ("PATCH", "/me")):
        body = {"name": "Ada"} if method == "PATCH" else None
        again = await users.http.request(method, path, headers=bearer, json=body)
        assert refusal(again) == (401, "authentication_required")
    for method, path in (("DELETE", PATH), ("POST", NOW)):
        again = await users.http.request(method, path, headers=bearer)
        assert refusal(again) == (409, "account_deletion_finalized")
    assert await users.database["people"].find_one({"_id": user_id}) is None
    assert await in_bucket(users, f"gone.{users.pseudonyms.of(user_id)}") is not None


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "No deletion of this account is pending"),
        ("tr", "Bu hesap için bekleyen bir silme işlemi yok"),
        ("es", "No hay ninguna eliminación de esta cuenta pendiente"),
        ("de", "Für dieses Konto steht keine Löschung aus"),
    ],
)
async def test_a_refusal_speaks_the_language_of_the_caller(
    users: Users, language: str, line: str
) -> None:
    headers = {**users.issuer.bearer(), "X-Language": language}
    assert (await users.http.delete(PATH, headers=headers)).json()["errors"][1] == line


async def test_late_events_do_not_bring_anybody_back(users: Users) -> None:
    user_id, bearer = await users.somebody()
    await leave(users, bearer)
    at = "2026-02-01T00:00:00.000Z"
    await users.register(user_id)
    await users.say(UserSignedIn(user_id=user_id, session_id=new_id(), signed_in_at=at))
    await users.say(UserEmailChanged(user_id=user_id, version=9, email="late@aula.test"))
    await users.say(UserRoleChanged(user_id=user_id, version=10, role="admin"))
    await users.has_heard(user_id)
    assert await users.database["people"].find_one({"_id": user_id}) is None


async def test_finalizing_at_once_is_off_in_production_unless_it_is_set() -> None:
    key = "abcdefgh" * 8
    assert UsersSettings().finalize_now
    assert not UsersSettings(environment="production", privacy_key=key).finalize_now
    assert UsersSettings(
        environment="production", privacy_key=key, allow_finalize_now=True
    ).finalize_now


async def test_where_it_is_off_finalizing_waits_for_its_date(hasty: Users) -> None:
    """`hasty` finalizes at once by its schedule, and has finalize-now switched off."""
    user_id, bearer = await hasty.somebody()
    answer = await hasty.http.post(NOW, headers=bearer)
    assert refusal(answer) == (403, "finalize_now_disabled")
    await request(hasty, bearer)

    async def gone() -> bool:
        return await hasty.database["people"].find_one({"_id": user_id}) is None

    await eventually(gone, within=30)
    assert refusal(await hasty.http.delete(PATH, headers=bearer)) == (
        409,
        "account_deletion_finalized",
    )


async def test_what_is_due_is_finalized_once_whoever_looks(users: Users, hasty: Users) -> None:
    people = [await hasty.somebody() for _ in range(10)]
    await asyncio.gather(*(request(hasty, bearer) for _, bearer in people))
    erasures = [await erasure_of(users, user_id) for user_id, _ in people]
    for erasure in erasures:
        # Those who are silent for long are asked once more; by name.
        said = [each for each in await users.said(erasure["_id"], UserDeleted) if not each.services]
        assert len(said) == 1
    pseudonyms = [users.pseudonyms.of(user_id) for user_id, _ in people]
    found = await users.database["erasures"].count_documents({"person": {"$in": pseudonyms}})
    assert found == len(people)


async def about_to_leave(users: Users, user_ids: list[str]) -> None:
    people = People(users.database["people"], Counters(users.database["counters"]))
    now = utc_now()

    async def work(session: Session) -> None:
        for user_id in user_ids:
            leaving = person(user_id).leaving(new_id(), now, now + timedelta(days=28))
            await people.save(leaving, session, before=None)

    await in_transaction(users.database.client, work)


async def tried_again(users: Users) -> int:
    """How many transactions have come second at a document so far."""
    status = await users.database.command("serverStatus")
    return int(status["transactions"]["totalAborted"])


async def test_of_cancel_and_finalize_in_the_same_moment_one_wins(pair: Users) -> None:
    """On two replicas of the service, which have nothing else to do."""
    outcomes: Counter[tuple[int, int]] = Counter()
    racers = [new_id() for _ in range(RACES)]

    async def race(user_id: str) -> None:
        bearer = pair.issuer.bearer(user_id)
        replicas = random.sample((pair.http, pair.other), 2)
        calls = [("DELETE", PATH, replicas[0]), ("POST", NOW, replicas[1])]
        random.shuffle(calls)
        answers = await asyncio.gather(
            *(http.request(method, path, headers=bearer) for method, path, http in calls)
        )
        finalize, cancel = sorted(answers, key=lambda answer: answer.request.method, reverse=True)
        outcomes[cancel.status_code, finalize.status_code] += 1
        people = await pair.database["people"].count_documents({"_id": user_id})
        erasures = await pair.database["erasures"].count_documents(
            {"person": pair.pseudonyms.of(user_id)}
        )
        if cancel.status_code == 200:
            assert refusal(finalize) == (409, "deletion_not_pending")
            assert (people, erasures) == (1, 0)
        else:
            assert refusal(cancel) == (409, "account_deletion_finalized")
            assert finalize.status_code == 200
            assert (people, erasures) == (0, 1)

    await about_to_leave(pair, racers)
    before = await tried_again(pair)
    for some in range(0, RACES, 4):
        await asyncio.gather(*(race(user_id) for user_id in racers[some : some + 4]))
    assert set(outcomes) == {(200, 409), (409, 200)}, "each wins some"
    assert sum(outcomes.values()) == RACES
    assert await tried_again(pair) > before, "they have met"


async def test_a_change_of_the_profile_beside_finalizing_brings_nobody_back(users: Users) -> None:
    for _ in range(10):
        user_id, bearer = await users.somebody()
        await request(users, bearer)
        change, _ = await asyncio.gather(
            users.http.patch("/me", headers=bearer, json={"name": "Ada"}),
            users.http.post(NOW, headers=bearer),
        )
        assert change.status_code in (200, 401)
        assert await users.database["people"].find_one({"_id": user_id}) is None


ALLOWED: dict[tuple[Role, Role], int] = {
    ("user", "user"): 403,
    ("admin", "user"): 200,
    ("admin", "admin"): 403,
    ("admin", "superadmin"): 403,
    ("superadmin", "admin"): 200,
    ("superadmin", "superadmin"): 403,
}


@pytest.mark.parametrize(("actor", "target"), list(ALLOWED))
async def test_admins_delete_only_those_below_them(users: Users, actor: Role, target: Role) -> None:
    actor_id, bearer = await users.somebody(actor)
    user_id, theirs = await users.somebody(target)
    answer = await users.http.delete(f"/admin/users/{user_id}", headers=bearer)
    assert answer.status_code == ALLOWED[actor, target]
    me = await users.http.get("/me", headers=theirs)
    if answer.status_code == 200:
        data = answer.json()["data"]
        assert (set(data), data["id"]) == ({"message", "id"}, user_id)
        assert me.status_code == 401
        (entry,) = await users.audit.of(user_id)
        assert (entry.action, entry.actor) == ("user.deleted", users.pseudonyms.of(actor_id))
        again = await users.http.delete(f"/admin/users/{user_id}", headers=bearer)
        assert again.status_code == 404
    else:
        assert me.status_code == 200
        assert await users.audit.of(user_id) == []


async def test_nobody_deletes_themself_as_an_admin(users: Users) -> None:
    user_id, bearer = await users.somebody("superadmin")
    answer = await users.http.delete(f"/admin/users/{user_id}", headers=bearer)
    assert refusal(answer) == (409, "own_account")


async def test_a_superadmin_stays_until_somebody_takes_the_role_away(users: Users) -> None:
    user_id, bearer = await users.somebody("superadmin")
    assert refusal(await users.http.post(PATH, headers=bearer)) == (409, "superadmin_stays")
    leaver_id, leaver = await users.somebody()
    await request(users, leaver)
    for whom, role in ((user_id, "user"), (leaver_id, "superadmin")):
        await users.say(UserRoleChanged(user_id=whom, version=2, role=role))

    async def heard() -> bool:
        roles = [
            (await users.http.get("/me", headers=each)).json()["data"]["role"]
            for each in (bearer, leaver)
        ]
        return roles == ["user", "superadmin"]

    await eventually(heard, within=30)
    assert refusal(await users.http.post(NOW, headers=leaver)) == (409, "superadmin_stays")
    await request(users, bearer)
