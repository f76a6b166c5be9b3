"""The connection to NATS: made once, kept for ever, streams declared whenever it is (re)made."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig, StreamInfo

from shared import logs
from shared.messaging.streams import STREAMS, Stream

log = logs.get("broker")

_STREAM_NAME_IN_USE = 10058
OnConnect = Callable[[], Awaitable[None]]


class BrokerAway(Exception):
    """NATS cannot be reached now, or did not answer in time."""


class Broker:
    """One connection. `start` returns at once; `connected` and `ready` tell how far it is.

    Callbacks in `on_connect` run after each connect and reconnect, once the streams are there; one
    that fails is tried again until it succeeds or the connection is lost.
    """

    def __init__(self, url: str, name: str) -> None:
        self._servers = [server.strip() for server in url.split(",")]
        self._name = name
        self._client = Client()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._away_since: float | None = time.monotonic()
        self.on_connect: list[OnConnect] = []
        self.ready = asyncio.Event()  # connected at least once, with all streams in place
        self.on_lost: Callable[[], None] = lambda: None

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    @property
    def away_for(self) -> float:
        """Seconds since the connection was lost, 0 while there is one."""
        return 0.0 if self._away_since is None else time.monotonic() - self._away_since

    @property
    def jetstream(self) -> JetStreamContext:
        if not self._client.is_connected:
            raise BrokerAway("not connected")
        return self._client.jetstream(timeout=5)

    async def start(self) -> None:
        self._spawn(self._connect())

    async def close(self) -> None:
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        if not self._client.is_closed and self._client.is_connected:
            with suppress(TimeoutError, nats.errors.Error):
                await asyncio.wait_for(self._client.drain(), 3)
        await self._client.close()

    async def publish(self, subject: str, payload: bytes, headers: dict[str, str]) -> None:
        """Store one message, or raise BrokerAway: then it may be stored all the same, later."""
        try:
            # nats-py adds to the dict that it is given: hand it a copy.
            await self.jetstream.publish(subject, payload, headers=dict(headers), timeout=3)
        except nats.js.errors.NoStreamResponseError as error:
            self._spawn(self._settle())  # NATS lost its streams while we stayed connected
            raise BrokerAway("no stream takes this subject") from error
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError, OSError) as error:
            raise BrokerAway(type(error).__name__) from error

    async def _connect(self) -> None:
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
        await self._settle()

    async def _settle(self) -> None:
        """Declare the streams, run the callbacks: until all of it worked once."""
        while self.connected:
            try:
                for stream in STREAMS:
                    await self._declare(stream)
                for callback in self.on_connect:
                    await callback()
            except Exception as error:  # noqa: BLE001  whatever it is, the next try may do better
                log.warning("broker not settled yet", error=repr(error))
                await asyncio.sleep(0.5)
            else:
                self._away_since = None
                self.ready.set()
                log.info("connected to NATS", name=self._name)
                return

    async def _declare(self, stream: Stream) -> StreamInfo:
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
            return await js.add_stream(config)
        except nats.js.errors.BadRequestError as error:
            if error.err_code != _STREAM_NAME_IN_USE:
                raise
        existing = await js.stream_info(stream.name)
        config.subjects = sorted({*stream.subjects, *(existing.config.subjects or [])})
        return await js.update_stream(config)

    async def _on_error(self, error: Exception) -> None:
        log.debug("nats", error=repr(error))

    async def _on_disconnect(self) -> None:
        if not self._closing:
            self._away_since = time.monotonic()
            log.warning("lost NATS; trying to reach it again")

    async def _on_reconnect(self) -> None:
        self._spawn(self._settle())

    async def _on_closed(self) -> None:
        if not self._closing:
            log.error("the NATS client gave up; this process ends to be started anew")
            self.on_lost()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
