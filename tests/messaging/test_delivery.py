"""Every committed event reaches every handler, whatever happens to NATS meanwhile."""

import asyncio
import os
import shutil
import signal
import time

import nats
import pytest
from nats.js import JetStreamContext

from deploy.stack import Stack
from shared.contracts.auth import UserSignedIn
from shared.messaging import REVOCATIONS, Transaction
from shared.messaging.consumer import Patience
from shared.messaging.streams import BUCKETS, STREAMS
from tests.eventually import eventually
from tests.messaging.replica import QUICK, Bench, Effects, Replica, signed_in


async def test_an_event_reaches_every_handler_before_any_sweep(bench: Bench) -> None:
    replica = bench.replica()
    effects, heard = Effects(replica.database), asyncio.Event()

    async def hear(_: UserSignedIn, __: Transaction) -> None:
        heard.set()

    replica.on(UserSignedIn, effects, name="users-first")
    replica.on(UserSignedIn, hear, name="users-second")
    await bench.running(replica)
    events = [signed_in() for _ in range(20)]
    took = []
    for event in events:
        heard.clear()
        started = time.monotonic()
        await replica.say(event)
        await heard.wait()
        took.append(time.monotonic() - started)
    assert sorted(took)[10] < 1, "left to the sweepers, each would take a second and more"
    await eventually(lambda: effects.are_once_for(*events))
    await eventually(replica.nothing_pending)


async def test_what_was_committed_while_nats_was_away_arrives_by_itself(bench: Bench) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects)
    await bench.running(replica)
    await bench.stack.stop_one("nats")
    events, took = [signed_in() for _ in range(300)], []
    for event in events[:10]:
        started = time.monotonic()
        await replica.say(event)
        took.append(time.monotonic() - started)
    assert sorted(took)[5] < 1, "commits must not wait for NATS"
    await asyncio.gather(*(replica.say(event) for event in events[10:]))
    assert await replica.pending() == 300
    await bench.stack.start_one("nats")
    await eventually(lambda: effects.are_once_for(*events))
    await eventually(replica.nothing_pending)


async def test_nats_killed_under_load_loses_and_doubles_nothing(bench: Bench) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects)
    await bench.running(replica)
    other = bench.replica()
    other.on(UserSignedIn, effects)
    await bench.running(other)
    events: list[UserSignedIn] = []
    over = asyncio.Event()

    async def load(through: Replica) -> None:
        while not over.is_set():
            event = signed_in()
            await through.say(event)
            events.append(event)

    loads = [asyncio.create_task(load(each)) for each in (replica, other) for _ in range(4)]
    for _ in range(3):
        so_far = len(events)
        await eventually(lambda so_far=so_far: len(events) > so_far + 50)
        await bench.stack.kill("nats")
        await bench.stack.ready("nats")
    over.set()
    await asyncio.gather(*loads)
    await eventually(lambda: effects.are_once_for(*events), within=40)
    await eventually(replica.nothing_pending)


async def test_a_nats_that_hangs_and_wakes_is_used_again_within_seconds(bench: Bench) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects, patience=QUICK)
    await bench.running(replica)
    pid = bench.stack.pids["nats"]
    os.kill(pid, signal.SIGSTOP)
    try:
        events = [signed_in() for _ in range(20)]
        for event in events:
            await replica.say(event)
        # Until the pull has noticed, and the first publishes have given up.
        await replica.relay.drain(8)
    finally:
        os.kill(pid, signal.SIGCONT)
    # What NATS still sends to the connection that was given up comes again after its `ack_wait`.
    await eventually(lambda: effects.are_once_for(*events), within=40)


async def jetstream(bench: Bench) -> JetStreamContext:
    client = await nats.connect(bench.stack.nats_url)
    bench.exits.push_async_callback(client.close)
    return client.jetstream()


async def test_a_stream_that_vanishes_under_an_open_connection_comes_back(bench: Bench) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects)
    await bench.running(replica)
    first, second = signed_in(), signed_in()
    await replica.say(first)
    await eventually(lambda: effects.of(first))
    await (await jetstream(bench)).delete_stream("EVENTS")
    await replica.say(second)
    await eventually(lambda: effects.are_once_for(first, second))


async def test_a_replica_that_only_listens_notices_a_vanished_stream_too(bench: Bench) -> None:
    listener = bench.replica("users")
    effects = Effects(listener.database)
    listener.on(UserSignedIn, effects)
    await bench.running(listener)
    js = await jetstream(bench)
    await js.delete_stream("EVENTS")
    await eventually(lambda: js.consumer_info("EVENTS", "users-test"))


async def test_a_full_stream_holds_events_back_until_there_is_room(bench: Bench) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects)
    await bench.running(replica)
    js = await jetstream(bench)
    config = (await js.stream_info("EVENTS")).config
    await js.update_stream(config, max_bytes=1)
    events = [signed_in() for _ in range(5)]
    for event in events:
        await replica.say(event)
    await replica.relay.drain(5)
    assert await replica.pending() == 5
    await js.update_stream(config, max_bytes=-1)
    await eventually(lambda: effects.are_once_for(*events))


