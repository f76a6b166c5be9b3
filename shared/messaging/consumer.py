"""The consumer: one durable pull consumer per handler, and the one place that decides what becomes
of a message. The handler returns: ack. It raises: retry with growing pauses. The message cannot be
read, or its tries are used up: dead letter, then term.
"""

import asyncio
import random
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import nats.errors
import nats.js.errors
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from shared import logs, tracing
from shared.clock import utc_now
from shared.contracts import Event
from shared.messaging.broker import Broker, BrokerAway
from shared.messaging.dead_letters import CONSUMER, REASON, SUBJECT
from shared.messaging.outbox import Outbox, Transaction
from shared.messaging.pull import Pull
from shared.messaging.streams import INBOX_MEMORY, stream_of
from shared.messaging.tasks import wanted
from shared.metrics import EVENTS_HANDLED
from shared.mongo import (
    Collection,
    Database,
    DuplicateKeyError,
    IndexModel,
    PyMongoError,
    is_outage,
    ran_out_of_time,
)

log = logs.get("consumer")

_CONCURRENT = 32

INBOX_INDEXES = [IndexModel([("expires_at", 1)], name="expiry", expireAfterSeconds=0)]


@dataclass(frozen=True)
class Patience:
    """Times in seconds. `pauses` lie between tries, so there is one try more than there are pauses.
    A message whose worker died comes again after `ack_wait`; a handler may take `limit`."""

    pauses: tuple[float, ...] = (0.2, 1, 3, 10, 30, 60, 120)
    ack_wait: float = 10.0
    limit: float = 50.0

    @property
    def tries(self) -> int:
        return len(self.pauses) + 1


PATIENCE = Patience()


@dataclass(frozen=True)
class Subscription:
    """A line in a service's table of handlers. `name` is `<service>-<handler>`, without dots.

    `handle(event, transaction)` makes its database changes through the transaction, in which the
    consumer also notes that this event was handled: so the effect happens once, however often
    the message comes. `at_once`: how many of them a process handles at a time.

    `before(event)` comes before that transaction, each time: for what takes longer than one may,
    in commits of its own, and may be repeated.
    """

    name: str
    event: type[Event]
    handle: Callable[[Any, Transaction], Awaitable[None]]
    at_once: int = _CONCURRENT
    before: Callable[[Any], Awaitable[None]] | None = None


class AlreadyHandled(Exception):
    """The inbox knows this event."""


class Unreadable(Exception):
    """No retry will make this message readable."""


