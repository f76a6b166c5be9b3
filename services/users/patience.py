"""Waiting for what others have said and we have not heard yet: it is milliseconds away, unless NATS
is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_PATIENCE = 0.5  # seconds
_LOOK_AGAIN = 0.02


async def patiently(look: Callable[[], Awaitable[T]], is_there: Callable[[T], bool]) -> T:
    """What `look` finds once it `is_there`; after a while, what it found last."""
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while True:
        found = await look()
        if is_there(found) or asyncio.get_running_loop().time() > deadline:
            return found
        await asyncio.sleep(_LOOK_AGAIN)
