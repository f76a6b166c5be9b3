"""Counters of days are kept for as long as they are shown, and not for ever."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.counters import Counters
from shared.figures import SHOWN_DAYS, day_of
from shared.sweeping import sweeping

_EVERY = 6 * 3600.0  # seconds
_MARGIN = timedelta(days=2)  # for clocks that differ: what one process drops no other shows


async def forget_old_days(counters: Sequence[Counters], now: datetime) -> None:
    """Taking something old away later makes its day anew, with a negative number that nobody looks
    at; the next time it goes again."""
    oldest = day_of(now - timedelta(days=SHOWN_DAYS) - _MARGIN)
    for each in counters:
        await each.forget("days", oldest)


async def keep_forgetting(counters: Sequence[Counters], clock: Clock) -> None:
    """For ever; every replica does, and who comes second finds nothing."""

    async def forget() -> None:
        await forget_old_days(counters, clock())

    await sweeping(forget, every=_EVERY, what="counters of old days")
