"""One HTTP/1.1 connection to a service: bytes in, bytes out, one exchange at a time.

The parser is llhttp (httptools), the one that uvicorn has. What is ours is small: back-pressure
both ways, no re-use after anything odd, and an end that is told from a cut.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import httptools

_BUFFERED = 128 * 1024  # bytes of an answer that may wait for the client
_MAX_HEAD = 64 * 1024


class ConnectionBroken(Exception):
    """It ended, or what came was not HTTP, before the answer was complete."""


class Connection(asyncio.Protocol):
    """`status`, `headers` (names in lower case) of the answer are there after `head()`."""

    def __init__(
        self, on_lost: Callable[["Connection"], None], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._loop = loop
        self._on_lost = on_lost
        self._transport: asyncio.Transport
        self._parser: Any = httptools.HttpResponseParser(self)
        self._writable: asyncio.Future[None] | None = None
        self._reader: asyncio.Future[None] | None = None
        self._reading_paused = False
        self.idle_since = 0.0
        self.lost = False
        self._idle = True
        self._reset()

    def _reset(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._has_head = False
        self._chunks: list[bytes] = []
        self._size = 0
        self._complete = False
        self._broken = False
        self._stays = False

    # What the proxy calls.

    def begin(self, head: bytes) -> None:
        """Start an exchange by sending a request's head, with or without its body."""
        self._reset()
        self._idle = False
        self._transport.write(head)

    async def write(self, data: bytes) -> None:
        """Send more of the request's body; waits while the service does not take it."""
        self._transport.write(data)
        if self._writable is not None:
            await self._writable
        if self.lost:
            raise ConnectionBroken

    async def head(self) -> None:
        while not self._has_head:
            await self._more()

    async def read(self) -> bytes:
        """What has come of the body by now, at least a byte; nothing at its end."""
        while not self._chunks:
            if self._complete:
                return b""
            await self._more()
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        self._size = 0
        if self._reading_paused and not self.lost:
            self._reading_paused = False
            self._transport.resume_reading()
        return data

    @property
    def finished(self) -> bool:
        """The whole answer came and was read."""
        return self._complete and not self._chunks

    @property
    def heard(self) -> bool:
        """Something of an answer came."""
        return self._has_head or self._head_bytes > 0

    @property
    def was_old(self) -> bool:
        """Used before, and not heard of since: should it break, then by its age."""
        return self.idle_since > 0 and not self.heard

    def rest(self, now: float) -> bool:
        """End the exchange. Whether the connection can have another one; else it is closed."""
        if self.lost or self._broken or not self.finished or not self._stays:
            self.close()
            return False
        self._idle = True
        self.idle_since = now
        return True

    def close(self) -> None:
        self._broken = True
        if not self.lost:
            self._transport.abort()

    async def _more(self) -> None:
        if self.lost or self._broken:
            raise ConnectionBroken
        self._reader = self._loop.create_future()
        try:
            await self._reader
        finally:
            self._reader = None

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _break(self) -> None:
        self._broken = True
        self._transport.abort()
        self._wake()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if exc is None and self._has_head and not self._broken and self._ends_with_connection():
            self._complete = True
        self._wake()
        self.resume_writing()
        self._on_lost(self)

    def data_received(self, data: bytes) -> None:
        if self._idle or self._complete:
            self._break()  # nobody asked; whatever it is, it is no answer to what comes next
            return
        if not self._has_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._break()
            return
        if not self._has_head and self._head_bytes > _MAX_HEAD:
            self._break()
            return
        if self._size > _BUFFERED and not self._reading_paused:
            self._reading_paused = True
            self._transport.pause_reading()
        if self._has_head:
            self._wake()

    def pause_writing(self) -> None:
        if self._writable is None:
            self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self._complete:
            self._broken = True  # a second answer to one request

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._has_head:  # later ones are trailers
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._complete:
            return
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self.headers = []  # `100 Continue` and the like: the answer is still to come
        else:
            self._has_head = True

    def on_body(self, body: bytes) -> None:
        if not self._complete:
            self._chunks.append(body)
            self._size += len(body)

    def on_message_complete(self) -> None:
        if self._has_head:
            self._complete = True
        self._stays = self._parser.should_keep_alive()

    def _ends_with_connection(self) -> bool:
        framed = (b"content-length", b"transfer-encoding")
        return not any(name in framed for name, _ in self.headers)
