"""What people read in the app: theirs alone, in a stable order, counted to the entry."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.stack import Stack
from services.notifications import texts
from services.notifications.inbox.routes import list_notifications
from shared.audit import AuditLog
from shared.contracts.learning import MaterialAssigned
from shared.ids import new_id
from shared.pseudonyms import Pseudonyms
from tests.notifications.api import Api, running
from tests.notifications.people import deleted, told
from tests.notifications.running import PRIVACY_KEY
from tests.profiling import profiler, scans

LIST, COUNT, BULK = "/notifications", "/notifications/unread-count", "/notifications/bulk"


@pytest.fixture(scope="module")
async def api(backbone: Stack) -> AsyncIterator[Api]:
    async with running(backbone) as api:
        yield api


def notice(user_id: str, **more: Any) -> dict[str, Any]:
    return {
        "userId": user_id,
        "type": "holiday",
        "category": "messages",
        "title": "Closed on Friday",
        "message": "The school is closed.",
        **more,
    }


async def tell(api: Api, user_id: str, **more: Any) -> dict[str, Any]:
    who = api.bearer(new_id(), "admin")
    told: dict[str, Any] = await api.call("POST", LIST, who, notice(user_id, **more), 201)
    return told


async def tell_many(api: Api, user_id: str, number: int) -> list[str]:
    """Their ids, the newest first: some are of the same millisecond."""
    for day in range(number):
        await told(
            api.auth,
            api.service,
            MaterialAssigned(
                user_id=user_id,
                material_id=new_id(),
                title="Verbs",
                locale="en",
                assigned_at=f"2026-03-{1 + day // 3:02d}T12:00:00.000Z",
            ),
        )
    rows = await api.database["notifications"].find({"user_id": user_id}).to_list()
    rows.sort(key=lambda row: (row["created_at"], row["_id"]), reverse=True)
    return [row["_id"] for row in rows]


async def unread(api: Api, user_id: str) -> int:
    count: int = (await api.call("GET", COUNT, api.bearer(user_id)))["count"]
    return count


def test_the_reference_of_the_api_names_every_type() -> None:
    said = list_notifications.fn.__doc__ or ""
    types = set(texts.NOTES) - {"notice"}
    assert {each for each in types if f"`{each}`" not in said} == set()


async def test_what_an_admin_says_is_read_by_the_one_whom_it_is_for(api: Api) -> None:
    ada, bob = await api.somebody(), await api.somebody()
    about = {"url": "/news/1", "count": 3, "ratio": 0.5, "isNew": True, "until": None}
    entry = await tell(api, ada.upper(), metadata=about)
    assert {name: entry[name] for name in notice(ada)} == notice(ada)
    assert (entry["metadata"], entry["read"]) == (about, False)
    assert entry["createdAt"] == entry["updatedAt"]
    page = await api.call("GET", LIST, api.bearer(ada))
    assert page["list"] == [entry]
    assert page["pagination"]["totalItems"] == 1
    assert (await api.call("GET", LIST, api.bearer(bob)))["list"] == []
    assert (await unread(api, ada), await unread(api, bob)) == (1, 0)


async def test_an_entry_is_marked_both_ways_as_often_as_one_likes(api: Api) -> None:
    ada, bob = await api.somebody(), await api.somebody()
    entry = await tell(api, ada)
    path, who = f"{LIST}/{entry['id']}/read", api.bearer(ada)
    first = await api.call("PATCH", path, who, {"isRead": True})
    assert (first["read"], await unread(api, ada)) == (True, 0)
    assert await api.call("PATCH", path, who, {"isRead": True}) == first
    shouted = f"{LIST}/{entry['id'].upper()}/read"
    again = await api.call("PATCH", shouted, who, {"isRead": False})
    assert (again["read"], await unread(api, ada)) == (False, 1)
    await api.call("PATCH", path, api.bearer(bob), {"isRead": True}, status=404)
    await api.call("PATCH", f"{LIST}/{new_id()}/read", who, {"isRead": True}, status=404)
    await api.call("PATCH", f"{LIST}/nonsense/read", who, {"isRead": True}, status=400)
    for body in ({}, {"isRead": "yes"}, {"isRead": None}, {"isRead": True, "userId": bob}):
        await api.call("PATCH", path, who, body, status=400)


async def test_only_ones_own_are_deleted_and_the_answer_counts_them(api: Api) -> None:
    ada, bob = await api.somebody(), await api.somebody()
    mine = [(await tell(api, ada))["id"] for _ in range(2)]
    foreign = (await tell(api, bob))["id"]
    body = {"ids": [*mine, mine[0], foreign, new_id()]}
    gone = await api.call("DELETE", BULK, api.bearer(ada), body)
    assert gone == {"success": True, "deleted": 2}
    assert (await api.call("DELETE", BULK, api.bearer(ada), body))["deleted"] == 0
    assert (await unread(api, ada), await unread(api, bob)) == (0, 1)
    for ids in ([], ["nonsense"], [new_id()] * 101, "all", [{"$gt": ""}], None):
        await api.call("DELETE", BULK, api.bearer(ada), {"ids": ids}, status=400)
    await api.call("DELETE", BULK, api.bearer(ada), {}, status=400)


async def test_pages_are_stable_and_filters_say_what_they_leave(api: Api) -> None:
    ada = await api.somebody()
    ids = await tell_many(api, ada, 7)
    notices = [(await tell(api, ada, type=f"kind {number}"))["id"] for number in range(2)]
    who = api.bearer(ada)
    everything = [*reversed(notices), *ids]
    seen: list[str] = []
    for page in range(1, 5):
        answer = await api.call("GET", f"{LIST}?page={page}&limit=3", who)
        seen += [each["id"] for each in answer["list"]]
        assert answer["pagination"]["totalItems"] == 9
    assert seen == everything
    for number in (ids[0], ids[4], notices[1]):
        await api.call("PATCH", f"{LIST}/{number}/read", who, {"isRead": True})
    expected = {
        "read=true": 3,
        "read=false": 6,
        "category=materials": 7,
        "category=materials&read=false": 5,
        "type=kind%201": 1,
        "type=kind%201&read=false": 0,
        "type=material_assigned&category=messages": 0,
        "type=material_assigned&category=materials&read=true&limit=1": 2,
    }
    for query, number in expected.items():
        answer = await api.call("GET", f"{LIST}?{query}", who)
        assert answer["pagination"]["totalItems"] == number, query
    assert (await api.call("GET", f"{LIST}?page=99", who))["list"] == []
    await api.call("GET", f"{LIST}?read=perhaps", who, status=400)
    await api.call("GET", f"{LIST}?type[$ne]=x&category[$gt]=", who)


async def test_the_count_is_exact_whatever_happens_at_once(api: Api) -> None:
    """Entries that come, are read, unread and deleted by many hands."""
    ada, chance = await api.somebody(), random.Random(3)
    ids = [(await tell(api, ada))["id"] for _ in range(6)]
    who = api.bearer(ada)

    async def mark(entry: str, *, read: bool) -> int:
        path = f"{LIST}/{entry}/read"
        return (await api.http.patch(path, json={"isRead": read}, headers=who)).status_code

    async def delete(*entries: str) -> int:
        body = {"ids": list(entries)}
        answer = await api.http.request("DELETE", BULK, json=body, headers=who)
        deleted: int = answer.json()["data"]["deleted"]
        return deleted

    marks = [mark(chance.choice(ids), read=chance.random() < 0.5) for _ in range(24)]
    deletions = [delete(*ids[:2]), delete(*ids[1:3]), delete(*ids[:3])]
    arrivals = [tell(api, ada) for _ in range(3)]
    statuses, gone, _ = await asyncio.gather(
        asyncio.gather(*marks), asyncio.gather(*deletions), asyncio.gather(*arrivals)
    )
    assert set(statuses) <= {200, 404}
    assert sum(gone) == 3
    rows = await api.database["notifications"].find({"user_id": ada}).to_list()
    assert len(rows) == 6
    assert await unread(api, ada) == sum(not row["read"] for row in rows)


@pytest.mark.parametrize(
    "wrong",
    [
        {"userId": "nonsense"},
        {"userId": {"$ne": None}},
        {"type": ""},
        {"type": "x" * 51},
        {"category": " "},
        {"category": "a\nb"},
        {"title": "a\r\nBcc: x"},
        {"title": "\u200b\u202e"},
        {"message": "\u2066"},
        {"title": "x" * 201},
        {"message": " \n "},
        {"message": "x" * 4001},
        {"metadata": {"$where": "1"}},
        {"metadata": {"a.b": "1"}},
        {"metadata": {"nested": {"deeper": 1}}},
        {"metadata": {"number": 2**70}},
        {"metadata": {f"name{number}": number for number in range(21)}},
        {"metadata": {f"name{number}": "x" * 900 for number in range(3)}},
        {"metadata": None},
        {"read": True},
        {"_id": new_id()},
    ],
)
async def test_what_is_no_notice_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    who = api.bearer(new_id(), "admin")
    answer = await api.call("POST", LIST, who, notice(new_id()) | wrong, status=400)
    assert next(iter(wrong)) in " ".join(answer["errors"][1:])


async def test_whom_nobody_knows_and_who_is_gone_is_told_nothing(api: Api) -> None:
    ada, who = await api.somebody(), api.bearer(new_id(), "admin")
    await api.call("POST", LIST, who, notice(new_id()), status=404)
    await tell(api, ada)
    await told(api.auth, api.service, deleted(ada))
    await api.call("POST", LIST, who, notice(ada), status=404)
    assert await api.database["notifications"].count_documents({"user_id": ada}) == 0


async def test_only_admins_tell_and_the_audit_log_has_it_without_the_words(api: Api) -> None:
    ada, admin = await api.somebody(), new_id()
    await api.call("POST", LIST, api.bearer(ada), notice(ada), status=403)
    await api.call("POST", LIST, None, notice(ada), status=401)
    await api.call("POST", LIST, api.bearer(admin, "admin"), notice(ada), 201)
    log = AuditLog(api.database["audit"], Pseudonyms(PRIVACY_KEY), PRIVACY_KEY)
    (entry,) = await log.of(admin)
    assert entry == (await log.of(ada))[0]
    assert entry.action == "notification.created"
    assert "Closed" not in repr(entry)
    await log.verify()


async def test_the_same_key_tells_once(api: Api) -> None:
    ada = await api.somebody()
    who = api.bearer(new_id(), "admin") | {"Idempotency-Key": new_id()}
    first, *others = await asyncio.gather(
        *(api.http.post(LIST, json=notice(ada), headers=who) for _ in range(5))
    )
    assert {first.status_code, *(each.status_code for each in others)} <= {201, 409}
    again = await api.call("POST", LIST, who, notice(ada), 201)
    assert [each["id"] for each in (await api.call("GET", LIST, api.bearer(ada)))["list"]] == [
        again["id"]
    ]


async def test_nothing_here_is_found_by_walking_through_everything(
    api: Api, backbone: Stack
) -> None:
    ada, admin = await api.somebody(), new_id()
    who = api.bearer(ada)
    async with profiler(backbone, api.database.name) as driver:
        entry = await api.call("POST", LIST, api.bearer(admin, "admin"), notice(ada), 201)
        for query in ("", "?read=false", "?type=a", "?category=a&read=true", "?page=3&limit=100"):
            await api.call("GET", LIST + query, who)
        await api.call("GET", COUNT, who)
        await api.call("PATCH", f"{LIST}/{entry['id']}/read", who, {"isRead": True})
        await api.call("GET", "/notifications/preferences", who)
        choice = {"preferences": {"tests": {"push": False}}}
        await api.call("PATCH", "/notifications/preferences", who, choice)
        await api.call("DELETE", BULK, who, {"ids": [entry["id"]]})
        await tell_many(api, ada, 1)
        operations = list(driver[api.database.name]["system.profile"].find({"appName": "aula"}))
    assert {"notifications", "people", "devices", "deliveries"} <= {
        each["ns"].partition(".")[2] for each in operations
    }
    assert scans(operations) == []
    counts = [each for each in operations if "aggregate" in each.get("command", {})]
    reads = [each["docsExamined"] for each in counts if each["ns"].endswith(".notifications")]
    assert reads
    assert set(reads) == {0}  # counted by their indexes alone
