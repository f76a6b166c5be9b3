"""Passes a request on to its service and the answer back, streaming, and never waits for ever."""

import asyncio

from gateway.connection import Connection, ConnectionBroken
from gateway.errors import BadGateway, ClientGone, EncodedBody, GatewayTimeout
from gateway.exchange import Exchange
from gateway.headers import for_client, for_service
from gateway.upstreams import Address, Upstream, Upstreams
from shared import logs
from shared.errors import AulaError, BodyTooLarge, MalformedRequest, RequestTimeout

log = logs.get("proxy")

_WITHOUT_BODY = (204, 304)  # where a Content-Length speaks of another answer's body
_SMALL = 64 * 1024  # bodies up to this size are read first and sent in one piece
_PATIENCE = 10.0  # seconds without a byte of the body


class Proxy:
    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def forward(self, exchange: Exchange) -> None:
        assert exchange.route is not None
        upstream = self._upstreams[exchange.route.owner]
        length = _body_length(exchange)
        if length is None or length > _SMALL:
            await self._upload(exchange, upstream, length)
            return
        body = await _whole_body(exchange) if length else b""
        await self._ask(exchange, upstream, body, length)

    async def _ask(self, exchange: Exchange, upstream: Upstream, body: bytes, length: int) -> None:
        """With the whole request at hand: a GET may be asked again elsewhere."""
        tried: list[Address] = []
        safe = exchange.method == "GET"
        while True:
            address, connection = await upstream.connection(tried)
            with address.at_work(connection):
                try:
                    connection.begin(_head(exchange, address, length) + body)
                    await connection.head()
                    await self._relay(exchange, connection, address)
                    return
                except ConnectionBroken:
                    if exchange.answered:
                        raise
                    if not connection.was_old:
                        address.broke()
                        tried.append(address)
                    if not safe or connection.heard or len(tried) == len(upstream.addresses):
                        raise BadGateway from None
                except asyncio.CancelledError:
                    if isinstance(exchange.end, GatewayTimeout):
                        address.overdue()
                    raise

    async def _upload(self, exchange: Exchange, upstream: Upstream, length: int | None) -> None:
        """With the body still coming: it goes through as it comes, and is asked for once."""
        # An old connection could end under the body.
        address, connection = await upstream.connection([], fresh=True)
        with address.at_work(connection):
            connection.begin(_head(exchange, address, length))
            pump = asyncio.create_task(_pump(exchange, connection, chunked=length is None))
            sent = False
            try:
                try:
                    await connection.head()
                except ConnectionBroken:
                    _raise_reason(pump)
                    address.broke()
                    raise BadGateway from None
                finally:
                    sent = pump.done() and not pump.exception()
                    pump.cancel()  # answered or broken: what still comes in is of no use
                    await asyncio.gather(pump, return_exceptions=True)
                await self._relay(exchange, connection, address)
            finally:
                if not sent:
                    connection.close()  # it is in the middle of a request

    async def _relay(self, exchange: Exchange, connection: Connection, address: Address) -> None:
        """The answer: head as it may go out, body as it comes. Cut there means cut here."""
        address.answered(connection.status)
        if connection.status >= 600:
            raise BadGateway
        headers = for_client(connection.headers, exchange.additions)
        if connection.status in _WITHOUT_BODY:
            headers = [pair for pair in headers if pair[0] != b"content-length"]
        early = not exchange.asked
        if early:
            headers.append((b"connection", b"close"))
        await exchange.start(connection.status, headers)
        while not connection.finished:
            data = await connection.read()
            if connection.finished and not early:
                await exchange.body(data, more=False)
                return
            if data:
                await exchange.body(data, more=True)
        if early:
            await exchange.discard_rest()
        await exchange.body(b"", more=False)


def _body_length(exchange: Exchange) -> int | None:
    """Bytes of the request's body, None if only its end will tell. Refuses what is too large,
    compressed, or in a transfer coding that is not plain chunks."""
    headers = exchange.headers
    assert exchange.route is not None
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise EncodedBody
    coding = headers.get(b"transfer-encoding")
    if coding is not None:
        if coding.strip().lower() != b"chunked":
            raise MalformedRequest("a Transfer-Encoding other than chunked")
        if not exchange.route.body_limit:
            raise BodyTooLarge
        return None
    length = headers.get(b"content-length")
    if length is None:
        return 0
    if not length.isdigit() or len(length) > 15 or int(length) > exchange.route.body_limit:
        raise BodyTooLarge
    return int(length)


def _head(exchange: Exchange, address: Address, length: int | None) -> bytes:
    """The request line and headers for the service, ready to send."""
    query: bytes = exchange.scope["query_string"]
    lines = [
        b"%b %b%b%b HTTP/1.1\r\nhost: %b"
        % (
            exchange.method.encode(),
            exchange.path.encode(),
            b"?" if query else b"",
            query,
            address.authority,
        ),
        b"x-forwarded-for: " + exchange.client.encode(),
        b"x-forwarded-proto: " + exchange.scheme.encode(),
        b"x-request-id: " + exchange.trace.request_id.encode(),
        b"traceparent: " + exchange.trace.traceparent.encode(),
    ]
    lines += [name + b": " + value for name, value in for_service(exchange.headers)]
    if length is None:
        lines.append(b"transfer-encoding: chunked")
    elif length or exchange.method != "GET":
        lines.append(b"content-length: %d" % length)
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _next_piece(exchange: Exchange) -> bytes:
    try:
        async with asyncio.timeout(_PATIENCE):
            message = await exchange.receive()
    except TimeoutError:
        raise RequestTimeout from None
    if message["type"] == "http.disconnect":
        raise ClientGone
    exchange.asked = not message.get("more_body", False)
    exchange.moved()
    data: bytes = message.get("body", b"")
    return data


async def _whole_body(exchange: Exchange) -> bytes:
    pieces = []
    while not exchange.asked:
        pieces.append(await _next_piece(exchange))
    return b"".join(pieces)


async def _pump(exchange: Exchange, connection: Connection, *, chunked: bool) -> None:
    """The body from client to service, counted. On any failure the service sees a cut."""
    assert exchange.route is not None
    sent = 0
    try:
        while not exchange.asked:
            data = await _next_piece(exchange)
            sent += len(data)
            if sent > exchange.route.body_limit:
                raise BodyTooLarge
            if data:
                await connection.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
        if chunked:
            await connection.write(b"0\r\n\r\n")
    except (AulaError, ClientGone):
        connection.close()
        raise


def _raise_reason(pump: asyncio.Task[None]) -> None:
    """Raise what ended the upload, if it was not the service."""
    if pump.done() and not pump.cancelled():
        error = pump.exception()
        if isinstance(error, AulaError | ClientGone):
            raise error
