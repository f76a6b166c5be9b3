"""A client that asks again when a service says that it is too busy, as clients should."""

import asyncio
import time

import httpx

_WITHIN = 60.0  # seconds
_PAUSE = 0.2


class Persistent(httpx.AsyncBaseTransport):
    """Of many changes to one thing at once a busy machine may answer some with 503: their
    transactions met each other for ten seconds, and left nothing behind."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()  # to be sent again
        deadline = time.monotonic() + _WITHIN
        while True:
            response = await self._transport.handle_async_request(request)
            is_answer = response.status_code != 503 or request.method == "GET"
            if is_answer or time.monotonic() > deadline:
                return response
            await response.aclose()
            await asyncio.sleep(_PAUSE)

    async def aclose(self) -> None:
        await self._transport.aclose()
