"""Multipart bodies (RFC 7578), read as they come: no part is ever whole in memory.

A route marked `opt={"multipart": True}` takes them, and nothing else; every other route refuses
them. It asks for the dependency `multipart` and reads part by part, in their order.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from litestar import Request
from multipart import (
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    StrictParserError,
    parse_options_header,
)

from shared.errors import (
    BodyTooLarge,
    InvalidFields,
    MalformedRequest,
    RequestTimeout,
    UnsupportedMediaType,
)
from shared.http.body import Disconnected
from shared.languages import Text

_PATIENCE = 15.0  # seconds without a byte
_MOST_PARTS = 100
MAX_FIELD_BYTES = 64 * 1024

_FIELD_TOO_LONG = Text(en="is too long", tr="çok uzun", es="es demasiado largo", de="ist zu lang")
_NO_TEXT = Text(
    en="must be text in UTF-8",
    tr="UTF-8 metin olmalıdır",
    es="debe ser texto en UTF-8",
    de="muss Text in UTF-8 sein",
)


def is_multipart(content_type: str | None) -> bool:
    return (content_type or "").split(";", 1)[0].strip().lower() == "multipart/form-data"


class Part:
    """One part. Its content is to be read, by `chunks` or `text`, before the next part is."""

    def __init__(self, body: "MultipartBody", segment: MultipartSegment) -> None:
        self._body = body
        self.name: str = segment.name
        self.filename: str | None = segment.filename

    @property
    def is_file(self) -> bool:
        return self.filename is not None

    def chunks(self) -> AsyncIterator[bytes]:
        return self._body.content()

    async def text(self) -> str:
        """A field's value. Raises InvalidFields for more than 64 KiB, or what is no text."""
        content = bytearray()
        async for chunk in self.chunks():
            content += chunk
            if len(content) > MAX_FIELD_BYTES:
                raise InvalidFields({self.name: _FIELD_TOO_LONG})
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise InvalidFields({self.name: _NO_TEXT}) from None
        if "\0" in text:
            raise InvalidFields({self.name: _NO_TEXT})
        return text


class Fingerprint:
    """Of what a body says: two that differ in their boundaries alone have the same."""

    def __init__(self) -> None:
        self._whole = hashlib.sha256()
        self._part = hashlib.sha256()
        self._has_ended = False

    def part(self, segment: MultipartSegment) -> None:
        self._whole.update(self._part.digest())  # so that no content passes for another part
        names = (segment.name, segment.filename, segment.content_type)
        self._part = hashlib.sha256(json.dumps(names).encode() + b"\0")

    def content(self, chunk: bytes) -> None:
        self._part.update(chunk)

    def end(self) -> None:
        self._whole.update(self._part.digest())
        self._has_ended = True

    @property
    def value(self) -> str | None:
        """None until the body has come to its end."""
        return self._whole.hexdigest() if self._has_ended else None


class MultipartBody:
    """The parts of a body, once. Raises BodyTooLarge beyond `limit` bytes, MalformedRequest for
    what is no multipart body or ends too early, RequestTimeout when nothing comes any more."""

    def __init__(
        self,
        stream: AsyncIterator[bytes],
        content_type: str,
        limit: int,
        patience: float = _PATIENCE,
        fingerprint: Fingerprint | None = None,
    ) -> None:
        _, options = parse_options_header(content_type)
        boundary = options.get("boundary", "")
        if not boundary:
            raise MalformedRequest("multipart/form-data without a boundary")
        self._stream = stream
        self._limit = limit
        self._patience = patience
        self._fingerprint = fingerprint
        self._seen = 0
        try:
            self._parser = PushMultipartParser(boundary, max_segment_count=_MOST_PARTS, strict=True)
        except MultipartError as error:
            raise MalformedRequest("the multipart boundary is not valid") from error
        self._events = self._read_events()
        self._in_part = False

    async def parts(self) -> AsyncIterator[Part]:
        async for event in self._events:
            if isinstance(event, MultipartSegment):
                self._in_part = True
                part = Part(self, event)
                yield part
                async for _ in self.content():
                    pass  # what its reader left

    async def content(self) -> AsyncIterator[bytes]:
        while self._in_part:
            event = await anext(self._events)
            if event is None:
                self._in_part = False
            elif isinstance(event, bytes | bytearray):
                yield bytes(event)

    async def _read_events(self) -> AsyncIterator[Any]:
        try:
            while not self._parser.closed:
                for event in self._parsed(await self._chunk()):
                    self._note(event)
                    yield event
            if self._fingerprint:
                self._fingerprint.end()
        except ParserLimitReached as error:
            raise BodyTooLarge from error
        except MultipartError as error:
            raise MalformedRequest("the body is not a complete multipart body") from error

    def _note(self, event: Any) -> None:
        if self._fingerprint and isinstance(event, MultipartSegment):
            self._fingerprint.part(event)
        elif self._fingerprint and event is not None:
            self._fingerprint.content(event)

    def _parsed(self, chunk: bytes) -> Iterator[Any]:
        try:
            yield from self._parser.parse(chunk)
        except StrictParserError:
            # Behind the last boundary anything may come, and is nothing (RFC 2046, 5.1.1), be it
            # the line's own end in a packet of its own. If we are not there yet, this raises.
            self._parser.close()

    async def _chunk(self) -> bytes:
        """The next bytes; none at the end."""
        while True:
            try:
                async with asyncio.timeout(self._patience):
                    chunk = await anext(self._stream, b"")
            except TimeoutError:
                raise RequestTimeout from None
            self._seen += len(chunk)
            if self._seen > self._limit:
                raise BodyTooLarge
            return chunk


class Streamed:
    """ASGI middleware: keeps multipart bodies to the routes that take them."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        wanted = bool(scope["route_handler"].opt.get("multipart"))
        if wanted != bool(scope["state"].get("multipart")):
            raise UnsupportedMediaType
        await self._app(scope, receive, send)


def multipart_of(request: Request[Any, Any, Any]) -> MultipartBody:
    """Dependency `multipart`."""
    limit: int = request.route_handler.opt["max_body"]
    content_type = request.headers["content-type"]
    fingerprint = request.scope["state"].get("fingerprint")
    return MultipartBody(_stream(request), content_type, limit, fingerprint=fingerprint)


async def _stream(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")  # type: ignore[assignment]  # what ASGI says it is
        if chunk:
            yield chunk
        if not message.get("more_body", False):
            return
