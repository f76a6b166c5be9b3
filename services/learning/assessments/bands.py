"""Which score is which level. Scores are hundredths of a percent: 0 to 10000."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from services.learning.assessments import refusals
from shared.errors import InvalidFields
from shared.languages import Text

FULL = 10_000
_WHOLE = 100


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """`lowest` and `highest`: in hundredths, both included."""

    level: str
    lowest: int
    highest: int


def checked_bands(bands: Sequence[Band]) -> tuple[Band, ...]:
    """In ascending order. Raises InvalidFields, which names the first range that is wrong."""
    if not bands:
        raise InvalidFields({"levelRanges": refusals.NO_BANDS})
    named: set[str] = set()
    for index, band in enumerate(bands):
        if band.highest < band.lowest:
            raise _wrong(index, band, refusals.BACKWARDS)
        if band.level in named:
            raise _wrong(index, band, refusals.TWICE)
        named.add(band.level)
    ascending = sorted(enumerate(bands), key=lambda each: (each[1].lowest, each[1].highest))
    if ascending[0][1].lowest != 0:
        raise _wrong(*ascending[0], refusals.NOT_FROM_0)
    for (_, below), (index, band) in pairwise(ascending):
        if band.lowest < below.highest or band.lowest == below.lowest:
            raise _wrong(index, band, refusals.OVERLAP)
        if not _adjoin(below.highest, band.lowest):
            raise _wrong(index, band, refusals.GAP)
    if ascending[-1][1].highest != FULL:
        raise _wrong(*ascending[-1], refusals.NOT_TO_100)
    return tuple(band for _, band in ascending)


def level_of(score: int, bands: Sequence[Band]) -> str:
    """`bands` as `checked_bands` gave them. What lies between two belongs to the lower one: the
    upper one is reached with its `lowest`."""
    return next(band.level for band in reversed(bands) if band.lowest <= score)


def _adjoin(highest: int, lowest: int) -> bool:
    """Shared bounds, neighbours in hundredths, or whole neighbours (`0-20, 21-40`)."""
    whole = highest % _WHOLE == 0 and lowest % _WHOLE == 0
    return lowest - highest in ((0, 1, _WHOLE) if whole else (0, 1))


def _wrong(index: int, band: Band, text: Text) -> InvalidFields:
    return InvalidFields({f"levelRanges[{index}] ({band.level})": text})
