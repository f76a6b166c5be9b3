"""Time as an argument: everything that needs the time is handed a `Clock`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current time, UTC, cut to milliseconds: what MongoDB stores and the API shows."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def from_seconds(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def timestamp(moment: datetime) -> str:
    """`2026-02-14T09:58:22.016Z`: the one form in which a time leaves the system."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


def moment_in(text: str) -> datetime | None:
    """The time that an ISO 8601 date or time means (without an offset it counts as UTC), or None
    where it is none."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and last days of the calendar overflow
        return None
