"""A provider of text messages: a real HTTP server that does as the test says."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote


@dataclass
class SmsPeer:
    """Answers with `status`; None: never."""

    port: int = 0
    status: int | None = 200
    asked: list[tuple[str, str]] = field(default_factory=list)  # number, text
    waiting: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/{{to}}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = next(int(line[15:]) for line in head if line.lower().startswith("content-length"))
        body = json.loads(await reader.readexactly(length))
        self.asked.append((unquote(head[0].split()[1]).strip("/"), body["message"]))
        if self.status is None:
            self.waiting.append(writer)
            return
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % self.status)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def sms_peer() -> AsyncIterator[SmsPeer]:
    peer = SmsPeer()
    server = await asyncio.start_server(peer.answer, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    async with server:
        yield peer
        for writer in peer.waiting:
            writer.close()
            await writer.wait_closed()
