"""A load generator that costs little: raw bytes, keep-alive, one request after the other on each
of a few connections; and an upstream that answers as fast as Python can."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast

_ANSWER = (
    b"HTTP/1.1 200 OK\r\ndate: Sat, 14 Feb 2026 09:58:22 GMT\r\nserver: upstream\r\n"
    b"content-type: application/json\r\ncontent-length: 200\r\n\r\n"
    + b'{"data":"%b"}'
    % (b"x" * 189)
)


class FastUpstream(asyncio.Protocol):
    """Answers each request (without a body) with 200 bytes of JSON."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        count = data.count(b"\r\n\r\n")
        self._rest = data[data.rindex(b"\r\n\r\n") + 4 :] if count else data
        if count:
            self._transport.write(_ANSWER * count)


@dataclass
class Result:
    seconds: float
    latencies: list[float] = field(repr=False)
    failures: int = 0

    @property
    def count(self) -> int:
        return len(self.latencies)

    def percentile(self, share: float) -> float:
        """Seconds."""
        return sorted(self.latencies)[int(share * (len(self.latencies) - 1))]


class _Caller(asyncio.Protocol):
    def __init__(self, request: bytes, result: Result, until: float) -> None:
        self._request, self._result, self._until = request, result, until
        self._missing = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        self._buffer = b""
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        _, _, length = head.lower().partition(b"content-length: ")
        if len(body) < int(length.split(b"\r\n", 1)[0]):
            return
        now = time.perf_counter()
        self._result.latencies.append(now - self._asked)
        if not self._buffer.startswith(b"HTTP/1.1 200"):
            self._result.failures += 1
        if now < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if time.perf_counter() < self._until:
            self._result.failures += 1
        if not self.done.done():
            self.done.set_result(None)


async def load(port: int, request: bytes, *, connections: int, seconds: float) -> Result:
    """Each connection asks again as soon as it was answered."""
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    result = Result(0.0, [])
    callers = []
    for _ in range(connections):
        caller = _Caller(request, result, started + seconds)
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
        callers.append(caller)
    await asyncio.gather(*(caller.done for caller in callers))
    result.seconds = time.perf_counter() - started
    return result
