"""Deciding on what was read, although others change it too."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.mongo import DuplicateKeyError

T = TypeVar("T")


class Overtaken(Exception):
    """Another request changed the same thing first: read it again, decide again."""


async def until_first(attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat `attempt` while others overtake it. Each time somebody else got on, so this ends."""
    while True:
        try:
            return await attempt()
        except (Overtaken, DuplicateKeyError):
            continue
