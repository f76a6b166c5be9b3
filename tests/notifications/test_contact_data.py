"""What is held on who wrote, and on who answered: found, handed out, erased, counted."""

import os
import sys
import zlib
from asyncio import create_subprocess_exec, gather, subprocess
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec
import nats
import pytest

from deploy.stack import Stack
from services.notifications.contact.dashboard import Dashboard
from services.notifications.contact.domain import STATUSES, Contact
from services.notifications.contact.repository import KINDS, Contacts
from services.notifications.recount import kept_in
from shared.clock import utc_now
from shared.contracts.dashboard import ContactsPart
from shared.contracts.users import UserExportRequested
from shared.counters import Counters
from shared.ids import new_id
from shared.mongo import Document, Session, in_transaction
from shared.recount import recount
from tests.eventually import eventually
from tests.figures import two_decimals
from tests.notifications.api import Api, running
from tests.notifications.contacts import PATH, address, found, the_one, write
from tests.notifications.people import SEAL, deleted, registered, told
from tests.profiling import profiler, scans

CROWD = 150
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
async def api(backbone: Stack) -> AsyncIterator[Api]:
    async with running(backbone) as api:
        yield api


async def erased(api: Api, user_id: str, email: str | None = None) -> dict[str, int]:
    """What the receipt counts. `email`: what users says it was."""
    event = deleted(user_id, email)
    await told(api.auth, api.service, event)

    async def receipt() -> list[dict[str, Any]]:
        said = await api.service.said("user.erased")
        return [each for each in said if each["erasureId"] == event.erasure_id]

    (found,) = await eventually(receipt, within=30)
    counts: dict[str, int] = found["counts"]
    return counts


async def in_nats(backbone: Stack, since: int) -> str:
    """All events from this place in their stream."""
    client = await nats.connect(backbone.nats_url)
    js = client.jetstream(timeout=30)
    last = (await js.stream_info("EVENTS")).state.last_seq
    texts = []
    for sequence in range(since, last + 1):
        try:
            message = await js.get_msg("EVENTS", sequence)
        except nats.js.errors.NotFoundError:
            continue
        texts.append(repr((message.headers, message.data)))
    await client.close()
    return "".join(texts)


async def next_in_nats(backbone: Stack) -> int:
    """The place of the next event."""
    client = await nats.connect(backbone.nats_url)
    info = await client.jetstream(timeout=30).stream_info("EVENTS")
    await client.close()
    return info.state.last_seq + 1


async def test_what_somebody_wrote_goes_with_them_however_they_spelled_their_address(
    api: Api, backbone: Stack
) -> None:
    mail, other, since = address(), address(), await next_in_nats(backbone)
    before = await write(api, mail.upper(), fullName="Ada Canary")
    ada = await api.somebody(email=mail)
    after = await write(api, f" {mail.title()} ", message="A canary")
    signed_in = await write(api, other, api.bearer(ada), fullName="Ada Canary")
    bobs = await write(api)
    admin = api.bearer(new_id(), "admin")
    ids = [each["id"] for each in (before, after, signed_in)]
    for contact_id in ids:
        await api.call("POST", f"{PATH}/{contact_id}/reply", admin, {"message": "Fine."})

    async def published() -> bool:
        everything = await in_nats(backbone, since)
        return all(everything.count(contact_id) >= 2 for contact_id in ids)

    async def all_ended() -> bool:  # the dev inbox has no row that a mail under way may add
        return await api.database["deliveries"].find_one({"due_at": {"$exists": True}}) is None

    await eventually(published, within=30)
    await eventually(all_ended, within=30)
    counts = await erased(api, ada)
    assert counts["contacts"] == 3
    assert counts["contact_limits"] == 1
    assert counts["events"] >= 6
    stored = repr(await api.service.everything())
    for trace in (ada, mail, "Canary", "A canary", *ids):
        assert trace not in stored, trace
    everything = await in_nats(backbone, since)
    for trace in (other, *ids):
        assert trace not in everything
    assert [each["id"] for each in await found(api, search=bobs["email"])] == [bobs["id"]]
    assert not await drift(api)


async def test_what_somebody_wrote_goes_although_nothing_but_their_end_was_heard_of_them(
    api: Api,
) -> None:
    ada, mail = new_id(), address()
    await write(api, mail, fullName="Ada Canary")
    assert (await erased(api, ada, mail))["contacts"] == 1
    await told(api.auth, api.service, registered(ada, email=mail))
    stored = repr(await api.service.everything())
    for trace in (ada, mail, "Ada Canary"):
        assert trace not in stored, trace


