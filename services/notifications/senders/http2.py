"""One HTTP/2 connection over TLS (RFC 9113), on h2: requests with small bodies, many at once."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import H2Error

_MOST_BODY = 64 * 1024  # bytes of an answer: those who answer more are not who we think they are
_MOST_PATIENCE = 3600.0  # seconds
_MOST_STREAMS = 1_000  # at once, where the peer allows more


@dataclass(frozen=True)
class Response:
    """`headers`: by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def retry_after(answer: Response) -> float:
    """Seconds; 0 where it says nothing. The form with a date is taken for a minute."""
    value = answer.headers.get("retry-after", "").strip()
    if not value:
        return 0.0
    return min(float(value), _MOST_PATIENCE) if value.isascii() and value.isdigit() else 60.0


class NoAnswer(Exception):
    """`reason` is ours. `untouched`: the peer has certainly done nothing with the request."""

    def __init__(self, reason: str, *, untouched: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.untouched = untouched


@dataclass
class _Exchange:
    done: "asyncio.Future[Response]"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    is_sent: bool = False


class Http2Connection(asyncio.Protocol):
    """`heard`: when the peer last said something (monotonic seconds). `usable`: whether it takes
    another request."""

    def __init__(self) -> None:
        self._h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self._transport: asyncio.Transport | None = None
        self._exchanges: dict[int, _Exchange] = {}
        self._changed = asyncio.Event()
        self._most_streams = 1  # until the peer has said how many it takes
        self.usable = False
        self.heard = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.usable = True
        self.heard = time.monotonic()
        self._h2.initiate_connection()
        self._flush()

    def connection_lost(self, error: Exception | None) -> None:
        self._end(type(error).__name__ if error else "hung up")

    def data_received(self, data: bytes) -> None:
        self.heard = time.monotonic()
        try:
            for event in self._h2.receive_data(data):
                self._take(event)
            self._flush()
        except H2Error:
            self.abort("not http/2")
        self._wake()

    async def post(self, host: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Raises NoAnswer. When it is cancelled, the peer hears of it."""
        await self.room()
        head = [(":method", "POST"), (":scheme", "https"), (":authority", host), (":path", path)]
        try:
            stream = self._h2.get_next_available_stream_id()
            self._h2.send_headers(stream, [*head, *headers.items()])
        except H2Error as error:  # such as no more numbers for streams
            self.abort(type(error).__name__)
            raise NoAnswer(type(error).__name__, untouched=True) from error
        exchange = _Exchange(asyncio.get_running_loop().create_future())
        self._exchanges[stream] = exchange
        try:
            await self._send(stream, body, exchange)
            return await exchange.done
        except H2Error as error:
            self.abort(type(error).__name__)
            raise NoAnswer(type(error).__name__) from error
        finally:
            self._let_go(stream, exchange)

    def abort(self, reason: str) -> None:
        if self._transport is not None:
            self._transport.abort()
        self._end(reason)

    def close(self) -> None:
        """Say goodbye; requests under way get no answer."""
        if self._transport is not None and not self._transport.is_closing():
            if self.usable:
                self._h2.close_connection()
                self._flush()
            self._transport.close()
        self._end("closed")

    async def room(self) -> None:
        """Wait until the peer takes another request. Raises NoAnswer."""
        while self.usable:
            if self._h2.open_outbound_streams < self._most_streams:
                return
            await self._change()
        raise NoAnswer("connection ended", untouched=True)

    async def _send(self, stream: int, body: bytes, exchange: _Exchange) -> None:
        """As far as it goes: an answer may come before the end of what it answers."""
        at = 0
        while not exchange.is_sent and not exchange.done.done():
            window = self._h2.local_flow_control_window(stream)
            size = min(window, self._h2.max_outbound_frame_size, len(body) - at)
            if size > 0:
                at += size
                exchange.is_sent = at == len(body)
                self._h2.send_data(stream, body[at - size : at], end_stream=exchange.is_sent)
                self._flush()
            else:
                await self._change()

    def _take(self, event: Event) -> None:
        match event:
            case ConnectionTerminated(last_stream_id=last):
                # h2 takes nothing more after this: those under way get their answer elsewhere.
                self._end("goaway", seen=last or 0)
                self.close()
            case RemoteSettingsChanged():
                wanted = self._h2.remote_settings.max_concurrent_streams
                self._most_streams = min(_MOST_STREAMS, wanted)
            case ResponseReceived(stream_id=stream, headers=headers):
                if exchange := self._exchanges.get(stream):
                    exchange.headers |= {str(name): str(value) for name, value in headers}
            case DataReceived(stream_id=stream, data=data, flow_controlled_length=length):
                self._h2.acknowledge_received_data(length, stream)
                if exchange := self._exchanges.get(stream):
                    exchange.body += data
                    if len(exchange.body) > _MOST_BODY:
                        self._fail(stream, NoAnswer("too long an answer"))
                        self._h2.reset_stream(stream, ErrorCodes.CANCEL)
            case StreamEnded(stream_id=stream):
                if exchange := self._exchanges.pop(stream, None):
                    _settle(exchange)
            case StreamReset(stream_id=stream, error_code=code):
                untouched = code == ErrorCodes.REFUSED_STREAM
                self._fail(stream, NoAnswer("stream reset", untouched=untouched))

    def _fail(self, stream: int, error: NoAnswer) -> None:
        exchange = self._exchanges.pop(stream, None)
        if exchange and not exchange.done.done():
            exchange.done.set_exception(error)

    def _end(self, reason: str, seen: int | None = None) -> None:
        """`seen`: the last request that the peer may have looked at, where it said so."""
        self.usable = False
        for stream in list(self._exchanges):
            untouched = seen is not None and stream > seen
            self._fail(stream, NoAnswer(reason, untouched=untouched))
        self._wake()

    def _let_go(self, stream: int, exchange: _Exchange) -> None:
        is_open = self._exchanges.pop(stream, None) is not None or not exchange.is_sent
        if is_open and self.usable:
            with suppress(H2Error):
                self._h2.reset_stream(stream, ErrorCodes.CANCEL)
                self._flush()
        if exchange.done.done() and not exchange.done.cancelled():
            exchange.done.exception()  # it may be that nobody was waiting for it any more
        self._wake()

    def _flush(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(self._h2.data_to_send())

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _wake(self) -> None:
        self._changed.set()


def _settle(exchange: _Exchange) -> None:
    if exchange.done.done():
        return
    try:
        status = int(exchange.headers.get(":status", ""))
    except ValueError:
        exchange.done.set_exception(NoAnswer("no status"))
        return
    exchange.done.set_result(Response(status, exchange.headers, bytes(exchange.body)))
