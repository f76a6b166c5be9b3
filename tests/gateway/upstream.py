"""A service as tests want it: a raw server that notes what arrived and answers as it is told,
well or badly."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from deploy.ports import free_ports


@dataclass
class Arrived:
    """A request as it came in. `closed` is set when its connection ended, from whichever side."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytearray = field(default_factory=bytearray)
    whole: bool = False
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    async def ended(self) -> None:
        """Its connection, well before the gateway loses its patience with a client (10 s)."""
        await asyncio.wait_for(self.closed.wait(), 8)

    def __getitem__(self, name: str) -> str:
        (value,) = self.values(name)
        return value


Answer = Callable[[Arrived, asyncio.StreamWriter], Awaitable[None]]


def head(status: str = "200 OK", **headers: object) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def whole(body: bytes, status: str = "200 OK", **headers: object) -> bytes:
    return head(status, content_type="application/json", content_length=len(body), **headers) + body


async def fine(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
    """Says what it got."""
    body = {"method": arrived.method, "target": arrived.target, "size": len(arrived.body)}
    writer.write(whole(json.dumps(body).encode()))


def saying(data: bytes) -> Answer:
    async def answer(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return answer


class Upstream:
    """`answer` is called when a request's head and body are there; `early` as soon as its head."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_ports(1)[0]
        self.arrived: list[Arrived] = []
        self.answer: Answer = fine
        self.early: Answer | None = None
        self.connections = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Arrived:
        return self.arrived[-1]

    def reset(self) -> None:
        self.arrived.clear()
        self.answer, self.early = fine, None

    async def start(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def stop(self) -> None:
        """No listener, and no connection left."""
        if self._server:
            self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        if self._server:
            await self._server.wait_closed()
        self._server = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        arrived: Arrived | None = None
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = lines[0].split(" ")
                pairs = [line.partition(":")[::2] for line in lines[1:] if line]
                arrived = Arrived(method, target, [(k, v.strip()) for k, v in pairs])
                self.arrived.append(arrived)
                if self.early:
                    await self.early(arrived, writer)
                await _read_body(reader, arrived)
                arrived.whole = True
                if not self.early:
                    await self._answer_unless_gone(reader, arrived, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if arrived:
                arrived.closed.set()
            self._writers.discard(writer)
            writer.transport.abort()

    async def _answer_unless_gone(
        self, reader: asyncio.StreamReader, arrived: Arrived, writer: asyncio.StreamWriter
    ) -> None:
        answering = asyncio.ensure_future(self.answer(arrived, writer))
        gone = asyncio.ensure_future(_gone(reader))
        await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        if not answering.done():
            answering.cancel()
            raise ConnectionResetError
        answering.result()
        await writer.drain()


async def _gone(reader: asyncio.StreamReader) -> None:
    # A buffered byte would be the next request, which none of ours sends before its answer.
    while not reader.at_eof() and reader.exception() is None:
        await asyncio.sleep(0.01)


async def _read_body(reader: asyncio.StreamReader, arrived: Arrived) -> None:
    if arrived.values("transfer-encoding"):
        while size := int((await reader.readuntil(b"\n")), 16):
            arrived.body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return
    left = int(next(iter(arrived.values("content-length")), "0"))
    while left:
        data = await reader.read(min(left, 65536))
        if not data:
            raise asyncio.IncompleteReadError(b"", left)
        arrived.body += data
        left -= len(data)


def json_of(body: bytes) -> Any:
    return json.loads(body)
