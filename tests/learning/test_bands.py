"""Level bands: every score has one level, and what is not so is refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.learning.assessments import refusals
from services.learning.assessments.bands import FULL, Band, checked_bands, level_of
from services.learning.levels import LEVELS
from shared.errors import InvalidFields
from shared.languages import Text

Bounds = tuple[float, float]


def bands_of(*bounds: Bounds) -> list[Band]:
    return [
        Band(level=level, lowest=round(low * 100), highest=round(high * 100))
        for level, (low, high) in zip(LEVELS, bounds, strict=False)
    ]


@st.composite
def valid_bands(draw: st.DrawFn) -> list[Band]:
    """With each kind of neighbours, in any order."""
    starts = draw(st.lists(st.integers(1, FULL), max_size=len(LEVELS) - 1, unique=True))
    levels = draw(st.permutations(LEVELS))
    lowest = [0, *sorted(starts)]
    bands = []
    for place, start in enumerate(lowest):
        last = place + 1 == len(lowest)
        end = FULL if last else lowest[place + 1] - draw(st.sampled_from((0, 1, 100)))
        if not last and ((lowest[place + 1] - end == 100 and end % 100) or end < start):
            end = lowest[place + 1] - (1 if lowest[place + 1] - 1 >= start else 0)
        bands.append(Band(level=levels[place], lowest=start, highest=end))
    return draw(st.permutations(bands))


@given(valid_bands())
def test_every_score_has_exactly_one_level_and_more_is_never_less(bands: list[Band]) -> None:
    ascending = checked_bands(bands)
    order = [band.level for band in ascending]
    places = [order.index(level_of(score, ascending)) for score in range(FULL + 1)]
    assert places == sorted(places)
    assert places[0] == 0
    assert places[-1] == len(order) - 1
    for band in ascending:
        assert level_of(band.lowest, ascending) == band.level
    assert all(ascending[place].lowest <= score for score, place in enumerate(places))


@given(valid_bands(), st.data())
def test_a_gap_an_overlap_or_a_wrong_end_is_never_let_through(
    bands: list[Band], data: st.DataObject
) -> None:
    ascending = list(checked_bands(bands))
    place = data.draw(st.integers(0, len(ascending) - 1))
    band = ascending[place]
    by = data.draw(st.integers(101, 3000) | st.integers(-3000, -2))
    ascending[place] = Band(level=band.level, lowest=band.lowest, highest=band.highest + by)
    with pytest.raises(InvalidFields):
        checked_bands(ascending)


@pytest.mark.parametrize(
    ("bounds", "field", "reason"),
    [
        ([], "levelRanges", refusals.NO_BANDS),
        ([(1, 100)], "levelRanges[0] (Pre-A1)", refusals.NOT_FROM_0),
        ([(0, 99)], "levelRanges[0] (Pre-A1)", refusals.NOT_TO_100),
        ([(0, 99.99)], "levelRanges[0] (Pre-A1)", refusals.NOT_TO_100),
        ([(0, 20), (22, 100)], "levelRanges[1] (A1)", refusals.GAP),
        ([(0, 20), (20.5, 100)], "levelRanges[1] (A1)", refusals.GAP),
        ([(0, 20.5), (21.5, 100)], "levelRanges[1] (A1)", refusals.GAP),
        ([(0, 20), (19, 100)], "levelRanges[1] (A1)", refusals.OVERLAP),
        ([(0, 100), (0, 100)], "levelRanges[1] (A1)", refusals.OVERLAP),
        ([(0, 50), (50, 50), (50, 100)], "levelRanges[2] (A1+)", refusals.OVERLAP),
        ([(21, 100), (0, 22)], "levelRanges[0] (Pre-A1)", refusals.OVERLAP),
        ([(0, 50), (100, 51)], "levelRanges[1] (A1)", refusals.BACKWARDS),
    ],
)
def test_wrong_bands_are_refused_with_the_range_and_the_reason(
    bounds: list[Bounds], field: str, reason: Text
) -> None:
    with pytest.raises(InvalidFields) as refused:
        checked_bands(bands_of(*bounds))
    assert refused.value.fields == {field: reason}


def test_a_level_is_named_once() -> None:
    twice = [Band(level="A1", lowest=0, highest=5000), Band(level="A1", lowest=5000, highest=FULL)]
    with pytest.raises(InvalidFields) as refused:
        checked_bands(twice)
    assert refused.value.fields == {"levelRanges[1] (A1)": refusals.TWICE}


def test_whole_neighbours_shared_bounds_hundredths_and_single_scores_are_fine() -> None:
    for bounds in (
        [(0, 20), (21, 100)],
        [(0, 20), (20, 100)],
        [(0, 20.49), (20.5, 100)],
        [(0, 99), (100, 100)],
        [(21, 100), (0, 20)],
    ):
        assert len(checked_bands(bands_of(*bounds))) == 2


def test_between_two_bands_the_upper_one_is_reached_with_its_lowest_score() -> None:
    whole = checked_bands(bands_of((0, 20), (21, 100)))
    assert [level_of(score, whole) for score in (2000, 2099, 2100)] == ["Pre-A1", "Pre-A1", "A1"]
    shared = checked_bands(bands_of((0, 20), (20, 100)))
    assert [level_of(score, shared) for score in (1999, 2000)] == ["Pre-A1", "A1"]
