"""What no retry can help ends as a dead letter, nothing else does, and good messages still flow."""

import asyncio
import time
from functools import partial

import msgspec
from motor.motor_asyncio import AsyncIOMotorClient
from prometheus_client import REGISTRY
from pymongo.errors import ConnectionFailure, PyMongoError

from deploy.stack import Stack
from shared.contracts.auth import UserSignedIn
from shared.messaging import Transaction
from shared.messaging.consumer import Patience
from shared.messaging.dead_letters import DeadLetter, letters, replay
from tests.eventually import eventually
from tests.messaging.replica import QUICK, Bench, Effects, Replica, signed_in


async def all_letters(replica: Replica) -> list[DeadLetter]:
    return [dead async for dead in letters(replica.broker)]


async def letters_there(replica: Replica, count: int) -> list[DeadLetter]:
    async def probe() -> bool:
        return (await replica.broker.jetstream.stream_info("DLQ")).state.messages == count

    await eventually(probe, within=60)
    return await all_letters(replica)


async def test_hundreds_of_unreadable_messages_do_not_hold_up_the_good_ones(
    bench: Bench,
) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects)
    await bench.running(replica)

    async def poison(number: int) -> bool:
        payload = (b"{", b"\xff\xfe", b'{"userId": 7}', b"[" * 50_000)[number % 4]
        headers = {"Nats-Msg-Id": str(number)}
        if number % 8:
            headers["ce-id"] = f"poison-{number}"
        await replica.broker.publish(UserSignedIn.subject, payload, headers)
        return True

    flood = asyncio.gather(*(eventually(partial(poison, number)) for number in range(300)))
    events, took = [signed_in() for _ in range(20)], []
    for event in events:
        started = time.monotonic()
        await replica.say(event)
        await eventually(lambda event=event: effects.of(event), every=0.005)
        took.append(time.monotonic() - started)
    await flood
    assert sorted(took)[10] < 2
    found = await letters_there(replica, 300)
    assert {dead.subject for dead in found} == {"user.signed_in"}
    assert all(dead.reason.startswith("Unreadable") for dead in found)
    assert await effects.are_once_for(*events)


async def test_messages_that_wait_for_their_next_try_take_nobodys_place(bench: Bench) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)

    async def handle(event: UserSignedIn, transaction: Transaction) -> None:
        if event.user_id == "poison":
            raise ZeroDivisionError
        await effects(event, transaction)

    replica.on(UserSignedIn, handle, patience=Patience(pauses=(300,)))
    await bench.running(replica)
    await replica.say(*(signed_in("poison") for _ in range(200)))
    good = [signed_in() for _ in range(20)]
    await replica.say(*good)
    await eventually(lambda: effects.are_once_for(*good), within=60)
    assert await all_letters(replica) == []


async def test_what_always_fails_is_buried_after_its_tries_and_handled_once_when_replayed(
    bench: Bench,
) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    mended = False

    async def handle(event: UserSignedIn, transaction: Transaction) -> None:
        await effects(event, transaction)
        if not mended:
            raise ValueError(f"about {event.session_id}")

    replica.on(UserSignedIn, handle, name="users-failing", patience=QUICK)
    others: list[str] = []

    async def hear(event: UserSignedIn, transaction: Transaction) -> None:
        transaction.after_commit.append(lambda: others.append(event.session_id))

    replica.on(UserSignedIn, hear, name="users-fine", patience=QUICK)
    retried = _outcomes("users-failing", "retry")
    await bench.running(replica)
    event = signed_in()
    await replica.say(event)
    (dead,) = await letters_there(replica, 1)
    assert _outcomes("users-failing", "retry") - retried == QUICK.tries - 1
    assert await effects.of(event) == 0
    assert dead.consumer == "users-failing"
    assert dead.reason.startswith("ValueError at test_dead_letters.py:")
    assert event.session_id not in dead.reason, "an error's text may quote what it is about"
    assert msgspec.json.decode(dead.payload, type=UserSignedIn) == event

    mended = True
    await replay(replica.broker, {"auth": replica.database}, dead)
    await eventually(lambda: effects.are_once_for(event))
    assert await all_letters(replica) == []
    js = replica.broker.jetstream
    await eventually(lambda: _all_acknowledged(js, "users-fine"))
    assert others == [event.session_id], "who had done it does nothing"


def _outcomes(consumer: str, outcome: str) -> float:
    """Counted per message, not per call: a transaction that met a conflict calls once more."""
    labels = {"consumer": consumer, "outcome": outcome}
    return REGISTRY.get_sample_value("aula_events_handled_total", labels) or 0


async def _all_acknowledged(js: object, consumer: str) -> bool:
    info = await js.consumer_info("EVENTS", consumer)
    return not info.num_pending and not info.num_ack_pending


