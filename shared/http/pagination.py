"""Pages of a list, as the contract shows them."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
_MAX_PAGE = 1_000_000_000  # a number that every database and every client can still multiply


class PageRequest(msgspec.Struct, frozen=True):
    """Which page is asked for; out-of-range values are clamped, never refused."""

    page: int
    limit: int

    @classmethod
    def of(cls, page: int | None, limit: int | None) -> "PageRequest":
        return cls(
            min(_MAX_PAGE, max(1, page if page is not None else 1)),
            min(MAX_LIMIT, max(1, limit if limit is not None else DEFAULT_LIMIT)),
        )

    @property
    def skip(self) -> int:
        return (self.page - 1) * self.limit

    def walk(self, total: int) -> "Walk":
        """To this page of `total` items from the nearer end: what is passed over costs time too."""
        limit = max(0, min(self.limit, total - self.skip))
        from_the_end = self.skip > total // 2
        skip = total - self.skip - limit if from_the_end else self.skip
        return Walk(skip, limit, from_the_end)


class Walk(msgspec.Struct, frozen=True):
    """`limit` items after `skip` others; `from_the_end`: of the list turned round. Where `limit` is
    0 there is nowhere to go."""

    skip: int
    limit: int
    from_the_end: bool

    def in_order(self, found: Sequence[T]) -> Sequence[T]:
        """What was `found` on it, as the list has it."""
        return found[::-1] if self.from_the_end else found


class Pagination(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    current_page: int
    total_pages: int
    total_items: int
    items_per_page: int
    has_next_page: bool
    has_prev_page: bool


class Page(msgspec.Struct, Generic[T], frozen=True):
    list: Sequence[T]
    pagination: Pagination


def page_of(items: Sequence[T], total: int, request: PageRequest) -> Page[T]:
    """`items`: those of this page; `total`: how many there are on all pages."""
    pages = -(-total // request.limit)
    return Page(
        items,
        Pagination(
            current_page=request.page,
            total_pages=pages,
            total_items=total,
            items_per_page=request.limit,
            has_next_page=request.page < pages,
            has_prev_page=request.page > 1,
        ),
    )
