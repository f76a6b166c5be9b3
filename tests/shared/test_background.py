"""Work beside the requests: a process without it is to be started anew."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from shared.background import watched
from tests.eventually import eventually


@pytest.fixture
async def told_to_end() -> AsyncIterator[asyncio.Event]:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    yield told
    loop.remove_signal_handler(signal.SIGTERM)


async def test_a_process_ends_with_work_that_should_never_end(told_to_end: asyncio.Event) -> None:
    async def work() -> None:
        pass

    watched(work())
    await eventually(told_to_end.is_set)


async def test_work_that_was_told_to_stop_may_come_to_its_end(told_to_end: asyncio.Event) -> None:
    async def work() -> None:
        with suppress(asyncio.CancelledError):  # as a library may
            await asyncio.Event().wait()

    task = watched(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    for _ in range(3):  # turns of the loop, in which the callbacks run and a signal would arrive
        await asyncio.sleep(0)
    assert not told_to_end.is_set()
