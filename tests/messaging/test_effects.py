"""A handler's effect happens once per event, and an older fact never overwrites a newer one."""

import asyncio
import itertools
import signal
from functools import partial

import msgspec
import pytest

from shared.contracts.auth import UserEmailChanged, UserSignedIn
from shared.messaging import Transaction
from shared.mongo import save_newer
from tests.eventually import eventually
from tests.messaging.replica import QUICK, Bench, Effects, Replica, signed_in


async def publish(replica: Replica, event: UserSignedIn, *, repeat: int) -> None:
    """As a NATS that does not notice repeats would deliver it: one event, `repeat` messages."""
    payload = msgspec.json.encode(event)

    async def published(number: int) -> bool:
        headers = {"ce-id": event.session_id, "Nats-Msg-Id": str(number)}
        await replica.broker.publish(event.subject, payload, headers)
        return True

    # So many at once may take NATS longer than a publisher waits: then it says them again.
    await asyncio.gather(*(eventually(partial(published, number)) for number in range(repeat)))


async def test_the_same_event_a_thousand_times_at_once_has_one_effect(bench: Bench) -> None:
    publisher = await bench.running(bench.replica("auth"))
    event = signed_in()
    await publish(publisher, event, repeat=1000)
    first, second = bench.replica("users"), bench.replica("users")
    effects = Effects(first.database)
    for replica in (first, second):
        replica.on(UserSignedIn, effects)
        await bench.running(replica)
    js = publisher.broker.jetstream

    async def all_acknowledged() -> bool:
        info = await js.consumer_info("EVENTS", "users-test")
        return not info.num_pending and not info.num_ack_pending

    await eventually(all_acknowledged, within=40)
    assert await effects.of(event) == 1


async def test_an_event_whose_handler_was_killed_before_the_ack_has_one_effect(
    bench: Bench,
) -> None:
    publisher = await bench.running(bench.replica("auth"))
    event = signed_in()
    await publisher.say(event)
    worker = await bench.worker("before-ack", "users")
    assert await worker.wait() == -signal.SIGKILL
    survivor = bench.replica("users")
    effects = Effects(survivor.database)
    assert await effects.of(event) == 1
    survivor.on(UserSignedIn, effects, patience=QUICK)
    await bench.running(survivor)
    js = publisher.broker.jetstream

    async def acknowledged() -> bool:
        return not (await js.consumer_info("EVENTS", "users-test")).num_ack_pending

    await eventually(acknowledged)
    assert await effects.of(event) == 1


def email_changed(version: int) -> UserEmailChanged:
    return UserEmailChanged(user_id="u", version=version, email=f"{version}@example.test")


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_the_newest_version_wins_in_any_order(bench: Bench, order: tuple[int, ...]) -> None:
    replica = bench.replica()
    people = replica.database["people"]
    await people.insert_one({"_id": "u", "name": "stays"})
    wrote: list[bool] = []

    for version in order:
        event = email_changed(version)

        async def work(transaction: Transaction, event: UserEmailChanged = event) -> bool:
            return await save_newer(
                people,
                event.user_id,
                {"email": event.email},
                version=event.version,
                session=transaction.session,
            )

        wrote.append(await replica.outbox.commit(work))
    assert await people.find_one() == {
        "_id": "u",
        "name": "stays",
        "email": "3@example.test",
        "version": 3,
    }
    highest = list(itertools.accumulate(order, max))
    assert wrote == [
        version > before for version, before in zip(order, [0, *highest], strict=False)
    ]


async def test_versions_that_come_at_once_to_several_replicas_end_with_the_newest(
    bench: Bench,
) -> None:
    replicas = [bench.replica("users") for _ in range(2)]

    async def handle(event: UserEmailChanged, transaction: Transaction) -> None:
        session = transaction.session
        people = session.client[replicas[0].database.name]["people"]
        values = {"email": event.email}
        await save_newer(people, event.user_id, values, version=event.version, session=session)

    for replica in replicas:
        replica.on(UserEmailChanged, handle, patience=QUICK)
        await bench.running(replica)
    publisher = await bench.running(bench.replica("auth"))
    versions = [3, 1, 2, *range(30, 3, -1)]
    await asyncio.gather(*(publisher.say(email_changed(version)) for version in versions))
    handled = replicas[0].database["inbox"]
    await eventually(lambda: _count_is(handled, len(versions)))
    assert await replicas[0].database["people"].find_one() == {
        "_id": "u",
        "email": "30@example.test",
        "version": 30,
    }


async def _count_is(collection: object, count: int) -> bool:
    return await collection.count_documents({}) == count


async def test_what_a_person_wrote_is_never_taken_for_an_expression(bench: Bench) -> None:
    replica = bench.replica()
    people = replica.database["people"]

    async def work(transaction: Transaction) -> bool:
        values = {"name": "$email", "more": {"$add": [1, 2]}}
        return await save_newer(people, "u", values, version=1, session=transaction.session)

    assert await replica.outbox.commit(work)
    row = await people.find_one()
    assert row is not None
    assert row["name"] == "$email"
    assert row["more"] == {"$add": [1, 2]}
