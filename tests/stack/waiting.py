"""Waiting for what other processes do."""

import asyncio
import os
from collections.abc import Callable
from time import monotonic


async def eventually(what: str, happened: Callable[[], bool], within: float = 20.0) -> None:
    deadline = monotonic() + within
    while not happened():
        assert monotonic() < deadline, f"not within {within:g} s: {what}"
        await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
