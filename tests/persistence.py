"""A client that asks again when a service says that it is too busy, as clients should."""

import time

import httpx

_BUSY = 5.0  # seconds; a service tries a transaction for 10 before it calls itself too busy
_WITHIN = 60.0


class Persistent(httpx.AsyncBaseTransport):
    """Of many changes to one thing at once a busy machine may answer some with 503: their
    transactions met each other for ten seconds, and left nothing behind. A 503 that comes at once
    is another one, and an answer like any."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()  # to be sent again
        first = time.monotonic()
        while True:
            asked = time.monotonic()
            response = await self._transport.handle_async_request(request)
            if response.status_code != 503 or time.monotonic() < asked + _BUSY:
                return response
            if time.monotonic() > first + _WITHIN:
                return response
            await response.aclose()

    async def aclose(self) -> None:
        await self._transport.aclose()
