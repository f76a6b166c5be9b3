"""What the gateway itself asks services: something small, soon, and with nothing to change."""

import asyncio

from gateway.connection import Connection, ConnectionBroken
from gateway.errors import BadGateway
from gateway.headers import Headers
from gateway.upstreams import Address, Upstream, Upstreams
from shared import tracing

_MOST = 256 * 1024  # bytes of an answer


class Inquiries:
    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def get(self, owner: str, path: str, headers: Headers, *, within: float) -> bytes:
        """The body of a 200. Raises UpstreamAway, BadGateway (anything else came), TimeoutError
        after `within` seconds."""
        async with asyncio.timeout(within) as limit:
            return await _asked(self._upstreams[owner], path, headers, limit)


async def _asked(upstream: Upstream, path: str, headers: Headers, limit: asyncio.Timeout) -> bytes:
    tried: list[Address] = []
    while True:
        address, connection = await upstream.connection(tried)
        with address.at_work(connection):
            try:
                connection.begin(_head(path, address, headers))
                return await _body(connection, address)
            except ConnectionBroken:
                if not connection.was_old:
                    address.broke()
                    tried.append(address)
            except asyncio.CancelledError:
                if limit.expired():  # else it is the caller who went away
                    address.overdue()
                raise


def _head(path: str, address: Address, headers: Headers) -> bytes:
    trace = tracing.current()
    lines = [
        b"GET %b HTTP/1.1\r\nhost: %b" % (path.encode(), address.authority),
        b"x-request-id: " + trace.request_id.encode(),
        b"traceparent: " + trace.traceparent.encode(),
        *(name + b": " + value for name, value in headers),
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _body(connection: Connection, address: Address) -> bytes:
    await connection.head()
    address.answered(connection.status)
    if connection.status != 200:
        raise BadGateway(connection.status)
    body = b""
    while not connection.finished:
        body += await connection.read()
        if len(body) > _MOST:
            raise BadGateway("too long")
    return body
