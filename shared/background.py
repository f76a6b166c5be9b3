"""Work that goes on beside the requests for as long as the process lives."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any

from shared import logs

log = logs.get("background")


def watched(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task that should never end; if it does, this process ends, to be started anew."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            log.error("background work ended", exc_info=task.exception())
            end_this_process()

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    return task


def end_this_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
