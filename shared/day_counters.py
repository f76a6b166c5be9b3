"""Counters of days are kept for as long as they are shown, and not for ever."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared import logs
from shared.clock import Clock
from shared.counters import Counters
from shared.figures import SHOWN_DAYS, day_of
from shared.mongo import PyMongoError, is_outage

log = logs.get("counters")

_EVERY = 6 * 3600.0  # seconds
_MARGIN = timedelta(days=2)  # for clocks that differ: what one process drops no other shows


async def forget_old_days(counters: Sequence[Counters], now: datetime) -> int:
    """Returns how many days were dropped. Taking something old away later makes its day anew, with
    a negative number that nobody looks at; the next time it goes again."""
    oldest = day_of(now - timedelta(days=SHOWN_DAYS) - _MARGIN)
    return sum([await each.forget("days", oldest) for each in counters])


async def keep_forgetting(counters: Sequence[Counters], clock: Clock) -> None:
    """For ever; every replica does, and who comes second finds nothing."""
    while True:
        await asyncio.sleep(random.uniform(0, _EVERY))
        try:
            await forget_old_days(counters, clock())
        except PyMongoError as error:  # there is a next time
            if not is_outage(error):
                log.exception("old days were not forgotten")
