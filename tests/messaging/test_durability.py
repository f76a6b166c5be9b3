"""A change and its events are durable together, or not at all."""

import asyncio
import signal
from typing import Any

import pytest

from shared.contracts.auth import UserSignedIn
from shared.messaging import REVOCATIONS, Transaction
from shared.messaging.outbox import PENDING
from shared.mongo import PyMongoError
from tests.eventually import eventually
from tests.messaging.replica import Bench, Effects, Replica, signed_in


class Refused(Exception):
    pass


async def write(replica: Replica, event: UserSignedIn, *, then: Exception | None = None) -> None:
    """Commit a document named after the event, and the event; raise `then` before the end."""

    async def work(transaction: Transaction) -> None:
        things = replica.database["things"]
        await things.insert_one({"_id": event.session_id}, session=transaction.session)
        transaction.record(event)
        if then:
            raise then

    await replica.outbox.commit(work)


async def written(replica: Replica) -> tuple[set[str], set[str]]:
    """The session ids of documents, and of events."""
    things = {row["_id"] async for row in replica.database["things"].find()}
    rows = [row async for row in replica.database["outbox"].find()]
    return things, {row["headers"]["ce-subject"] for row in rows}


async def test_work_that_raises_leaves_neither_change_nor_event(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    await write(replica, signed_in("kept"))
    with pytest.raises(Refused):
        await write(replica, signed_in("refused"), then=Refused())
    things, events = await written(replica)
    assert len(things) == 1
    assert events == {"kept"}


async def test_an_event_of_a_process_killed_before_it_published_arrives_all_the_same(
    bench: Bench,
) -> None:
    survivor = bench.replica()
    effects = Effects(survivor.database)
    survivor.on(UserSignedIn, effects)
    await bench.running(survivor)
    worker = await bench.worker("before-publish")
    assert await worker.wait() == -signal.SIGKILL
    await eventually(lambda: survivor.database["effects"].count_documents({}))
    await eventually(survivor.nothing_pending)
    assert await survivor.database["effects"].count_documents({}) == 1


async def test_a_mongod_killed_under_a_flood_keeps_every_commit_whole(own_bench: Bench) -> None:
    replica = own_bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects)
    await own_bench.running(replica)
    committed: list[UserSignedIn] = []
    doubtful: list[UserSignedIn] = []
    over = asyncio.Event()

    async def flood() -> None:
        while not over.is_set():
            event = signed_in()
            try:
                await write(replica, event)
            except PyMongoError:
                doubtful.append(event)
            else:
                committed.append(event)

    floods = [asyncio.create_task(flood()) for _ in range(16)]
    for _ in range(2):
        so_far = len(committed)
        await eventually(lambda so_far=so_far: len(committed) > so_far + 100)
        await own_bench.stack.kill("mongod")
        await own_bench.stack.ready("mongod")
    over.set()
    await asyncio.gather(*floods)

    things = {row["_id"] async for row in replica.database["things"].find()}
    assert things.issuperset(event.session_id for event in committed)
    both = [event for event in [*committed, *doubtful] if event.session_id in things]
    rows = await replica.database["outbox"].distinct("headers.ce-subject")
    assert sorted(rows) == sorted(event.user_id for event in both)
    await eventually(lambda: effects.are_once_for(*both), within=40)


async def test_a_bucket_value_committed_while_nats_was_away_arrives(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    await bench.stack.stop_one("nats")

    async def end_session(transaction: Transaction) -> None:
        transaction.put(REVOCATIONS.name, "session.1", b"17")

    await replica.outbox.commit(end_session)
    await bench.stack.start_one("nats")
    await eventually(replica.nothing_pending)
    bucket = await replica.broker.jetstream.key_value(REVOCATIONS.name)
    assert (await bucket.get("session.1")).value == b"17"


async def test_rows_stay_as_long_as_their_stream_may_have_to_be_filled_again(
    bench: Bench,
) -> None:
    replica = await bench.running(bench.replica())
    await replica.say(signed_in())
    row = await eventually(lambda: replica.database["outbox"].find_one({"state": "sent"}))
    assert (row["expires_at"] - row["sent_at"]).days == 35


async def test_looking_for_pending_rows_reads_nothing_else(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    await replica.say(*(signed_in() for _ in range(50)))
    await eventually(replica.nothing_pending)
    claim = {**PENDING, "$expr": {"$lt": ["$lease_until", "$$NOW"]}}
    for query in (PENDING, claim):
        plan: dict[str, Any] = await replica.database.command(
            "explain",
            {"find": "outbox", "filter": query, "sort": {"lease_until": 1}},
            verbosity="executionStats",
        )
        assert plan["executionStats"]["totalDocsExamined"] == 0


async def test_two_sweepers_share_a_backlog_without_loss(bench: Bench) -> None:
    first, second = bench.replica(), bench.replica()
    await first.prepare()
    for _ in range(10):
        await first.say(*(signed_in() for _ in range(50)))
    await asyncio.gather(bench.running(first), bench.running(second))
    await eventually(first.nothing_pending)
    info = await first.broker.jetstream.stream_info("EVENTS")
    assert info.state.messages == 500
