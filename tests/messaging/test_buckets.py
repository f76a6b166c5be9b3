"""A value put into a bucket is known to every reader within a second, and stays known."""

import asyncio
import shutil
import time
from datetime import timedelta

import pytest

from shared.messaging import REVOCATIONS, Broker, BucketView, Transaction
from shared.messaging.streams import Bucket
from tests.eventually import eventually
from tests.messaging.replica import Bench, Replica


class Reader:
    """A process that only reads, as the gateway does."""

    def __init__(self, nats_url: str, bucket: Bucket = REVOCATIONS) -> None:
        self.broker = Broker(nats_url, "reader")
        self.values: dict[str, bytes] = {}
        self.view = BucketView(
            self.broker, bucket, self.values.__setitem__, lambda key: self.values.pop(key, None)
        )

    async def start(self) -> None:
        await self.broker.start()

    async def stop(self) -> None:
        await self.view.close()
        await self.broker.close()


@pytest.fixture
async def readers(bench: Bench) -> list[Reader]:
    readers = [Reader(bench.stack.nats_url) for _ in range(3)]
    for reader in readers:
        bench.exits.push_async_callback(reader.stop)
        await reader.start()
    await asyncio.gather(*(reader.view.loaded.wait() for reader in readers))
    return readers


async def put(replica: Replica, key: str, value: bytes = b"1") -> None:
    async def work(transaction: Transaction) -> None:
        transaction.put(REVOCATIONS.name, key, value)

    await replica.outbox.commit(work)


async def test_a_value_is_known_to_every_reader_within_a_second(
    bench: Bench, readers: list[Reader]
) -> None:
    replica = await bench.running(bench.replica())
    took = []
    for number in range(20):
        key = f"session.{number}"
        started = time.monotonic()
        await put(replica, key)
        await eventually(lambda key=key: all(key in each.values for each in readers), every=0.002)
        took.append(time.monotonic() - started)
    assert sorted(took)[10] < 1, "most of them; now and then the machine itself takes longer"


async def test_values_survive_restarts_of_readers_and_of_nats(
    bench: Bench, readers: list[Reader]
) -> None:
    replica = await bench.running(bench.replica())
    for number in range(700):  # more than one request asks for
        await put(replica, f"session.{number}")
    await eventually(replica.nothing_pending)
    await bench.stack.kill("nats")
    await bench.stack.ready("nats")
    late = Reader(bench.stack.nats_url)
    bench.exits.push_async_callback(late.stop)
    await late.start()
    await late.view.loaded.wait()
    assert len(late.values) == 700, "complete once it says so"
    await eventually(lambda: all(len(each.values) == 700 for each in readers))


async def test_what_was_put_while_a_reader_was_cut_off_is_read_afterwards(
    bench: Bench, readers: list[Reader]
) -> None:
    replica = await bench.running(bench.replica())
    await put(replica, "session.1")
    await eventually(lambda: all("session.1" in each.values for each in readers))
    await bench.stack.stop_one("nats")
    await eventually(lambda: not any(each.view.current for each in readers))
    await put(replica, "session.2")
    await bench.stack.start_one("nats")
    await eventually(
        lambda: all(each.view.current and "session.2" in each.values for each in readers)
    )
    assert all("session.1" in each.values for each in readers)


async def test_a_reader_forgets_nothing_when_nats_lost_its_store(
    bench: Bench, readers: list[Reader]
) -> None:
    replica = await bench.running(bench.replica())
    await put(replica, "session.1")
    await eventually(lambda: all("session.1" in each.values for each in readers))
    await replica.stop()  # nobody fills it again
    await bench.stack.stop_one("nats")
    shutil.rmtree(bench.stack.plan.data_dir / "nats" / "jetstream")
    await bench.stack.start_one("nats")
    await eventually(lambda: all(each.view.current for each in readers))
    assert all("session.1" in each.values for each in readers)


async def test_a_bucket_deleted_under_an_open_connection_comes_back(
    bench: Bench, readers: list[Reader]
) -> None:
    replica = await bench.running(bench.replica())
    await put(replica, "session.1")
    await eventually(replica.nothing_pending)
    await replica.broker.jetstream.delete_key_value(REVOCATIONS.name)
    await put(replica, "session.2")
    await eventually(
        lambda: all(each.view.current and "session.2" in each.values for each in readers)
    )


async def test_deleted_values_and_those_whose_time_is_over_are_removed(
    bench: Bench, readers: list[Reader]
) -> None:
    replica = await bench.running(bench.replica())
    bucket = await replica.broker.jetstream.key_value(REVOCATIONS.name)
    await bucket.put("session.1", b"1")
    await bucket.put("session.2", b"1")
    # The same bucket, as one who thinks that its values end at once.
    hasty = Reader(bench.stack.nats_url, Bucket(REVOCATIONS.name, timedelta(seconds=0)))
    bench.exits.push_async_callback(hasty.stop)
    await hasty.start()
    await eventually(lambda: set(readers[0].values) == {"session.1", "session.2"})
    await bucket.delete("session.1")
    await eventually(lambda: all(set(each.values) == {"session.2"} for each in readers))
    await hasty.view.loaded.wait()
    await bucket.put("session.3", b"1")
    await eventually(lambda: set(hasty.values) == {"session.3"})
    await eventually(lambda: set(readers[0].values) == {"session.2", "session.3"})


async def test_a_view_outlives_a_callback_that_fails(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    failures, values = [RuntimeError("once"), RuntimeError("again")], dict[str, bytes]()

    def put_at_the_third_try(key: str, value: bytes) -> None:
        if failures:
            raise failures.pop()
        values[key] = value

    view = BucketView(replica.broker, REVOCATIONS, put_at_the_third_try)
    bench.exits.push_async_callback(view.close)
    replica.broker.declare_again()  # as a reconnect would, it runs the callbacks
    await view.loaded.wait()
    await put(replica, "session.1")
    await eventually(lambda: not view.current)
    await eventually(lambda: view.current and "session.1" in values)
    assert not failures


async def test_a_view_is_not_current_from_a_loss_of_nats_until_it_was_read_anew(
    bench: Bench,
) -> None:
    reader, current = Reader(bench.stack.nats_url), dict[int, bool]()

    async def look() -> None:
        """At the first of possibly several turns of a connection."""
        current.setdefault(reader.broker.losses, reader.view.current)

    reader.broker.on_connect.insert(0, look)  # before the view has its turn
    bench.exits.push_async_callback(reader.stop)
    await reader.start()
    await eventually(lambda: reader.view.current)
    await bench.stack.kill("nats")
    await eventually(lambda: len(current) > 1)
    assert not any(current.values())
    await eventually(lambda: reader.view.current)
