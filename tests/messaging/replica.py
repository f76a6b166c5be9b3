"""One process of a made-up service: the parts that `shared.node` puts together, without HTTP."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

from deploy.components import ROOT
from deploy.stack import Stack
from shared.contracts import Event
from shared.contracts.auth import UserSignedIn
from shared.ids import new_id
from shared.messaging import Broker, Consumer, Outbox, Relay, Subscription, Transaction
from shared.messaging.consumer import INBOX_INDEXES, PATIENCE, Patience
from shared.messaging.outbox import INDEXES, PENDING
from shared.mongo import Database, connect, ensure_indexes

# A process may be kept from running for two seconds: that must not look like a dead worker, nor
# like a handler that hangs.
QUICK = Patience(pauses=(0.05, 0.1, 0.2), ack_wait=4.0, limit=30.0)

Handle = Callable[[Any, Transaction], Awaitable[None]]


class Replica:
    """`async with Replica(mongo_url, nats_url, "aula_x"):` runs its relay and its consumers."""

    def __init__(self, mongo_url: str, nats_url: str, database: str, source: str = "auth") -> None:
        self._client = connect(mongo_url)
        self.database: Database = self._client[database]
        self.broker = Broker(nats_url, source)
        self.relay = Relay(self.database, self.broker)
        self.outbox = Outbox(self.database, source, self.relay)
        self.consumers: list[Consumer] = []
        self._tasks: list[asyncio.Task[None]] = []

    def on(
        self,
        event: type[Event],
        handle: Handle,
        *,
        name: str = "users-test",
        patience: Patience = PATIENCE,
    ) -> Consumer:
        subscription = Subscription(name, event, handle)
        consumer = Consumer(subscription, self.broker, self.database, self.outbox, patience)
        self.consumers.append(consumer)
        return consumer

    async def prepare(self) -> None:
        await ensure_indexes(self.database["outbox"], INDEXES)
        await ensure_indexes(self.database["inbox"], INBOX_INDEXES)

    async def start(self) -> None:
        await self.broker.start()
        running = [self.relay.run(), *(consumer.run() for consumer in self.consumers)]
        self._tasks = [asyncio.create_task(work) for work in running]

    async def stop(self) -> None:
        """Gracefully, as a service does. Does nothing the second time."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _, running = await asyncio.wait(self._tasks, timeout=20)
            assert not running
        for consumer in self.consumers:
            await consumer.drain(20)
        await self.relay.drain(5)
        await self.broker.close()
        self._client.close()

    async def __aenter__(self) -> Self:
        await self.prepare()
        await self.start()
        await self.broker.ready.wait()
        await asyncio.gather(*(consumer.ready.wait() for consumer in self.consumers))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def say(self, *events: Event) -> None:
        """Commit `events` and nothing else."""

        async def work(transaction: Transaction) -> None:
            for event in events:
                transaction.record(event)

        await self.outbox.commit(work)

    async def pending(self) -> int:
        return await self.database["outbox"].count_documents(PENDING)

    async def nothing_pending(self) -> bool:
        return not await self.pending()


class Bench:
    """The servers of one test: a nats-server of its own, a fresh database in the session's mongod,
    or in one of its own. It stops the replicas that it started."""

    def __init__(self, folder: Path, mongo_url: str | None = None) -> None:
        self.stack = (
            Stack({"AULA_MONGO_URL": mongo_url}, data_dir=folder, only=("nats",), report=_silent)
            if mongo_url
            else Stack({}, data_dir=folder, only=("mongod", "nats"), report=_silent)
        )
        self.prefix = f"test_{new_id()}"
        self.exits = AsyncExitStack()

    def replica(self, service: str = "auth", mongo_url: str | None = None) -> Replica:
        stack = self.stack
        replica = Replica(
            mongo_url or stack.mongo_url, stack.nats_url, f"{self.prefix}_{service}", service
        )
        self.exits.push_async_callback(replica.stop)
        return replica

    async def running(self, replica: Replica) -> Replica:
        """`replica`, started and pulling."""
        return await replica.__aenter__()

    async def worker(self, when: str, service: str = "auth") -> asyncio.subprocess.Process:
        """The program in `worker.py`, on the database of `service`."""
        place = (self.stack.mongo_url, self.stack.nats_url, f"{self.prefix}_{service}")
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.messaging.worker", when, *place), cwd=ROOT
        )


def _silent(_: str) -> None:
    pass


def signed_in(user_id: str | None = None) -> UserSignedIn:
    return UserSignedIn(
        user_id=user_id or new_id(),
        session_id=new_id(),
        signed_in_at="2026-02-14T09:58:22.016Z",
    )


class Effects:
    """A handler whose effect is a row for each time it took place, so that doubles show."""

    def __init__(self, database: Database) -> None:
        self._rows = database["effects"]

    async def __call__(self, event: UserSignedIn, transaction: Transaction) -> None:
        session = transaction.session  # of the replica that handles it
        rows = session.client[self._rows.database.name]["effects"]
        await rows.insert_one({"of": event.session_id}, session=session)

    async def of(self, event: UserSignedIn) -> int:
        """How often it took place for `event`."""
        return await self._rows.count_documents({"of": event.session_id})

    async def are_once_for(self, *events: UserSignedIn) -> bool:
        """Whether it took place for each of `events`; never more than once, and for no other."""
        rows = [row["of"] async for row in self._rows.find()]
        assert len(rows) == len(set(rows)), "an effect took place twice"
        wanted = {event.session_id for event in events}
        assert wanted.issuperset(rows), "an effect of an event that was not committed"
        return len(rows) == len(wanted)