class Consumer:
    """Runs one subscription; any number of processes may run the same one."""

    def __init__(
        self,
        subscription: Subscription,
        broker: Broker,
        database: Database,
        outbox: Outbox,
        patience: Patience = PATIENCE,
    ) -> None:
        self.name = subscription.name
        self._subscription = subscription
        self._stream = stream_of(subscription.event.subject).name
        self._decoder = msgspec.json.Decoder(subscription.event)
        self._broker = broker
        self._inbox: Collection = database["inbox"]
        self._outbox = outbox
        self._patience = patience
        self._handling: set[asyncio.Task[None]] = set()
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Pull and handle for ever, whatever happens to NATS meanwhile."""
        await self._broker.ready.wait()
        while wanted():
            try:
                if self._broker.connected:
                    await self._pull()
            except nats.js.errors.NotFoundError:
                self._broker.declare_again()
            except (nats.errors.Error, nats.js.errors.Error, BrokerAway, OSError) as error:
                log.info("pulling again", consumer=self.name, error=repr(error))
            await asyncio.sleep(0.25)

    async def drain(self, limit: float) -> None:
        """Once `run` was cancelled: give the messages at hand `limit` seconds to be finished. The
        rest goes back to NATS."""
        if self._handling:
            await asyncio.wait(self._handling, timeout=limit)
        for task in self._handling:
            task.cancel()
        if self._handling:
            await asyncio.wait(self._handling, timeout=1)

    async def _pull(self) -> None:
        await self._declare()
        pull = Pull(self._broker, self._stream, self.name)
        at_once = self._subscription.at_once
        try:
            async with pull:
                self.ready.set()
                while wanted():
                    while len(self._handling) >= at_once:
                        await asyncio.wait(self._handling, return_when=asyncio.FIRST_COMPLETED)
                    async for message in pull.messages(at_once - len(self._handling)):
                        self._start(message)
        finally:
            for message in pull.left:
                with suppress(nats.errors.Error, OSError):
                    await message.nak()

    async def _declare(self) -> None:
        await self._broker.jetstream.add_consumer(
            self._stream,
            ConsumerConfig(
                durable_name=self.name,
                filter_subject=self._subscription.event.subject,
                ack_policy=AckPolicy.EXPLICIT,
                deliver_policy=DeliverPolicy.ALL,
                ack_wait=self._patience.ack_wait,
                max_deliver=-1,  # tries are counted here, where the dead letter is written
                # Messages that wait for their next try count as pending: many must fit.
                max_ack_pending=20_000,
            ),
        )

    def _start(self, message: Msg) -> None:
        task = asyncio.create_task(self._process(message))
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)

    async def _process(self, message: Msg) -> None:
        headers = message.headers or {}
        tracing.use(tracing.continued(headers.get("aula-request-id"), headers.get("traceparent")))
        alive = asyncio.create_task(_keep_alive(message, self._patience.ack_wait / 3))
        try:
            outcome = await self._outcome(message, headers)
        except (nats.errors.Error, nats.js.errors.Error, BrokerAway, OSError) as error:
            outcome = f"unanswered: {type(error).__name__}"  # NATS will send it again
        except asyncio.CancelledError:
            with suppress(nats.errors.Error, OSError):
                await message.nak()  # whatever became of it: the inbox knows
            raise
        finally:
            alive.cancel()
        EVENTS_HANDLED.labels(self.name, outcome.split(":")[0]).inc()
        log.info(
            "event",
            consumer=self.name,
            subject=message.subject,
            event_id=headers.get("ce-id"),
            tries=message.metadata.num_delivered,
            outcome=outcome,
        )

    async def _outcome(self, message: Msg, headers: dict[str, str]) -> str:
        try:
            await self._handle_despite_outages(message, headers)
        except AlreadyHandled:
            await message.ack()
            return "repeated"
        except Unreadable as error:
            return await self._bury(message, headers, error)
        except Exception as error:  # noqa: BLE001  any failure at all becomes retry or burial
            tries = message.metadata.num_delivered
            if tries >= self._patience.tries:
                return await self._bury(message, headers, error)
            await message.nak(delay=self._patience.pauses[tries - 1] * random.uniform(0.8, 1.2))
            return f"retry: {_where(error)}"
        await message.ack()
        return "handled"

    async def _handle_despite_outages(self, message: Msg, headers: dict[str, str]) -> None:
        """An outage of the database is not the message's fault and costs it no try: it is held
        here until the database is back, and since all places are taken then, no more are pulled."""
        while wanted():
            try:
                async with asyncio.timeout(self._patience.limit):
                    await self._handle(message, headers)
                return
            except PyMongoError as error:
                # What was too long for a transaction will be so the next time.
                if not is_outage(error) or ran_out_of_time(error):
                    raise
                log.warning("database away", consumer=self.name, error=type(error).__name__)
            await asyncio.sleep(random.uniform(0.2, 1))
        raise asyncio.CancelledError

    async def _handle(self, message: Msg, headers: dict[str, str]) -> None:
        event_id = headers.get("ce-id")
        if not event_id:
            raise Unreadable("no ce-id header")
        try:
            event = self._decoder.decode(message.data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Unreadable(type(error).__name__) from None

        async def work(transaction: Transaction) -> None:
            try:
                await self._inbox.insert_one(
                    {
                        "_id": f"{self.name}:{event_id}",
                        "expires_at": utc_now() + INBOX_MEMORY,
                    },
                    session=transaction.session,
                )
            except DuplicateKeyError:
                raise AlreadyHandled from None
            await self._subscription.handle(event, transaction)

        if self._subscription.before:
            await self._subscription.before(event)
        await self._outbox.commit(work, cause=event_id)

    async def _bury(self, message: Msg, headers: dict[str, str], error: Exception) -> str:
        """Write the dead letter ourselves, and only then end the message."""
        metadata = message.metadata
        # With the time, because a stream that NATS lost begins to count anew.
        origin = f"{self._stream}:{metadata.sequence.stream}:{metadata.timestamp.timestamp()}"
        await self._broker.publish(
            f"dlq.{self.name}",
            message.data,
            {
                **{name: value for name, value in headers.items() if _is_ours(name)},
                "Nats-Msg-Id": f"{self.name}:{origin}",
                CONSUMER: self.name,
                SUBJECT: message.subject,
                REASON: _where(error),
            },
        )
        await message.term()
        log.error("dead letter", consumer=self.name, reason=_where(error))
        return f"buried: {_where(error)}"


async def _keep_alive(message: Msg, every: float) -> None:
    """Tell NATS that a slow handler is still at work, so that nobody else gets the message."""
    while True:
        await asyncio.sleep(every)
        with suppress(nats.errors.Error, OSError):
            await message.in_progress()


def _is_ours(name: str) -> bool:
    return name.startswith(("ce-", "aula-")) or name in ("traceparent", "content-type")


def _where(error: Exception) -> str:
    """The error's type and place. Not its text, which may quote what the message holds."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    detail = f" ({error})" if isinstance(error, Unreadable) else ""
    return type(error).__name__ + detail + place
