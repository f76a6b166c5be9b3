"""Two who make the same thing for the first time."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.mongo import DuplicateKeyError

T = TypeVar("T")


async def until_first(attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat `attempt` while others make first what it would make. The next one finds theirs, so
    this ends. (Changes of what exists already need no such care: transactions see to them.)"""
    while True:
        try:
            return await attempt()
        except DuplicateKeyError:
            continue
