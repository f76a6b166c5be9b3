"""What every replica looks after again and again, for as long as it lives."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared import logs
from shared.mongo import is_outage

log = logs.get("sweeping")


async def sweeping(
    work: Callable[[], Awaitable[object]],
    *,
    every: float,
    what: str,
    wake: asyncio.Event | None = None,
) -> None:
    """Do `work` now, after each `every` seconds, and when `wake` is set; for ever. It outlives
    whatever is away: an outage passes, anything else is logged, by `what` it was about."""
    wake = wake or asyncio.Event()
    while True:
        wake.clear()  # first: what is set meanwhile is work that may have come too late
        try:
            await work()
        except Exception as error:
            if not is_outage(error):
                log.exception("sweeping failed", what=what)
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await wake.wait()