async def test_what_has_become_the_address_of_somebody_else_stays_theirs(api: Api) -> None:
    mail = address()
    await api.somebody(email=mail)
    await write(api, mail)
    assert "contacts" not in await erased(api, new_id(), mail)
    assert len(await found(api, search=mail)) == 1


async def test_an_answer_stays_when_the_admin_goes_and_names_nobody(api: Api) -> None:
    boss = await api.somebody()
    mail = address()
    contact = await write(api, mail)
    path = f"{PATH}/{contact['id']}/reply"
    answered = await api.call("POST", path, api.bearer(boss, "admin"), {"message": "Yes."})
    assert answered["repliedBy"] == boss
    assert (await erased(api, boss))["contact_replies"] == 1
    assert await the_one(api, mail) == {**answered, "repliedBy": None}
    assert boss not in repr(await api.service.everything())
    # With a token that is still good for a moment, nothing more comes of them.
    await api.call("POST", path, api.bearer(boss, "admin"), {"message": "Yes."}, status=401)
    await api.call("POST", PATH, api.bearer(boss), {**_body(), "email": address()}, status=401)


def _body() -> dict[str, str]:
    return {"fullName": "Ada", "email": address(), "message": "?"}


async def test_an_answer_under_way_is_not_sent_to_somebody_who_is_erased(api: Api) -> None:
    mail = address()
    ada = await api.somebody(email=mail)
    row = {
        "_id": new_id(),
        "template": "contact_reply",
        "recipient": mail,
        "due_at": utc_now() + timedelta(days=1),
    }
    await api.database["deliveries"].insert_one(row)
    assert (await erased(api, ada))["answers_under_way"] == 1


async def test_an_export_has_what_somebody_wrote_and_answered(api: Api) -> None:
    mail = address()
    ada = await api.somebody(email=mail)
    contact = await write(api, mail, message="Mine")
    path = f"{PATH}/{contact['id']}/reply"
    await api.call("POST", path, api.bearer(ada, "admin"), {"message": "My answer"})
    await write(api)
    export_id = new_id()
    await told(api.auth, api.service, UserExportRequested(user_id=ada, export_id=export_id))
    (piece,) = [e for e in await api.service.said("user.exported") if e["exportId"] == export_id]
    data = msgspec.json.decode(zlib.decompress(SEAL.open(piece["sealed"], export_id)))
    (mine,) = data["contacts"]
    assert (mine["id"], mine["message"], mine["email"]) == (contact["id"], "Mine", mail)
    assert not {"terms", "suspect", "user_id"} & set(mine)
    assert [each["contact_id"] for each in data["contact_replies"]] == [contact["id"]]
    assert len(data["contact_limits"]) == 1


async def drift(api: Api) -> dict[str, int]:
    (kept,) = kept_in(api.database)
    return (await recount(kept, utc_now())).drift


async def test_the_figures_are_exact_through_whatever_happens(api: Api) -> None:
    admin = api.bearer(new_id(), "admin")
    contacts = await gather(*(write(api) for _ in range(8)))
    paths = [f"{PATH}/{contact['id']}" for contact in contacts]
    await gather(
        *(api.call("POST", f"{path}/reply", admin, {"message": "?"}) for path in paths[:3] * 2),
        *(api.call("PATCH", f"{path}/status", admin, {"status": "CLOSED"}) for path in paths[3:5]),
        *(api.call("DELETE", path, admin) for path in paths[5:6]),
    )
    part = msgspec.convert(await api.call("GET", "/dashboard/contacts", admin), ContactsPart)
    there = await api.database["contacts"].find().to_list()
    naive = Counter(each["status"] for each in there)
    assert {each.key: each.count for each in part.statuses} == {s: naive[s] for s in STATUSES}
    assert part.overview.total == part.overview.new_last_30_days == len(there)
    assert (part.overview.pending, part.overview.replied) == (naive["PENDING"], naive["REPLIED"])
    assert part.overview.reply_rate == two_decimals(Fraction(100 * naive["REPLIED"], len(there)))
    assert part.months == Counter(f"{each['created_at']:%Y-%m}" for each in there)
    newest = sorted(there, key=lambda each: (each["created_at"], each["_id"]), reverse=True)
    assert [each.id for each in part.contacts] == [each["_id"] for each in newest[:5]]
    by_id = {each.id: each for each in part.contacts}
    for contact in await found(api, limit=5):
        recent = by_id[contact["id"]]
        assert (recent.replied_at, recent.full_name) == (contact["repliedAt"], "Ayşe Işık")
    assert not await drift(api)


