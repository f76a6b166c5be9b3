"""Answers that a client may keep, and ask whether they still hold: ETag and If-None-Match."""

import hashlib

from litestar import Response

from shared import languages
from shared.http.envelope import Envelope, T, ok

# Everybody may keep it, and must ask each time: nobody is shown what was withdrawn.
PUBLIC = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-store"
_DEPENDS_ON = "Authorization, X-Language, Accept-Language"


def etag_of(*parts: object) -> str:
    """Of what an answer is made from, and the language asked for. Weak: the envelope's timestamp
    is another each time."""
    said = "\0".join(map(str, (*parts, languages.current())))
    return f'W/"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


def is_known(etag: str, if_none_match: str | None) -> bool:
    """Whether the client has this already (RFC 9110, 13.1.2: a weak comparison)."""
    if not if_none_match:
        return False
    known = {each.strip().removeprefix("W/") for each in if_none_match[:4096].split(",")}
    return "*" in known or etag.removeprefix("W/") in known


def public(data: T, etag: str) -> Response[Envelope[T]]:
    return Response(ok(data), headers=_headers(etag))


def not_modified(etag: str) -> Response[None]:
    return Response(None, status_code=304, headers=_headers(etag))


def private(data: T) -> Response[Envelope[T]]:
    """For one who sees more than everybody."""
    return Response(ok(data), headers={"Cache-Control": PRIVATE, "Vary": _DEPENDS_ON})


def _headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": PUBLIC, "Vary": _DEPENDS_ON}
