"""A TCP proxy before NATS. While `deaf`, what clients say is lost: their acks, for one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class DeafProxy:
    target: int
    port: int = 0
    deaf: bool = False
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        with suppress(OSError):
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, back, hears=False))
                both.create_task(self._pump(there, writer, hears=True))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, hears: bool
    ) -> None:
        try:
            while data := await reader.read(65_536):
                if hears or not self.deaf:
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def deaf_proxy(target: int) -> AsyncIterator[DeafProxy]:
    proxy = DeafProxy(target)

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(proxy.join(reader, writer))
        proxy.tasks.add(task)
        task.add_done_callback(proxy.tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    async with server:
        yield proxy
        for task in list(proxy.tasks):
            task.cancel()
        await asyncio.gather(*proxy.tasks, return_exceptions=True)
