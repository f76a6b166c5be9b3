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
from shared.messaging.outbox import Outbox, Transaction
from shared.messaging.streams import INBOX_MEMORY, stream_of
from shared.metrics import EVENTS_HANDLED
from shared.mongo import Collection, Database, DuplicateKeyError, IndexModel, is_outage

log = logs.get("consumer")

MAX_TRIES = 8
_RETRY_AFTER = (0.2, 1, 3, 10, 30, 60, 120)  # seconds, by tries so far
_ACK_WAIT = 10.0  # a message whose worker died comes again after this many seconds
_FETCH_WAIT = 2.0  # short, because a fetch under way while NATS restarts waits all of it
_CONCURRENT = 32

INBOX_INDEXES = [IndexModel([("expires_at", 1)], name="expiry", expireAfterSeconds=0)]


@dataclass(frozen=True)
class Subscription:
    """A line in a service's table of handlers. `name` is `<service>-<handler>`, without dots.

    `handle(event, transaction)` makes its database changes through the transaction, in which the
    consumer also notes that this event was handled: so the effect happens once, however often
    the message comes.
    """

    name: str
    event: type[Event]
    handle: Callable[[Any, Transaction], Awaitable[None]]


class AlreadyHandled(Exception):
    """The inbox knows this event."""


class Unreadable(Exception):
    """No retry will make this message readable."""


class Consumer:
    """Runs one subscription; any number of processes may run the same one."""

    def __init__(
        self, subscription: Subscription, broker: Broker, database: Database, outbox: Outbox
    ) -> None:
        self.name = subscription.name
        self._subscription = subscription
        self._stream = stream_of(subscription.event.subject).name
        self._decoder = msgspec.json.Decoder(subscription.event)
        self._broker = broker
        self._inbox: Collection = database["inbox"]
        self._outbox = outbox
        self._handling: set[asyncio.Task[None]] = set()
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Pull and handle for ever, whatever happens to NATS meanwhile."""
        await self._broker.ready.wait()
        while True:
            try:
                await self._pull()
            except (nats.errors.Error, nats.js.errors.Error, BrokerAway, OSError) as error:
                log.info("pulling again", consumer=self._subscription.name, error=repr(error))
            await asyncio.sleep(0.25)

    async def drain(self, limit: float) -> None:
        """Give the messages at hand `limit` seconds to be finished."""
        if self._handling:
            await asyncio.wait(self._handling, timeout=limit)

    async def _pull(self) -> None:
        js = self._broker.jetstream
        await js.add_consumer(
            self._stream,
            ConsumerConfig(
                durable_name=self._subscription.name,
                filter_subject=self._subscription.event.subject,
                ack_policy=AckPolicy.EXPLICIT,
                deliver_policy=DeliverPolicy.ALL,
                ack_wait=_ACK_WAIT,
                max_deliver=-1,  # tries are counted here, where the dead letter is written
                # Messages that wait for their next try count as pending: many must fit.
                max_ack_pending=20_000,
            ),
        )
        pull = await js.pull_subscribe_bind(self._subscription.name, stream=self._stream)
        self.ready.set()
        try:
            while True:
                while len(self._handling) >= _CONCURRENT:
                    await asyncio.wait(self._handling, return_when=asyncio.FIRST_COMPLETED)
                free = _CONCURRENT - len(self._handling)
                try:
                    messages = await pull.fetch(free, timeout=_FETCH_WAIT)
                except (nats.errors.TimeoutError, TimeoutError):
                    if not self._broker.connected:
                        raise BrokerAway("lost while pulling") from None
                    continue
                for message in messages:
                    task = asyncio.create_task(self._process(message))
                    self._handling.add(task)
                    task.add_done_callback(self._handling.discard)
        finally:
            with suppress(nats.errors.Error):
                await pull.unsubscribe()

    async def _process(self, message: Msg) -> None:
        headers = message.headers or {}
        tracing.use(tracing.continued(headers.get("aula-request-id"), headers.get("traceparent")))
        alive = asyncio.create_task(_keep_alive(message))
        try:
            outcome = await self._outcome(message, headers)
        except (nats.errors.Error, nats.js.errors.Error, BrokerAway, OSError) as error:
            outcome = f"unanswered: {type(error).__name__}"  # NATS will send it again
        finally:
            alive.cancel()
        EVENTS_HANDLED.labels(self._subscription.name, outcome.split(":")[0]).inc()
        log.info(
            "event",
            consumer=self._subscription.name,
            subject=message.subject,
            event_id=headers.get("ce-id"),
            tries=message.metadata.num_delivered,
            outcome=outcome,
        )

    async def _outcome(self, message: Msg, headers: dict[str, str]) -> str:
        try:
            await self._handle(message, headers)
        except AlreadyHandled:
            await message.ack()
            return "repeated"
        except Unreadable as error:
            return await self._bury(message, headers, error)
        except Exception as error:  # noqa: BLE001  any failure at all becomes retry or burial
            tries = message.metadata.num_delivered
            if is_outage(error):
                # Not the message's fault: however long the database is away, it is not buried.
                await message.nak(delay=random.uniform(0.5, 2))
                return "retry: database away"
            if tries >= MAX_TRIES:
                return await self._bury(message, headers, error)
            pause = _RETRY_AFTER[min(tries, len(_RETRY_AFTER)) - 1]
            await message.nak(delay=pause * random.uniform(0.8, 1.2))
            return f"retry: {_where(error)}"
        await message.ack()
        return "handled"

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
                        "_id": f"{self._subscription.name}:{event_id}",
                        "expires_at": utc_now() + INBOX_MEMORY,
                    },
                    session=transaction.session,
                )
            except DuplicateKeyError:
                raise AlreadyHandled from None
            await self._subscription.handle(event, transaction)

        await self._outbox.commit(work, cause=event_id)

    async def _bury(self, message: Msg, headers: dict[str, str], error: Exception) -> str:
        """Write the dead letter ourselves, and only then end the message."""
        sequence = message.metadata.sequence.stream
        await self._broker.publish(
            f"dlq.{self._subscription.name}",
            message.data,
            {
                **{name: value for name, value in headers.items() if _is_ours(name)},
                "Nats-Msg-Id": f"{self._subscription.name}:{self._stream}:{sequence}",
                "aula-consumer": self._subscription.name,
                "aula-subject": message.subject,
                "aula-reason": _where(error),
            },
        )
        await message.term()
        log.error("dead letter", consumer=self._subscription.name, reason=_where(error))
        return f"buried: {_where(error)}"


async def _keep_alive(message: Msg) -> None:
    """Tell NATS that a slow handler is still at work, so that nobody else gets the message."""
    while True:
        await asyncio.sleep(_ACK_WAIT / 3)
        try:
            await message.in_progress()
        except (nats.errors.Error, OSError):
            return


def _is_ours(name: str) -> bool:
    return name.startswith(("ce-", "aula-")) or name in ("traceparent", "content-type")


def _where(error: Exception) -> str:
    """The error's type and place. Not its text, which may quote what the message holds."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    detail = f" ({error})" if isinstance(error, Unreadable) else ""
    return type(error).__name__ + detail + place
