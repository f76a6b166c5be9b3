"""How much a process grew meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path


def resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


@asynccontextmanager
async def peak_growth(pid: int) -> AsyncIterator[Callable[[], int]]:
    """Yields a function that says how many bytes above its start the process was at its peak."""
    start = peak = resident(pid)

    async def look() -> None:
        nonlocal peak
        while True:
            peak = max(peak, resident(pid))
            await asyncio.sleep(0.01)

    looking = asyncio.create_task(look())
    try:
        yield lambda: peak - start
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
