"""What the gateway itself asks services: something small, soon, and with nothing to change."""

import asyncio

from gateway.connection import Connection, ConnectionBroken
from gateway.errors import BadGateway
from gateway.headers import Headers
from gateway.upstreams import Address, ConnectFailed, Upstream, Upstreams
from shared import tracing

_MOST = 256 * 1024  # bytes of an answer


class Inquiries:
    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def get(self, owner: str, path: str, headers: Headers, *, within: float) -> bytes:
        """The body of a 200. Raises UpstreamAway, BadGateway (anything else came), TimeoutError
        after `within` seconds."""
        async with asyncio.timeout(within):
            return await _asked(self._upstreams[owner], path, headers)


async def _asked(upstream: Upstream, path: str, headers: Headers) -> bytes:
    tried: list[Address] = []
    while True:
        address = upstream.pick(tried)
        connection = address.idle()
        reused = connection is not None
        try:
            connection = connection or await address.connect()
        except ConnectFailed:
            address.refused()
            tried.append(address)
            continue
        address.busy += 1
        try:
            connection.begin(_head(path, address, headers))
            return await _body(connection, address)
        except ConnectionBroken:
            if not (reused and not connection.heard):  # else it was just old
                address.broke()
                tried.append(address)
        finally:
            address.busy -= 1
            address.give_back(connection)


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