async def test_a_handler_that_never_returns_is_cut_off_and_retried(bench: Bench) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    hung = asyncio.Event()

    async def handle(event: UserSignedIn, transaction: Transaction) -> None:
        await effects(event, transaction)
        if not hung.is_set():
            hung.set()
            await asyncio.Event().wait()

    # More tries than would do, for those that are cut off only because the machine is slow.
    replica.on(UserSignedIn, handle, patience=Patience(pauses=(0.05,) * 9, limit=1))
    await bench.running(replica)
    event = signed_in()
    await replica.say(event)
    await eventually(lambda: effects.are_once_for(event))
    assert hung.is_set()


async def test_what_is_too_long_for_a_transaction_costs_tries_and_is_no_outage(
    bench: Bench,
) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)

    async def handle(event: UserSignedIn, transaction: Transaction) -> None:
        await effects(event, transaction)
        session = transaction.session

        async def ended_by_the_server() -> bool:
            try:
                await session.client[replica.database.name]["effects"].find_one({}, session=session)
            except PyMongoError:
                return True
            return False

        # It does so after 10 s, and looks for what to end every 5.
        await eventually(ended_by_the_server, within=40, every=0.2)

    replica.on(UserSignedIn, handle, patience=Patience(pauses=(), limit=50))
    await bench.running(replica)
    event = signed_in()
    await replica.say(event)
    (dead,) = await letters_there(replica, 1)
    assert dead.reason.startswith("OperationFailure at ")
    assert await effects.of(event) == 0


async def test_a_slow_handler_is_not_taken_for_a_dead_one(bench: Bench) -> None:
    first, second = bench.replica(), bench.replica()
    effects = Effects(first.database)

    async def handle(event: UserSignedIn, transaction: Transaction) -> None:
        deadline = time.monotonic() + 2.5
        await eventually(lambda: time.monotonic() > deadline)
        await effects(event, transaction)

    for replica in (first, second):
        replica.on(UserSignedIn, handle, patience=Patience(ack_wait=1))
        await bench.running(replica)
    js = first.broker.jetstream

    async def deliveries() -> int:
        """Of one event."""
        before = (await js.consumer_info("EVENTS", "users-test")).delivered.consumer_seq
        event = signed_in()
        await first.say(event)
        await eventually(lambda: effects.of(event))
        await eventually(lambda: _all_acknowledged(js, "users-test"))
        assert await effects.of(event) == 1
        return (await js.consumer_info("EVENTS", "users-test")).delivered.consumer_seq - before

    tries = [await deliveries()]
    while 1 not in tries and len(tries) < 5:  # who is kept from running is taken for dead
        tries.append(await deliveries())
    assert 1 in tries, tries


async def test_a_database_away_for_longer_than_all_tries_would_take_buries_nothing(
    own_bench: Bench, servers: Stack
) -> None:
    stack = own_bench.stack
    replica = own_bench.replica(mongo_url=servers.mongo_url)
    effects = Effects(replica.database)
    # The handler's mongod is not the one of the inbox, so that it fails within 0.1 s, not 15.
    far = AsyncIOMotorClient(stack.mongo_url, serverSelectionTimeoutMS=100)
    own_bench.exits.callback(far.close)
    failures: list[str] = []

    async def handle(event: UserSignedIn, transaction: Transaction) -> None:
        try:
            await far["test"]["far"].insert_one({"of": event.session_id})
        except ConnectionFailure:
            failures.append(event.session_id)
            raise
        await effects(event, transaction)

    replica.on(UserSignedIn, handle, patience=Patience(pauses=()))
    await own_bench.running(replica)
    await stack.stop_one("mongod")
    events = [signed_in() for _ in range(50)]
    await replica.say(*events)
    await eventually(lambda: len(set(failures)) >= 32)
    so_far = len(failures)
    await eventually(lambda: len(failures) > so_far + 2 * 32)
    assert len(set(failures)) == 32, "what cannot be handled now is not pulled either"
    await stack.start_one("mongod")
    await eventually(lambda: effects.are_once_for(*events), within=40)
    assert await all_letters(replica) == []
    js = replica.broker.jetstream
    await eventually(lambda: _all_acknowledged(js, "users-test"))
    delivered = (await js.consumer_info("EVENTS", "users-test")).delivered
    assert delivered is not None
    assert delivered.consumer_seq == len(events), "an outage costs no try"


async def test_messages_that_come_while_the_inbox_is_away_are_handled_when_it_is_back(
    own_bench: Bench,
) -> None:
    replica = own_bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects, patience=QUICK)
    await own_bench.running(replica)
    await own_bench.stack.stop_one("mongod")
    events = [signed_in() for _ in range(50)]
    for number, event in enumerate(events):
        headers = {"ce-id": str(number)}
        await replica.broker.publish(event.subject, msgspec.json.encode(event), headers)
    await own_bench.stack.start_one("mongod")
    await eventually(lambda: effects.are_once_for(*events), within=40)
    assert await all_letters(replica) == []
