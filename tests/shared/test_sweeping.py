"""What is looked after again and again outlives what goes wrong, and comes when it is called."""

import asyncio

from pymongo.errors import AutoReconnect

from shared.sweeping import sweeping
from tests.eventually import eventually


async def test_it_goes_on_after_whatever_went_wrong() -> None:
    failures = [AutoReconnect("away"), ZeroDivisionError(), TimeoutError()]
    rounds = 0

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        if failures:
            raise failures.pop()

    task = asyncio.create_task(sweeping(work, every=0.01, what="a test"))
    await eventually(lambda: rounds > 4)
    assert not task.done()
    task.cancel()


async def test_who_is_woken_at_work_looks_once_more() -> None:
    wake, may_end, rounds = asyncio.Event(), asyncio.Event(), 0

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        await may_end.wait()

    task = asyncio.create_task(sweeping(work, every=3600, what="a test", wake=wake))
    await eventually(lambda: rounds == 1)
    wake.set()
    may_end.set()
    await eventually(lambda: rounds == 2)
    wake.set()
    await eventually(lambda: rounds == 3)
    task.cancel()
