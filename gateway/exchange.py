"""One request and its answer, under way; and the watch over all of them."""

import asyncio
import time
from typing import Any

from gateway.errors import ClientGone, GatewayTimeout
from gateway.headers import Headers
from gateway.table import Route
from shared import languages, tracing
from shared.errors import RequestTimeout
from shared.http import asgi
from shared.tokens import Principal

_TICK = 0.05
_LONGEST = 12 * 3600.0  # seconds for what streams, however steadily it drips
_LINGER = 1.0  # seconds in which a client may notice that it was answered before it had finished


class Exchange:
    """What is known of a request, from its first byte to the last byte of its answer."""

    __slots__ = (
        "additions", "answered", "asked", "client", "code", "deadline", "end", "headers",
        "listener", "method", "path", "principal", "receive", "route", "scheme", "scope", "send",
        "started", "status", "task", "trace",
    )  # fmt: skip

    def __init__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.method: str = scope["method"]
        self.started = time.monotonic()
        self.headers: dict[bytes, bytes] = {}
        self.trace: tracing.Trace
        self.additions: Headers = []  # the gateway's own headers, on every answer
        self.client = ""
        self.scheme = ""
        self.route: Route | None = None
        self.path = ""  # to forward
        self.principal: Principal | None = None
        self.status = 0
        self.code: str | None = None
        self.asked = not _has_body(scope["headers"])  # the whole request has come
        self.answered = False  # an answer has begun
        self.deadline = float("inf")
        self.task: asyncio.Task[Any] | None = None
        self.end: Exception | None = None  # why the watch ended it
        self.listener: asyncio.Task[None] | None = None

    def admit(self, route: Route) -> None:
        """Its time is that of its route from now on."""
        self.route = route
        self.deadline = self.started + route.timeout

    def moved(self) -> None:
        """A byte went by, in either direction."""
        if self.route is not None and self.route.streams:
            now = time.monotonic()
            self.deadline = min(now + self.route.timeout, self.started + _LONGEST)

    async def start(self, status: int, headers: Headers) -> None:
        self.status = status
        self.answered = True
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def body(self, data: bytes, *, more: bool) -> None:
        await self.send({"type": "http.response.body", "body": data, "more_body": more})
        self.moved()

    async def discard_rest(self) -> None:
        """Read on for a moment what the client is still sending: closing at once would make its
        system throw away the answer. To be called before the answer's last message."""
        try:
            async with asyncio.timeout(_LINGER):
                while not self.asked:
                    message = await self.receive()
                    self.asked = not message.get("more_body", False)
        except TimeoutError:
            pass

    def language(self) -> languages.Language:
        wanted = languages.requested(
            asgi.text(self.headers, b"x-language"), asgi.text(self.headers, b"accept-language")
        )
        return wanted or languages.DEFAULT

    def stop(self, reason: Exception) -> None:
        """Cancel the work on it; `reason` is then raised there."""
        assert self.task is not None
        self.end = reason
        self.task.cancel()

    async def listen(self) -> None:
        """Notice that the client has gone, once its whole request was read."""
        message = await self.receive()
        if message["type"] == "http.disconnect" and self.end is None:
            self.stop(ClientGone())


class Watch:
    """Ends exchanges that are overdue or whose client has gone.

    One look at all of them every few moments costs less than timers and listeners for each: most
    are over before the first look.
    """

    def __init__(self) -> None:
        self._under_way: set[Exchange] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, exchange: Exchange, seconds: float) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        exchange.task = asyncio.current_task(self._loop)  # without it, a system call to find it
        exchange.deadline = exchange.started + seconds
        self._under_way.add(exchange)

    def finish(self, exchange: Exchange) -> None:
        self._under_way.discard(exchange)
        if exchange.listener is not None:
            exchange.listener.cancel()

    def look(self) -> None:
        now = time.monotonic()
        for exchange in tuple(self._under_way):
            if exchange.end is not None:
                continue
            if now > exchange.deadline:
                exchange.stop(GatewayTimeout() if exchange.asked else RequestTimeout())
            elif exchange.listener is None and exchange.asked and now > exchange.started + _TICK:
                exchange.listener = asyncio.create_task(exchange.listen())

    async def run(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(_TICK)

    def __len__(self) -> int:
        return len(self._under_way)


def _has_body(raw: asgi.RawHeaders) -> bool:
    return any(
        (name == b"content-length" and value != b"0") or name == b"transfer-encoding"
        for name, value in raw
    )
