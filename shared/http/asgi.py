"""Small pieces of ASGI that services and gateway share."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from shared.errors import AulaError, HeadersTooLarge, MalformedRequest
from shared.http.envelope import failure

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = Iterable[tuple[bytes, bytes]]

MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024

# Headers of which a second one makes a request ambiguous.
_SINGLE = frozenset(
    {b"host", b"content-length", b"content-type", b"authorization", b"transfer-encoding"}
)


def header_dict(raw: RawHeaders) -> dict[bytes, bytes]:
    """Headers by lower-case name, checked: not too many, not too large, none twice that may not
    be, exactly one Host. Of other repeated headers the values are joined by a comma."""
    headers: dict[bytes, bytes] = {}
    size = count = 0
    for name, value in raw:
        count += 1
        size += len(name) + len(value) + 4
        if name in headers:
            if name in _SINGLE:
                raise MalformedRequest(f"more than one {name.decode('latin-1')} header")
            headers[name] += b", " + value
        else:
            headers[name] = value
    if count > MAX_HEADERS or size > MAX_HEADER_BYTES:
        raise HeadersTooLarge
    if not headers.get(b"host"):
        raise MalformedRequest("no Host header")
    if b"content-length" in headers and b"transfer-encoding" in headers:
        raise MalformedRequest("both Content-Length and Transfer-Encoding")
    return headers


def text(headers: dict[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return value.decode("latin-1") if value is not None else None


async def send_json(
    send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def send_error(
    send: Send, error: AulaError, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    own = [(name.lower().encode(), value.encode()) for name, value in error.headers().items()]
    await send_json(send, error.status, failure(error), [*own, *headers])
