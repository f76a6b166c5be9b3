"""JSON bodies, checked before anything decodes them."""

import asyncio
from itertools import accumulate

from shared.errors import BodyTooLarge, MalformedRequest, RequestTimeout, UnsupportedMediaType
from shared.http.asgi import Receive

MAX_BODY_BYTES = 1024 * 1024
MAX_DEPTH = 64
_PATIENCE = 10.0  # seconds for the whole of a body

_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_STEP = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}


class Disconnected(Exception):
    """The client went away before its request was complete."""


async def read_json(receive: Receive, content_type: str | None, length: str | None) -> bytes:
    """The body, known to be small enough, UTF-8, not nested too deep, and without NUL.

    An empty body is allowed here; a route that wants one says so itself.
    """
    if length is not None and not _is_small(length):
        raise BodyTooLarge
    try:
        async with asyncio.timeout(_PATIENCE):
            body = await _read(receive)
    except TimeoutError:
        raise RequestTimeout from None
    if body:
        media_type = (content_type or "").split(";", 1)[0].strip().lower()
        if media_type != "application/json":
            raise UnsupportedMediaType
        _check(body)
    return body


def _is_small(length: str) -> bool:
    digits = length.lstrip("0")
    return (
        length.isascii()
        and length.isdecimal()
        and len(digits) <= len(str(MAX_BODY_BYTES))
        and int(digits or "0") <= MAX_BODY_BYTES
    )


async def _read(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise BodyTooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _check(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError:
        raise MalformedRequest("the body is not valid UTF-8") from None
    # Without strings: a closing bracket in one would take back a level that is there.
    brackets = _without_strings(body).translate(None, _NOT_BRACKETS)
    if max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > MAX_DEPTH:
        raise MalformedRequest(f"the body is nested deeper than {MAX_DEPTH}")
    if b"\\u0000" in body.replace(b"\\\\", b"") or b"\x00" in body:
        raise MalformedRequest("the body contains a NUL character")


def _without_strings(body: bytes) -> bytes:
    """The body with every string literal taken out (what follows an open quote is taken too)."""
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(unescaped.split(b'"')[::2])
