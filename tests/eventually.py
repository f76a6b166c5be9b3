"""Waiting for what happens later: never a bare sleep, always a deadline."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    probe: Callable[[], Awaitable[T]], within: float = ..., every: float = ...
) -> T: ...


@overload
async def eventually(probe: Callable[[], T], within: float = ..., every: float = ...) -> T: ...


async def eventually(probe: Callable[[], Any], within: float = 20.0, every: float = 0.02) -> Any:
    """Call `probe` until it returns something true, and return that.

    AssertionErrors and other failures of the probe count as not yet; the last one is raised when
    `within` seconds have passed. However long this process was kept from running meanwhile, the
    last look is taken after that.
    """
    deadline = time.monotonic() + within
    last: Exception | None = None
    over = False
    while not over:
        over = time.monotonic() >= deadline
        try:
            found = probe()
            value = await found if inspect.isawaitable(found) else found
            if value:
                return value
            last = None
        except Exception as error:  # noqa: BLE001  whatever it says, it is not true yet
            last = error
        await asyncio.sleep(every)
    raise last or AssertionError(f"{probe} was never true within {within} s")
