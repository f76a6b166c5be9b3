"""Files as answers: ranges, validators and names, by RFC 9110, 6266 and 8187."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Stream

from shared.errors import AulaError
from shared.languages import Text

_RANGES = re.compile(r"bytes=[ \t]*([0-9, \t-]+)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{0,19})-(\d{0,19})")
_TAG = re.compile(r'(?:W/)?("[^"]*")')
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 !#$&()+,.;=@^_`{}~\[\]-]")
# Should a browser show the file in spite of everything: it runs nothing in it and loads nothing.
_HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class RangeNotSatisfiable(AulaError):
    status = 416
    code = "range_not_satisfiable"
    text: ClassVar[Text] = Text(
        en="One range within the file can be asked for at a time",
        tr="Bir seferde dosya içinden tek bir aralık istenebilir",
        es="Se puede pedir un solo intervalo del archivo cada vez",
        de="Es kann jeweils ein Bereich innerhalb der Datei angefragt werden",
    )

    def __init__(self, size: int) -> None:
        super().__init__(f"of {size} bytes")
        self.size = size

    def headers(self) -> dict[str, str]:
        return {"Content-Range": f"bytes */{self.size}"}


@dataclass(frozen=True, slots=True)
class FileHead:
    """What is said of a file. `inline`: a browser may show it where it stands."""

    name: str
    media_type: str
    size: int
    sha256: str
    modified: datetime
    inline: bool
    cache_control: str

    @property
    def etag(self) -> str:
        return f'"{self.sha256}"'

    @property
    def last_modified(self) -> str:
        return format_datetime(self.modified.astimezone(UTC).replace(microsecond=0), usegmt=True)


class Contents(Protocol):
    async def link(self) -> str | None:
        """Where the client gets it without us, for a short while; None: it is read here."""
        ...

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, which is not among them. Raises at once, not while
        it is read, if the file cannot be had."""
        ...


async def file_answer(
    request: Request[Any, Any, Any], file: FileHead, contents: Contents
) -> Response[Any]:
    """200, 206 or 304; 302 to where it lies. Raises RangeNotSatisfiable. Whether the caller may
    have it is decided before."""
    validators = {
        "ETag": file.etag,
        "Last-Modified": file.last_modified,
        "Cache-Control": file.cache_control,
    }
    if _is_unchanged(request, file):
        return Response(b"", status_code=304, headers=validators, media_type=file.media_type)
    if link := await contents.link():
        # The link ends soon: nobody may keep it for longer.
        gone_there = {"Location": link, "Cache-Control": "private, no-store"}
        return Response(b"", status_code=302, headers=gone_there, media_type="text/plain")
    asked = request.headers.get("range") if _range_holds(request, file) else None
    span = span_of(asked, file.size)
    start, end = span or (0, file.size)
    headers = {
        **validators,
        "Accept-Ranges": "bytes",
        "Content-Length": str(end - start),
        "Content-Disposition": disposition(file.name, inline=file.inline),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _HARMLESS,
    }
    if span:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return Stream(
        await contents.read(start, end),
        status_code=206 if span else 200,
        media_type=file.media_type,
        headers=headers,
    )


def span_of(header: str | None, size: int) -> tuple[int, int] | None:
    """The bytes that a `Range` asks for, as start and end (not included); None: all of them, also
    where the header is not one of ours. Raises RangeNotSatisfiable, for several ranges too."""
    match = _RANGES.fullmatch(header.strip()) if header else None
    if match is None:
        return None
    spans = [_SPAN.fullmatch(each.strip()) for each in match[1].split(",") if each.strip()]
    if not spans or not all(spans):
        return None
    if len(spans) > 1:
        raise RangeNotSatisfiable(size)
    assert spans[0] is not None
    first, last = spans[0].groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last or size) + bool(last), size)
        if last and int(last) < start:
            return None
    if start >= size:
        raise RangeNotSatisfiable(size)
    return start, end


def disposition(name: str, *, inline: bool) -> str:
    """`Content-Disposition` for a name in any script."""
    plain = _NOT_PLAIN.sub("_", name)
    kind = "inline" if inline else "attachment"
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{kind}; filename="{plain}"{exact}'


def _is_unchanged(request: Request[Any, Any, Any], file: FileHead) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or file.etag in _TAG.findall(tags)
    since = _date(request.headers.get("if-modified-since"))
    return since is not None and file.modified.replace(microsecond=0) <= since


def _range_holds(request: Request[Any, Any, Any], file: FileHead) -> bool:
    """Whether the part that a client has is of this very file."""
    condition = request.headers.get("if-range")
    return condition is None or condition.strip() in (file.etag, file.last_modified)


def _date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except (ValueError, OverflowError):  # a year, or an offset, beyond all
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)
