"""Pages: out-of-range values are clamped, the members are the contract's."""

import msgspec
import pytest

from shared.http.pagination import PageRequest, page_of


@pytest.mark.parametrize(
    ("page", "limit", "expected"),
    [
        (None, None, (1, 10)),
        (0, 0, (1, 1)),
        (-5, -5, (1, 1)),
        (3, 1000, (3, 100)),
        (2, 25, (2, 25)),
    ],
)
def test_out_of_range_values_are_clamped(
    page: int | None, limit: int | None, expected: tuple[int, int]
) -> None:
    request = PageRequest.of(page, limit)
    assert (request.page, request.limit) == expected


@pytest.mark.parametrize(
    ("page", "total", "pages", "has_next", "has_prev"),
    [
        (1, 0, 0, False, False),
        (1, 10, 1, False, False),
        (1, 11, 2, True, False),
        (2, 11, 2, False, True),
        (9, 11, 2, False, True),
    ],
)
def test_a_page_knows_its_neighbours(
    page: int, total: int, pages: int, has_next: bool, has_prev: bool
) -> None:
    shown = msgspec.to_builtins(page_of([], total, PageRequest.of(page, None)))
    assert shown == {
        "list": [],
        "pagination": {
            "currentPage": page,
            "totalPages": pages,
            "totalItems": total,
            "itemsPerPage": 10,
            "hasNextPage": has_next,
            "hasPrevPage": has_prev,
        },
    }


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 95, 100])
def test_a_walk_from_the_nearer_end_finds_the_same_page(total: int) -> None:
    items = list(range(total))
    for page in range(1, 13):
        request = PageRequest.of(page, 10)
        walk = request.walk(total)
        along = items[::-1] if walk.from_the_end else items
        found = along[walk.skip : walk.skip + walk.limit] if walk.limit else []
        assert list(walk.in_order(found)) == items[request.skip : request.skip + 10]
        assert not walk.limit or walk.skip <= total // 2
