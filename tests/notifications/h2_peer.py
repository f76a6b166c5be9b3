"""A real HTTP/2 server over TLS on loopback, that misbehaves when it is told to."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError

from tests.notifications.certificates import server_tls

NEVER = "never"
REFUSED_STREAM = "reset before it was looked at"
BROKEN_STREAM = "reset in the middle"
GO_AWAY = "connection ends orderly, this request not looked at"
HANG_UP = "connection ends"


@dataclass(frozen=True)
class Reply:
    """`body`: as JSON; None: none. `after`: seconds that it takes. `held`: until that is set."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    held: asyncio.Event | None = None


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    body: bytes


class H2Peer:
    """`ca`: the certificate (PEM) of who vouches for it."""

    def __init__(self) -> None:
        self.port = 0
        self.ca = ""
        self.connections = 0
        self.open: set[_Connection] = set()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    async def respond(self, request: Request) -> Reply | str:
        """The answer, or how to misbehave."""
        raise NotImplementedError

    def close_connections(self) -> None:
        for connection in list(self.open):
            connection.transport.abort()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        with server_tls() as (context, self.ca):
            loop = asyncio.get_running_loop()
            server = await loop.create_server(
                lambda: _Connection(self), "127.0.0.1", self.port, ssl=context
            )
            self.port = server.sockets[0].getsockname()[1]
            try:
                yield
            finally:
                server.close()
                self.close_connections()
                await server.wait_closed()


class _Connection(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, peer: H2Peer) -> None:
        self._peer = peer
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._heads: dict[int, dict[str, str]] = {}
        self._bodies: dict[int, bytes] = defaultdict(bytes)
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._peer.connections += 1
        self._peer.open.add(self)
        self._h2.initiate_connection()
        self._flush()

    def connection_lost(self, _: Exception | None) -> None:
        self._peer.open.discard(self)
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            events = self._h2.receive_data(data)
        except ProtocolError:
            self.transport.abort()
            return
        for event in events:
            match event:
                case RequestReceived(headers=headers, stream_id=stream):
                    self._heads[stream] = {str(name): str(value) for name, value in headers}
                case DataReceived(data=part, stream_id=stream):
                    self._bodies[stream] += part
                    self._h2.acknowledge_received_data(event.flow_controlled_length, stream)
                case StreamEnded(stream_id=stream):
                    task = asyncio.create_task(self._handle(stream))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
        self._flush()

    async def _handle(self, stream: int) -> None:
        head, body = self._heads.pop(stream), self._bodies.pop(stream, b"")
        assert head[":method"] == "POST"
        reply = await self._peer.respond(Request(head[":path"], head, body))
        if isinstance(reply, str):
            return self._misbehave(stream, reply)
        if reply.after:
            await asyncio.sleep(reply.after)
        if reply.held:
            await reply.held.wait()
        return self._answer(stream, reply)

    def _answer(self, stream: int, reply: Reply) -> None:
        head = [(":status", str(reply.status)), *reply.headers.items()]
        self._h2.send_headers(stream, head, end_stream=reply.body is None)
        if reply.body is not None:
            self._h2.send_data(stream, msgspec.json.encode(reply.body), end_stream=True)
        self._flush()

    def _misbehave(self, stream: int, how: str) -> None:
        if how == REFUSED_STREAM:
            self._h2.reset_stream(stream, ErrorCodes.REFUSED_STREAM)
        elif how == BROKEN_STREAM:
            self._h2.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)
        elif how == GO_AWAY:
            self._h2.close_connection(last_stream_id=max(0, stream - 2))
            self._flush()
            self.transport.close()
        elif how == HANG_UP:
            self.transport.abort()
        self._flush()

    def _flush(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(self._h2.data_to_send())
