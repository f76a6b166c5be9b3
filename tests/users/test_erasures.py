"""Erasing a person everywhere: every service answers, the silent are asked again, and in the end
nothing is left but a pseudonym, times and counts."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

from deploy.stack import Stack
from services.users.erasures.domain import SERVICES, Erasure, Receipt, pause
from shared.clock import utc_now
from shared.contracts.users import UserDeleted, UserErased, UserErasureCompleted
from shared.ids import new_id
from shared.mongo import Document
from shared.seal import Seal
from tests.eventually import eventually
from tests.users.conftest import PRIVACY_KEY, Users
from tests.users.others import OTHERS, answer_for, completed, erasure_of

NOW = utc_now()
OPEN = Erasure(
    id=new_id(),
    person="p" * 32,
    user_id=new_id(),
    sealed_email="sealed",
    language="de",
    started_at=NOW,
    asked_at=NOW,
    next_step_at=NOW + pause(1),
)
RECEIPT = Receipt(erased_at="2026-01-01T00:00:00.000Z", counts={})


async def delete(users: Users) -> tuple[str, Document]:
    """The id of somebody who has just been deleted, and their erasure."""
    user_id, bearer = await users.somebody()
    await users.http.post("/users/me/account-deletion", headers=bearer)
    done = await users.http.post("/users/me/account-deletion/finalize-now", headers=bearer)
    assert done.status_code == 200
    return user_id, await erasure_of(users, user_id)


async def wind_back(users: Users, erasure_id: str, by: timedelta) -> None:
    """As if so much time had passed."""
    members = ("started_at", "asked_at", "next_step_at")
    earlier = {
        name: {"$subtract": [f"${name}", by // timedelta(milliseconds=1)]} for name in members
    }
    await users.database["erasures"].update_one({"_id": erasure_id}, [{"$set": earlier}])


async def asked_again(users: Users, erasure_id: str, times: int) -> None:
    async def was_asked() -> bool:
        return len(await users.said(erasure_id, UserDeleted)) == times

    await eventually(was_asked, within=30)


def test_receipts_in_any_order_and_twice_end_in_the_same_erasure() -> None:
    later = NOW + timedelta(seconds=1)
    ends = []
    for order in (SERVICES, SERVICES[::-1]):
        erasure = OPEN
        for service in (*order, *order):
            assert erasure.silent or service in order
            erasure = erasure.received(service, RECEIPT, later)
        ends.append(erasure)
    assert ends[0] == ends[1]
    assert (ends[0].silent, ends[0].next_step_at) == ((), later)


def test_a_receipt_of_a_stranger_counts_for_nothing() -> None:
    assert OPEN.received("payments", RECEIPT, NOW) == OPEN


def test_the_silent_are_asked_again_ever_more_rarely_but_at_least_once_an_hour() -> None:
    seconds = [pause(asked).total_seconds() for asked in (1, 2, 3, 8, 9, 1000)]
    assert seconds == [30, 60, 120, 3600, 3600, 3600]


async def test_when_all_have_answered_nothing_is_left_but_pseudonym_times_and_counts(
    users: Users,
) -> None:
    user_id, erasure = await delete(users)
    assert (erasure["user_id"], erasure["state"]) == (user_id, "running")
    (asked,) = await users.said(erasure["_id"], UserDeleted)
    sealed = Seal(PRIVACY_KEY).open(asked.sealed_email or "", erasure["_id"])
    assert sealed.decode() == f"{user_id}@aula.test"
    await answer_for(users, erasure["_id"], *OTHERS, *OTHERS)
    done = await completed(users, erasure["_id"])
    assert set(done["receipts"]) == set(SERVICES)
    assert (done["user_id"], done["sealed_email"], done["language"]) == (None, None, None)
    for name in await users.database.list_collection_names():
        async for document in users.database[name].find({}):
            assert user_id not in str(document), name
    assert await users.said(erasure["_id"], UserDeleted) == []
    stone = await users.database["tombstones"].find_one({"_id": users.pseudonyms.of(user_id)})
    assert stone["counts"]["profile"] == 1


async def test_the_person_is_told_by_the_address_that_was_sealed(users: Users) -> None:
    user_id, erasure = await delete(users)
    await answer_for(users, erasure["_id"], *OTHERS)
    await completed(users, erasure["_id"])
    about = {"subject": "user.erasure_completed", "headers.ce-subject": erasure["_id"]}
    (row,) = await users.database["outbox"].find(about).to_list(None)
    event = json.loads(row["payload"])
    email = Seal(PRIVACY_KEY).open(event["sealedEmail"], erasure["_id"]).decode()
    assert (email, event["language"]) == (f"{user_id}@aula.test", "tr")
    assert email.encode() not in row["payload"]


async def test_once_the_last_mail_is_out_the_sealed_address_goes_too(users: Users) -> None:
    _, erasure = await delete(users)
    await answer_for(users, erasure["_id"], *OTHERS)
    await completed(users, erasure["_id"])
    assert len(await users.said(erasure["_id"], UserErasureCompleted)) == 1
    await wind_back(users, erasure["_id"], timedelta(days=4))
    over = {"_id": erasure["_id"], "state": "complete", "next_step_at": None}
    await eventually(lambda: users.database["erasures"].find_one(over), within=30)
    assert await users.said(erasure["_id"], UserErasureCompleted) == []


async def test_admins_see_how_far_an_erasure_is(users: Users) -> None:
    _, admin = await users.somebody("admin")
    user_id, erasure = await delete(users)
    path = f"/admin/users/{user_id}/erasure"
    await answer_for(users, erasure["_id"], "auth")

    async def seen() -> Document | None:
        data = (await users.http.get(path, headers=admin)).json()["data"]
        return data if data["missing"] == ["learning", "notifications"] else None

    data = await eventually(seen, within=30)
    assert (data["state"], data["asked"], data["completedAt"]) == ("running", 1, None)
    assert [receipt["service"] for receipt in data["receipts"]] == ["auth", "users"]
    assert data["receipts"][0]["counts"] == {"sessions": 2}
    await answer_for(users, erasure["_id"], "learning", "notifications")
    await completed(users, erasure["_id"])
    data = (await users.http.get(path, headers=admin)).json()["data"]
    assert (data["state"], data["missing"]) == ("complete", [])
    assert data["completedAt"]
    assert user_id not in json.dumps(data)

    listed = await users.http.get("/admin/erasures?state=complete&limit=1", headers=admin)
    page = listed.json()["data"]
    assert page["list"][0]["id"] == erasure["_id"]
    assert page["pagination"]["itemsPerPage"] == 1
    running = await users.http.get("/admin/erasures?state=running&limit=100", headers=admin)
    assert erasure["_id"] not in [each["id"] for each in running.json()["data"]["list"]]
    everything = (await users.http.get("/admin/erasures", headers=admin)).json()["data"]
    assert everything["list"][0]["id"] == erasure["_id"]


async def test_a_state_that_there_is_not_is_named(users: Users) -> None:
    _, admin = await users.somebody("admin")
    admin |= {"X-Language": "en"}
    answer = await users.http.get("/admin/erasures?state=x", headers=admin)
    assert answer.status_code == 400
    assert answer.json()["errors"][1] == "state: must be running, stuck or complete"


async def test_erasures_are_for_admins_to_see(users: Users) -> None:
    user_id, bearer = await users.somebody()
    _, admin = await users.somebody("admin")
    for path in ("/admin/erasures", f"/admin/users/{user_id}/erasure"):
        assert (await users.http.get(path)).status_code == 401
        assert (await users.http.get(path, headers=bearer)).status_code == 403
    there = await users.http.get(f"/admin/users/{user_id}/erasure", headers=admin)
    assert (there.status_code, there.json()["code"]) == (404, "not_found")
    for query in ("state=lost", "page=x"):
        wrong = await users.http.get(f"/admin/erasures?{query}", headers=admin)
        assert wrong.status_code == 400


async def test_only_the_silent_are_asked_again(users: Users) -> None:
    _, erasure = await delete(users)
    await answer_for(users, erasure["_id"], "auth", "notifications")

    async def waits_for_learning() -> bool:
        known = await users.database["erasures"].find_one({"_id": erasure["_id"]})
        return set(known["receipts"]) == {"auth", "notifications", "users"}

    await eventually(waits_for_learning, within=30)
    for asked in (2, 3):
        await wind_back(users, erasure["_id"], timedelta(minutes=5))
        await asked_again(users, erasure["_id"], asked)
    asked_for = [event.services for event in await users.said(erasure["_id"], UserDeleted)]
    assert asked_for == [(), ("learning",), ("learning",)]
    await answer_for(users, erasure["_id"], "learning")
    await completed(users, erasure["_id"])


async def test_what_takes_too_long_is_flagged_and_still_ends(users: Users, data_dir: Path) -> None:
    _, admin = await users.somebody("admin")
    user_id, erasure = await delete(users)
    await wind_back(users, erasure["_id"], timedelta(hours=25))

    async def flagged() -> bool:
        answer = await users.http.get("/admin/erasures?state=stuck", headers=admin)
        return erasure["_id"] in [each["id"] for each in answer.json()["data"]["list"]]

    await eventually(flagged, within=30)

    async def counted() -> bool:
        return 'aula_erasures_open{state="stuck"}' in (await users.http.get("/metrics")).text

    await eventually(counted, within=30)

    def warned() -> int:
        """How often any replica said so."""
        logs = [log.read_text() for log in data_dir.glob("*/logs/users*.log")]
        lines = [line for log in logs for line in log.splitlines() if "erasure is stuck" in line]
        return len([line for line in lines if users.pseudonyms.of(user_id) in line])

    await eventually(warned, within=30)
    await wind_back(users, erasure["_id"], timedelta(hours=2))
    await asked_again(users, erasure["_id"], 3)
    assert warned() == 1
    await answer_for(users, erasure["_id"], *OTHERS)
    await completed(users, erasure["_id"])


async def test_nobody_erased_is_named_in_the_logs(users: Users, data_dir: Path) -> None:
    user_id, erasure = await delete(users)
    await answer_for(users, erasure["_id"], *OTHERS)
    await completed(users, erasure["_id"])
    logs = list(data_dir.glob("*/logs/*.log"))
    assert logs
    for log in logs:
        assert user_id not in log.read_text()


async def test_killed_before_anything_was_published_the_erasure_still_ends(
    pair: Users, own_servers: Stack
) -> None:
    user_id, bearer = await pair.somebody()
    await pair.http.post("/users/me/account-deletion", headers=bearer)
    await own_servers.stop_one("nats")
    done = await pair.http.post("/users/me/account-deletion/finalize-now", headers=bearer)
    assert done.status_code == 200
    await asyncio.gather(pair.stack.kill("users"), pair.stack.kill("users-2"))
    await own_servers.start_one("nats")
    erasure = await erasure_of(pair, user_id)
    await answer_for(pair, erasure["_id"], *OTHERS)
    await completed(pair, erasure["_id"])


async def test_killed_between_the_last_receipt_and_the_end_the_erasure_still_ends(
    pair: Users,
) -> None:
    user_id, bearer = await pair.somebody()
    await pair.http.post("/users/me/account-deletion", headers=bearer)
    await pair.http.post("/users/me/account-deletion/finalize-now", headers=bearer)
    erasure = await erasure_of(pair, user_id)
    # An event on its way to nowhere: while it is there, the erasure cannot end.
    obstacle = {"_id": new_id(), "state": "pending", "traces": [erasure["_id"]]}
    await pair.database["outbox"].insert_one(obstacle)
    await answer_for(pair, erasure["_id"], *OTHERS)

    async def all_there() -> bool:
        known = await pair.database["erasures"].find_one({"_id": erasure["_id"]})
        assert known["state"] == "running"
        return len(known["receipts"]) == len(SERVICES)

    await eventually(all_there, within=30)
    await asyncio.gather(pair.stack.kill("users"), pair.stack.kill("users-2"))
    await pair.database["outbox"].delete_one({"_id": obstacle["_id"]})
    await completed(pair, erasure["_id"])
    told = {"subject": "user.erasure_completed", "headers.ce-subject": erasure["_id"]}
    assert await pair.database["outbox"].count_documents(told) == 1


async def test_a_receipt_for_nothing_does_no_harm(users: Users) -> None:
    await answer_for(users, new_id(), "auth")
    _, erasure = await delete(users)
    await users.say(
        UserErased(erasure_id=erasure["_id"], service="payments", counts={}, erased_at="x")
    )
    await answer_for(users, erasure["_id"], *OTHERS)
    assert set((await completed(users, erasure["_id"]))["receipts"]) == set(SERVICES)
