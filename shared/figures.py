"""How numbers are shown: rates to two decimals, months, the last 30 days beside the 30 before.

Days and months are those of UTC. Counters (`shared/counters.py`) of what happens are called
`months.2026-02` and `days.2026-02-14`.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

SHOWN_DAYS = 60  # the last 30, and the 30 before

_SPAN = 30
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rounded(dividend: int, divisor: int) -> int:
    """Their quotient, half up; by nothing, 0."""
    return (2 * dividend + divisor) // (2 * divisor) if divisor else 0


def hundredths(dividend: int, divisor: int) -> float:
    """A hundredth of their quotient, to two decimals, half up; of nothing, 0."""
    return rounded(dividend, divisor) / 100


def quotient(dividend: int, divisor: int) -> float:
    """To two decimals: 10 by 4 is 2.5; by nothing, 0."""
    return hundredths(dividend * 100, divisor)


def percentage(part: int, whole: int) -> float:
    """To two decimals: 1280 of 1500 is 85.33; of nothing, 0."""
    return hundredths(part * 10_000, whole)


def growth(now: int, before: int) -> float:
    """By how many percent `now` is more than `before`, to two decimals. From nothing to something
    it is 100, from nothing to nothing 0."""
    if not before:
        return 100.0 if now else 0.0
    return percentage(now - before, before)


def day_of(moment: datetime) -> str:
    """`2026-02-14`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def label_of(month: str) -> str:
    """`Feb 2026`."""
    year, number = month.split("-")
    return f"{_NAMES[int(number) - 1]} {year}"


def last_months(now: datetime, number: int) -> list[str]:
    """The month of `now` and those before it, the oldest first."""
    today = now.astimezone(UTC)
    last = today.year * 12 + today.month - 1
    return [f"{each // 12:04}-{each % 12 + 1:02}" for each in range(last - number + 1, last + 1)]


def last_days(now: datetime, number: int = SHOWN_DAYS) -> list[str]:
    """The day of `now` and those before it, the newest first."""
    return [day_of(now - timedelta(days=back)) for back in range(number)]


def shown(counts: Mapping[str, int], now: datetime) -> Counter[str]:
    """`counts`, but of the counters of days only those that are shown."""
    days = {f"days.{day}" for day in last_days(now)}
    return Counter(
        {
            name: count
            for name, count in counts.items()
            if not name.startswith("days.") or name in days
        }
    )


def two_spans(counts: Mapping[str, int], now: datetime) -> tuple[int, int]:
    """What `days.…` of `counts` add up to in the last 30 days, today among them, and in the 30
    before."""
    days = [counts.get(f"days.{day}", 0) for day in last_days(now)]
    return max(0, sum(days[:_SPAN])), max(0, sum(days[_SPAN:]))


def by_month(counts: Mapping[str, int], kind: str = "months") -> dict[str, int]:
    """Those of `counts` that are of months, by month: `{"2026-02": 12}`."""
    found = {name: count for name, count in counts.items() if name.startswith(f"{kind}.")}
    return {name.removeprefix(f"{kind}."): max(0, count) for name, count in sorted(found.items())}
