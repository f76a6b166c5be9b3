from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from shared import figures
from shared.contracts.dashboard import UsersOverview

NOW = datetime(2026, 2, 14, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("part", "whole", "percentage"),
    [(1280, 1500, 85.33), (1, 3, 33.33), (2, 3, 66.67), (1, 8, 12.5), (1, 800, 0.13), (0, 9, 0)],
)
def test_rates_have_two_decimals_half_up(part: int, whole: int, percentage: float) -> None:
    assert figures.percentage(part, whole) == percentage


def test_of_nothing_every_rate_is_zero() -> None:
    assert figures.percentage(0, 0) == figures.quotient(0, 0) == figures.hundredths(0, 0) == 0


def test_an_average_of_hundredths_is_shown_in_ones() -> None:
    assert figures.hundredths(9999 + 5000 + 1, 3) == 50
    assert figures.quotient(10, 4) == 2.5


@pytest.mark.parametrize(
    ("now", "before", "growth"),
    [(150, 100, 50), (50, 100, -50), (0, 3, -100), (4, 3, 33.33), (2, 3, -33.33), (5, 0, 100)],
)
def test_growth_is_in_percent_of_what_was_before(now: int, before: int, growth: float) -> None:
    assert figures.growth(now, before) == growth


def test_nothing_after_nothing_is_no_growth() -> None:
    assert figures.growth(0, 0) == 0


def test_months_go_back_over_years_with_the_oldest_first() -> None:
    months = figures.last_months(NOW, 14)
    assert (months[0], months[1], months[2], months[-1]) == (
        "2025-01", "2025-02", "2025-03", "2026-02",
    )  # fmt: skip
    assert figures.last_months(NOW, 1) == ["2026-02"]
    assert [figures.label_of(month) for month in months[-2:]] == ["Jan 2026", "Feb 2026"]


def test_days_and_months_are_those_of_utc() -> None:
    elsewhere = datetime(2026, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=3)))
    assert figures.day_of(elsewhere) == "2026-02-28"
    assert figures.last_months(elsewhere, 1) == ["2026-02"]


def test_two_spans_of_thirty_days_are_side_by_side() -> None:
    names = [figures.day_of(NOW - timedelta(days=back)) for back in range(100)]
    counts = Counter({f"days.{day}": 10**index for index, day in enumerate(names)})
    last, before = figures.two_spans(counts, NOW)
    assert last == sum(10**index for index in range(30))
    assert before == sum(10**index for index in range(30, 60))


def test_members_are_called_as_the_contract_calls_them() -> None:
    assert "newLast30Days" in msgspec.structs.fields(UsersOverview)[4].encode_name
