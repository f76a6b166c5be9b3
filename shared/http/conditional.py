"""Answers that a client may keep, and asks about by `If-None-Match` (RFC 9110, 13.1.2).

Entity tags are weak: they stand for `data`; the envelope around it has another time each time.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from shared.http.envelope import Envelope, ok

T = TypeVar("T")

# A cache in between keeps what anybody may see, and asks us each time whether it is still so.
_PUBLIC = "public, max-age=0, must-revalidate"
_PRIVATE = "private, max-age=0, must-revalidate"


class Known:
    """What the client of a request has already."""

    def __init__(self, if_none_match: str | None, *, is_anonymous: bool) -> None:
        self._tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
        self._cache_control = _PUBLIC if is_anonymous else _PRIVATE

    async def unless(
        self, shape: type[T], state: Sequence[object], answer: Callable[[], Awaitable[T]]
    ) -> Response[Any]:
        """304 where the client has the `answer` already, else that. `state`: all that it depends on
        (structs, strings, numbers). An answer with other members, as of another version of Aula, is
        another one: `shape` is its type."""
        tag = _tag_of(_members(shape), *state)  # type: ignore[arg-type]  # types are hashable
        return self._not_modified(tag) if self._has(tag) else self._answer(tag, await answer())

    def unless_same(self, data: object) -> Response[Any]:
        """304 where the client has this very `data`, else that."""
        tag = _tag_of(data)
        return self._not_modified(tag) if self._has(tag) else self._answer(tag, data)

    def _has(self, tag: str) -> bool:
        return tag.removeprefix("W/") in self._tags or "*" in self._tags

    def _not_modified(self, tag: str) -> Response[bytes]:
        return Response(b"", status_code=304, headers=self._headers(tag))

    def _answer(self, tag: str, data: T) -> Response[Envelope[T]]:
        return Response(ok(data), headers=self._headers(tag))

    def _headers(self, tag: str) -> dict[str, str]:
        return {"ETag": tag, "Cache-Control": self._cache_control, "Vary": "Authorization"}


def _tag_of(*parts: object) -> str:
    """The same for the same parts, in every process."""
    return f'W/"{hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]}"'


@cache
def _members(shape: Any) -> dict[str, Any]:
    """With theirs, however deep."""
    return msgspec.json.schema(shape)


def known_of(request: Request[Any, Any, Any]) -> Known:
    """Dependency `known`."""
    is_anonymous = request.scope["state"]["principal"] is None
    return Known(request.headers.get("if-none-match"), is_anonymous=is_anonymous)