async def lose_everything(stack: Stack) -> None:
    await stack.stop_one("nats")
    shutil.rmtree(stack.plan.data_dir / "nats" / "jetstream")
    await stack.start_one("nats")


async def test_a_nats_that_lost_its_store_is_filled_again_by_itself(bench: Bench) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects)
    await bench.running(replica)
    events = [signed_in() for _ in range(50)]
    await replica.say(*events)
    await eventually(lambda: effects.are_once_for(*events))

    async def end_session(transaction: Transaction) -> None:
        transaction.put(REVOCATIONS.name, "session.1", b"17")

    await replica.outbox.commit(end_session)
    await eventually(replica.nothing_pending)

    await lose_everything(bench.stack)

    js = await jetstream(bench)
    names = {stream.name for stream in STREAMS} | {bucket.stream for bucket in BUCKETS}
    await eventually(lambda: _has_streams(js, names))
    await eventually(lambda: _count_is(js, "EVENTS", 50))
    value = await eventually(lambda: _value(js, "session.1"))
    assert value == b"17"
    # Handled again by nobody who had handled it, by everybody else.
    late = bench.replica("users")
    late_effects = Effects(late.database)
    late.on(UserSignedIn, late_effects, name="learning-late")
    await bench.running(late)
    await eventually(lambda: late_effects.are_once_for(*events))
    await eventually(lambda: _acknowledged(js, "users-test", 50))
    assert await effects.are_once_for(*events)


async def test_what_nats_kept_is_not_published_again_on_a_reconnect(bench: Bench) -> None:
    first = await bench.running(bench.replica())
    await first.say(*(signed_in() for _ in range(10)))
    await eventually(first.nothing_pending)
    await first.stop()  # so that none of it is still at work, however slowly
    replica = await bench.running(bench.replica())
    before = {row["_id"]: row["sent_at"] async for row in replica.database["outbox"].find()}
    for _ in range(2):  # what the first one did is long done after the second one
        await bench.stack.kill("nats")
        await bench.stack.ready("nats")
        await replica.say(signed_in())
        await eventually(replica.nothing_pending)
    after = {row["_id"]: row["sent_at"] async for row in replica.database["outbox"].find()}
    assert after.items() >= before.items()


async def _has_streams(js: JetStreamContext, names: set[str]) -> bool:
    return {info.config.name for info in await js.streams_info()} == names


async def _count_is(js: JetStreamContext, stream: str, count: int) -> bool:
    return (await js.stream_info(stream)).state.messages == count


async def _value(js: JetStreamContext, key: str) -> bytes | None:
    return (await (await js.key_value(REVOCATIONS.name)).get(key)).value


async def _acknowledged(js: JetStreamContext, consumer: str, count: int) -> bool:
    info = await js.consumer_info("EVENTS", consumer)
    return info.ack_floor is not None and info.ack_floor.stream_seq == count


@pytest.mark.parametrize("service_first", [True, False])
async def test_a_service_may_start_before_or_after_nats(bench: Bench, service_first: bool) -> None:
    replica = bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects)
    await replica.prepare()
    event = signed_in()
    if service_first:
        await bench.stack.stop_one("nats")
        await replica.start()
        await replica.say(event)  # long before NATS, streams and consumers are there
        assert not replica.broker.ready.is_set()
        await bench.stack.start_one("nats")
    else:
        await replica.say(event)
        await replica.start()
    await eventually(lambda: effects.are_once_for(event))


async def test_a_handler_may_start_before_mongodb(own_bench: Bench) -> None:
    await own_bench.stack.stop_one("mongod")
    replica = own_bench.replica()
    effects = Effects(replica.database)
    replica.on(UserSignedIn, effects)
    await replica.start()
    await eventually(lambda: replica.consumers[0].ready.is_set())
    await own_bench.stack.start_one("mongod")
    event = signed_in()
    await replica.say(event)
    await eventually(lambda: effects.are_once_for(event))


async def test_a_graceful_stop_under_load_loses_and_delays_nothing(bench: Bench) -> None:
    patient = Patience(ack_wait=120)  # so what the stopped replica kept would not come in time
    leaving, staying = bench.replica(), bench.replica()
    effects = Effects(staying.database)
    leaving.on(UserSignedIn, effects, patience=patient)
    staying.on(UserSignedIn, effects, patience=patient)
    await leaving.prepare()
    events = [signed_in() for _ in range(200)]
    for start in range(0, 200, 50):
        await leaving.say(*events[start : start + 50])
    await leaving.start()
    await bench.running(staying)
    await eventually(lambda: effects.of(events[60]))
    await leaving.stop()
    await eventually(lambda: effects.are_once_for(*events), within=60)
