"""The one form of a path that is matched, held against policy, and forwarded."""

import re
from urllib.parse import quote, unquote_to_bytes

from gateway.errors import MalformedPath

_MAX_BYTES = 4096
_PREFIX = "/api/v1"

# What nearly every path is made of; nothing in it is encoded, a dot segment, empty or special.
_PLAIN = re.compile(rb"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~@:+-]+)+/?|/")
_BROKEN_ENCODING = re.compile(rb"%(?![0-9A-Fa-f]{2})")
# `%` in what was decoded once is somebody's hope that another decodes it once more.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\;%]")
_SAFE = "/-._~!$&'()*+,=:@"


def canonical(raw: bytes) -> str:
    """The path of a request line, decoded once and without the prefix; else MalformedPath."""
    if len(raw) > _MAX_BYTES:
        raise MalformedPath
    path = raw.decode("ascii") if _PLAIN.fullmatch(raw) else _decoded(raw)
    return path[len(_PREFIX) :] if path.startswith("/api/v1/") else path


def encoded(path: str) -> str:
    """A canonical path as it stands in a request line."""
    return quote(path, safe=_SAFE)


def _decoded(raw: bytes) -> str:
    if not raw.startswith(b"/") or not raw.isascii() or _BROKEN_ENCODING.search(raw):
        raise MalformedPath
    if b"%2f" in raw.lower():
        raise MalformedPath
    try:
        path = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise MalformedPath from None
    segments = path[1:].split("/")
    if _FORBIDDEN.search(path) or "" in segments[:-1] or "." in segments or ".." in segments:
        raise MalformedPath
    return path