async def test_days_and_months_are_those_of_the_messages(api: Api) -> None:
    database = api.database.client[f"test_{new_id()}"]
    counters = Counters(database["contact_counters"], KINDS)
    contacts = Contacts(database["contacts"], counters)
    for name, indexes in (("contacts", Contacts.INDEXES),):
        await database[name].create_indexes(list(indexes))
    days = (0, 29, 30, 59, 100)

    async def work(session: Session) -> None:
        for back in days:
            await contacts.save(contact_of(NOON - timedelta(days=back)), session, before=None)

    await in_transaction(database.client, work)
    part = await Dashboard(contacts, counters, lambda: NOON).part()
    assert part.overview.new_last_30_days == 2
    assert part.months == {"2026-03": 1, "2026-02": 2, "2026-01": 1, "2025-12": 1}
    assert [each.count for each in part.statuses] == [5, 0, 0, 0]
    await database["contact_counters"].delete_many({})
    (kept,) = kept_in(database)
    assert (await recount(kept, NOON)).drift["statuses.PENDING"] == -5
    assert await Dashboard(contacts, counters, lambda: NOON).part() == part


def contact_of(moment: datetime, **more: Any) -> Contact:
    return Contact(
        **{
            "id": new_id(),
            "full_name": "Crowd Of",
            "email": address(),
            "phone": "+90 555 123 45 67",
            "message": "?",
            "source": None,
            "language": "en",
            "status": "PENDING",
            "created_at": moment,
            **more,
        }
    )


async def test_a_command_counts_anew_and_says_what_was_wrong(api: Api, backbone: Stack) -> None:
    await write(api)
    wrong = {"$inc": {"statuses.CLOSED": 2}}
    await api.database["contact_counters"].update_one({"_id": 0}, wrong, upsert=True)
    environment = {
        **os.environ,
        "AULA_MONGO_URL": backbone.mongo_url,
        "AULA_DATABASE_PREFIX": api.prefix,
    }
    process = await create_subprocess_exec(
        *(sys.executable, "-m", "services.notifications.recount"),
        env=environment,
        stdout=subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    assert "2 too many before" in out.decode()
    assert not await drift(api)


async def test_every_route_reads_what_it_shows_and_no_more(api: Api, backbone: Stack) -> None:
    counters = Counters(api.database["contact_counters"], KINDS)
    contacts = Contacts(api.database["contacts"], counters)

    async def crowd(session: Session) -> None:
        for number in range(CROWD):
            each = contact_of(NOON - timedelta(minutes=number), status=STATUSES[number % 4])
            await contacts.save(each, session, before=None)

    await in_transaction(api.database.client, crowd)
    admin, boss = api.bearer(new_id(), "admin"), await api.somebody()
    async with profiler(backbone, api.database.name) as driver:
        contact = await write(api, who=api.bearer(boss))
        path = f"{PATH}/{contact['id']}"
        for query in ("", "status=CLOSED", "page=8&limit=10", "page=15", "page=1000"):
            await api.call("GET", f"{PATH}?{query}", admin)
        for search in ("crowd", "crow&status=REPLIED", "0555 123", "zzz"):
            await api.call("GET", f"{PATH}?search={search}", admin)
        await api.call("POST", f"{path}/reply", admin, {"message": "?"})
        await api.call("PATCH", f"{path}/status", admin, {"status": "CLOSED"})
        await api.call("GET", "/dashboard/contacts", admin)
        await api.call("DELETE", path, admin)
        await told(api.auth, api.service, UserExportRequested(user_id=boss, export_id=new_id()))
        await told(api.auth, api.service, deleted(boss))
        seen = list(driver[api.database.name]["system.profile"].find({"appName": "aula"}))
    assert scans(seen) == []
    finds = [each for each in seen if "find" in each["command"] and _of_contacts(each)]
    lists = [each for each in finds if "suspect" in each["command"]["filter"]]
    searches = [each for each in finds if "terms" in each["command"]["filter"]]
    assert (len(lists), len(searches)) == (5, 5)
    for each in lists:
        assert each["docsExamined"] == each["nreturned"], each["command"]
        assert not each.get("hasSortStage"), each["command"]
    for each in searches:
        assert each["docsExamined"] == 0, each["command"]
    assert max(each["nreturned"] for each in searches) >= CROWD


def _of_contacts(operation: Document) -> bool:
    return str(operation["ns"]).endswith(".contacts")


async def test_an_address_that_became_somebody_elses_keeps_what_they_wrote(api: Api) -> None:
    shared = address()
    ada = await api.somebody(email=shared)
    bob = new_id()
    await told(api.auth, api.service, registered(bob, shared))
    contact = await write(api, shared)
    await erased(api, ada)
    assert (await the_one(api, shared))["id"] == contact["id"]
