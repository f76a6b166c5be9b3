"""Files that the gateway serves itself: by entity tag, and compressed once."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

_SMALL = 1024  # bytes that are not worth compressing
_SHOWN_AGAIN = "public, no-cache"  # kept, but asked for before it is used
_FOR_GOOD = "public, max-age=31536000, immutable"
_NOT_AT_ALL = ("0", "0.", "0.0", "0.00", "0.000")  # weights of a coding


@dataclass(frozen=True, slots=True)
class Document:
    """`fingerprint`: of the body. `for_good`: its path contains the fingerprint, so that there
    will never be another under it. `headers`: what its answers say besides."""

    body: bytes
    compressed: bytes | None
    media_type: str
    fingerprint: str
    for_good: bool
    headers: Mapping[str, str]

    @classmethod
    def of(
        cls,
        body: bytes,
        media_type: str,
        *,
        for_good: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> "Document":
        compressed = gzip.compress(body, 6, mtime=0) if len(body) > _SMALL else None
        fingerprint = hashlib.sha256(body).hexdigest()[:16]
        return cls(body, compressed, media_type, fingerprint, for_good, headers or {})

    def answer(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """200, or 304 to whom has it."""
        packed = self.compressed if _takes_gzip(request) else None
        tag = f'"{self.fingerprint}{"-gzip" if packed else ""}"'
        headers = {
            **self.headers,
            "etag": tag,
            "cache-control": _FOR_GOOD if self.for_good else _SHOWN_AGAIN,
            "vary": "Accept-Encoding",
        }
        if _has(request, tag):
            return Response(b"", status_code=304, headers=headers)
        if packed:
            headers["content-encoding"] = "gzip"
        return Response(packed or self.body, media_type=self.media_type, headers=headers)


def _takes_gzip(request: Request[Any, Any, Any]) -> bool:
    for choice in request.headers.get("accept-encoding", "").split(","):
        coding, _, weight = choice.partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            return weight.partition("=")[2].strip() not in _NOT_AT_ALL
    return False


def _has(request: Request[Any, Any, Any], tag: str) -> bool:
    tags = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    return "*" in tags or any(each.removeprefix("W/") == tag for each in tags)
