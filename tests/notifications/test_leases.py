"""Rows of deliveries, and which process may do what with them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from deploy.stack import Stack
from services.notifications.deliveries.domain import LANES, Delivery, Lane, kinds_in
from services.notifications.deliveries.repository import Deliveries
from shared.clock import utc_now
from shared.ids import new_id
from shared.mongo import Collection, connect, ensure_indexes, in_transaction
from tests.eventually import eventually


@pytest.fixture
async def rows(backbone: Stack, prefix: str) -> AsyncIterator[Collection]:
    client = connect(backbone.mongo_url)
    collection = client[prefix]["deliveries"]
    await ensure_indexes(collection, Deliveries.INDEXES)
    yield collection
    client.close()


def delivery(**more: Any) -> Delivery:
    return Delivery(
        **{
            "id": new_id(),
            "channel": "email",
            "recipient": "ada@school.test",
            "language": "en",
            "sealed": "$sealed",
            "context": "c",
            "expires_at": utc_now() + timedelta(minutes=5),
            **more,
        }
    )


async def added(rows: Collection, by: Deliveries, **more: Any) -> Delivery:
    new = delivery(**more)
    await in_transaction(rows.database.client, lambda session: by.add(new, session))
    return new


async def time_out(rows: Collection) -> None:
    """Let all leases and pauses be over."""
    await rows.update_many({}, {"$set": {"due_at": utc_now() - timedelta(seconds=1)}})


async def test_a_process_that_was_paused_while_another_took_over_does_not_send(
    rows: Collection,
) -> None:
    paused, other = Deliveries(rows, "paused"), Deliveries(rows, "other")
    one = await added(rows, paused, attempts=1)
    assert await other.claim(10, ()) == []
    assert await paused.going(one.id)
    await time_out(rows)
    assert [claimed.id for claimed in await other.claim(10, ())] == [one.id]
    assert not await paused.going(one.id)
    await paused.renew([one.id])
    await paused.try_again(one.id, 1, "timeout")
    assert await other.going(one.id)


async def test_what_one_process_knows_to_be_sent_no_other_sends(rows: Collection) -> None:
    slow, other = Deliveries(rows, "slow"), Deliveries(rows, "other")
    one = await added(rows, slow, attempts=1)
    await time_out(rows)
    await other.claim(10, ())
    await slow.end(one.id, "sent", None)
    assert not await other.going(one.id)
    await other.end(one.id, "failed", "smtp 550 rcpt")
    row = await rows.find_one({"_id": one.id})
    assert row is not None
    assert (row["state"], row["error"]) == ("sent", None)
    assert not {"recipient", "sealed", "context", "params", "lease", "due_at"} & row.keys()


async def test_a_renewed_lease_keeps_others_away(rows: Collection) -> None:
    mine, other = Deliveries(rows, "mine"), Deliveries(rows, "other")
    one = await added(rows, mine, attempts=1)
    await time_out(rows)
    await mine.renew([one.id])
    assert await other.claim(10, ()) == []


async def test_each_due_delivery_goes_to_one_process(rows: Collection) -> None:
    processes = [Deliveries(rows, f"process {number}") for number in range(4)]
    for _ in range(40):
        await added(rows, processes[0])
    counts: Counter[str] = Counter()
    while len(counts) < 40:
        claims = await asyncio.gather(*(each.claim(7, ()) for each in processes))
        counts.update(claimed.id for claim in claims for claimed in claim)
    assert set(counts.values()) == {1}


async def test_a_process_does_not_take_what_it_has_in_hand(rows: Collection) -> None:
    mine = Deliveries(rows, "mine")
    one = await added(rows, mine, attempts=1)
    await time_out(rows)
    assert await mine.claim(10, [one.id]) == []


async def test_a_first_attempt_that_is_left_to_others_is_due_at_once(rows: Collection) -> None:
    mine, other = Deliveries(rows, "mine"), Deliveries(rows, "other")
    one = await added(rows, mine)
    (claimed,) = await eventually(lambda: other.claim(10, ()))  # due in a millisecond
    assert (claimed.id, claimed.attempts, claimed.sealed) == (one.id, 1, "$sealed")


LANE_OF: dict[Lane, dict[str, Any]] = {
    "urgent": {},
    "push": {"channel": "push", "template": "material_assigned"},
    "news": {"template": "material_assigned"},
}


async def test_each_lane_has_its_own(rows: Collection) -> None:
    mine = Deliveries(rows, "mine")
    added_to = {lane: (await added(rows, mine, **LANE_OF[lane])).id for lane in LANES}
    for lane in LANES:
        (claimed,) = await eventually(partial(mine.claim, 10, (), lane))
        assert (claimed.id, claimed.lane) == (added_to[lane], lane)


@pytest.mark.parametrize("lane", LANES)
async def test_looking_for_due_deliveries_reads_neither_ended_ones_nor_those_of_other_lanes(
    rows: Collection, lane: Lane
) -> None:
    mine = Deliveries(rows, "mine")
    for _ in range(20):
        await added(rows, mine, **LANE_OF[lane], state="expired")
        for other in set(LANES) - {lane}:
            await added(rows, mine, **LANE_OF[other])
    templates, channels = kinds_in(lane)
    of_those = {"template": {"$in": templates}, "channel": {"$in": channels}}
    due = of_those | {"due_at": {"$exists": True}, "$expr": {"$lt": ["$due_at", "$$NOW"]}}
    plan = await rows.find(due).sort("due_at", 1).limit(10).explain()
    assert plan["executionStats"]["totalDocsExamined"] == 0
