"""The connection to NATS: made once, kept for ever, streams declared whenever it is (re)made."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext
from nats.js.api import (
    DiscardPolicy,
    KeyValueConfig,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from shared import logs
from shared.messaging.streams import BUCKETS, STREAMS, Bucket, Stream
from shared.messaging.tasks import wanted

log = logs.get("broker")

_STREAM_NAME_IN_USE = 10058
_RETRY = 0.5  # seconds
OnConnect = Callable[[], Awaitable[None]]


class BrokerAway(Exception):
    """NATS cannot be reached now, or did not answer in time."""


@dataclass(frozen=True)
class Place:
    """Where a message lies: the same one again if NATS knew it already."""

    stream: str
    sequence: int


class Broker:
    """One connection. `start` returns at once; `connected` and `ready` tell how far it is.

    Callbacks in `on_connect` run after each connect and reconnect, once streams and buckets are
    there, beside each other; one that fails is tried again until it succeeds or the connection is
    lost.
    """

    def __init__(self, url: str, name: str) -> None:
        self._servers = [server.strip() for server in url.split(",")]
        self._name = name
        self._client = Client()
        self._running: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._unsettled = asyncio.Event()
        self._closing = False
        self.losses = 0  # of the connection; counted before there can be another one
        self.on_connect: list[OnConnect] = []
        self.ready = asyncio.Event()  # connected at least once, with all streams in place
        self.on_lost: Callable[[], None] = lambda: None

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    @property
    def jetstream(self) -> JetStreamContext:
        if not self._client.is_connected:
            raise BrokerAway("not connected")
        return self._client.jetstream(timeout=5)

    async def start(self) -> None:
        self._running = asyncio.create_task(self._run(), name="broker")
        self._running.add_done_callback(self._ended)

    async def close(self) -> None:
        self._closing = True
        self._unsettled.set()
        for task in (self._running, self._settling):
            if task:
                task.cancel()
                await asyncio.wait({task}, timeout=1)
        with suppress(TimeoutError, nats.errors.Error):
            if self._client.is_connected:
                await asyncio.wait_for(self._client.drain(), 3)
        with suppress(AssertionError):  # it never got as far as a first try
            await self._client.close()

    def declare_again(self) -> None:
        """Somebody noticed that NATS lost a stream, though the connection stayed."""
        self._unsettled.set()

    async def subscribe(self, inbox: str, arrived: Callable[[Msg], None]) -> Subscription:
        async def callback(message: Msg) -> None:
            arrived(message)

        return await self._client.subscribe(inbox, cb=callback)

    async def ask(self, subject: str, payload: bytes, inbox: str) -> None:
        """Send a request whose answers come to `inbox`, one or many, or none."""
        await self._client.publish(subject, payload, reply=inbox)

    def new_inbox(self) -> str:
        return self._client.new_inbox()

    async def publish(self, subject: str, payload: bytes, headers: dict[str, str]) -> Place:
        """Store one message, or raise BrokerAway: then it may be stored all the same, later."""
        try:
            # nats-py adds to the dict that it is given: hand it a copy.
            stored = await self.jetstream.publish(
                subject, payload, headers=dict(headers), timeout=3
            )
            return Place(stored.stream, stored.seq)
        except nats.js.errors.NoStreamResponseError as error:
            self.declare_again()
            raise BrokerAway("no stream takes this subject") from error
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError, OSError) as error:
            raise BrokerAway(type(error).__name__) from error

    async def _run(self) -> None:
        await self._client.connect(
            self._servers,
            name=self._name,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,  # type: ignore[arg-type]  # a float works, and 1 s is long
            connect_timeout=2,
            ping_interval=2,
            max_outstanding_pings=2,
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnect,
            reconnected_cb=self._on_reconnect,
            closed_cb=self._on_closed,
        )
        self._unsettled.set()
        while wanted():
            await self._unsettled.wait()
            self._unsettled.clear()
            self._settling = asyncio.create_task(self._settle())
            await asyncio.wait({self._settling})

    async def _settle(self) -> None:
        """Declare everything, then run the callbacks: until each of it worked once, the connection
        is lost, or there is reason to start over."""
        callbacks = list(self.on_connect)
        declared = False
        while self.connected and not self._unsettled.is_set() and wanted():
            if not declared and (declared := await _worked(self._declare_everything)):
                self.ready.set()
                log.info("connected to NATS", name=self._name)
            if declared:
                worked = await asyncio.gather(*map(_worked, callbacks))
                callbacks = [each for each, done in zip(callbacks, worked, strict=True) if not done]
                if not callbacks:
                    return
            await asyncio.sleep(_RETRY)

    async def _declare_everything(self) -> None:
        for stream in STREAMS:
            await self._declare(stream)
        for bucket in BUCKETS:
            await self._declare_bucket(bucket)

    async def _declare(self, stream: Stream) -> None:
        """Create the stream, or update it; subjects that a newer release added stay."""
        js = self.jetstream
        config = StreamConfig(
            name=stream.name,
            subjects=list(stream.subjects),
            max_age=stream.max_age.total_seconds(),
            storage=StorageType.FILE,
            retention=RetentionPolicy.LIMITS,
            discard=DiscardPolicy.NEW,
            duplicate_window=120,
        )
        try:
            await js.add_stream(config)
        except nats.js.errors.BadRequestError as error:
            if error.err_code != _STREAM_NAME_IN_USE:
                raise
            existing = await js.stream_info(stream.name)
            config.subjects = sorted({*stream.subjects, *(existing.config.subjects or [])})
            await js.update_stream(config)

    async def _declare_bucket(self, bucket: Bucket) -> None:
        config = KeyValueConfig(
            bucket=bucket.name, ttl=bucket.max_age.total_seconds(), storage=StorageType.FILE
        )
        try:
            await self.jetstream.create_key_value(config)
        except nats.js.errors.BadRequestError as error:
            if error.err_code != _STREAM_NAME_IN_USE:
                raise

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and not self._closing:
            log.error("the connection to NATS was given up", exc_info=task.exception())
            self.on_lost()

    async def _on_error(self, error: Exception) -> None:
        log.debug("nats", error=repr(error))

    async def _on_disconnect(self) -> None:
        self.losses += 1
        if not self._closing:
            log.warning("lost NATS; trying to reach it again")
            if self._settling:
                self._settling.cancel()  # it would wait for answers to requests that are lost

    async def _on_reconnect(self) -> None:
        self._unsettled.set()

    async def _on_closed(self) -> None:
        if not self._closing:
            log.error("the NATS client gave up; this process ends to be started anew")
            self.on_lost()


async def _worked(step: OnConnect) -> bool:
    try:
        await step()
    except Exception as error:  # noqa: BLE001  whatever it is, the next try may do better
        log.warning("broker not settled yet", error=repr(error))
        return False
    return True
