"""Work that goes on beside the requests for as long as the process lives."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any

from shared import logs

log = logs.get("background")

# For ending what runs beside the requests, once these had their 5 s (shared.http.server): together
# less than the ten seconds in which every process stops.
STOP_SECONDS = 3.5


def watched(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task that should never end; if it does, this process ends, to be started anew."""

    def ended(task: asyncio.Task[None]) -> None:
        # What was told to stop may come to its end: some work looks whether it is still wanted.
        if not task.cancelled() and not task.cancelling():
            log.error("background work ended", exc_info=task.exception())
            end_this_process()

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    return task


async def cut_short(work: Coroutine[Any, Any, None], limit: float) -> bool:
    """Runs `work`, for `limit` seconds at most; whether that was too short.

    In a task of its own that nobody waits for any longer: what runs there may be deaf to
    cancellation for a while.
    """
    task = asyncio.create_task(work)
    await asyncio.wait({task}, timeout=limit)
    if task.done():
        await task
        return False
    task.cancel()
    return True


def end_this_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
