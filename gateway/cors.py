"""Which pages in browsers may call: those of the origins in the settings, with a bearer token."""

from collections.abc import Sequence

from gateway.headers import FROM_PAGES, Headers

_ALLOWED = b", ".join(FROM_PAGES)
_EXPOSED = b", ".join(
    (
        b"allow",
        b"etag",
        b"idempotency-replayed",
        b"location",
        b"ratelimit",
        b"ratelimit-policy",
        b"retry-after",
        b"www-authenticate",
        b"x-request-id",
    )
)
_VARY = (b"vary", b"Origin")


class Cors:
    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origin.encode() for origin in origins)

    def for_answer(self, headers: dict[bytes, bytes]) -> Headers:
        """What the answer to this request says about who may read it."""
        if not self._origins:
            return []
        origin = headers.get(b"origin")
        if origin not in self._origins:
            return [_VARY]
        assert origin is not None
        return [
            _VARY,
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _EXPOSED),
        ]

    def is_preflight(self, method: str, headers: dict[bytes, bytes]) -> bool:
        """Whether it is a browser's question, from a page that may call."""
        return (
            method == "OPTIONS"
            and b"access-control-request-method" in headers
            and headers.get(b"origin") in self._origins
        )

    def preflight(self, methods: Sequence[str]) -> Headers:
        """The answer to it, for a path that has these methods."""
        return [
            (b"access-control-allow-methods", ", ".join(methods).encode()),
            (b"access-control-allow-headers", _ALLOWED),
            (b"access-control-max-age", b"600"),
        ]
