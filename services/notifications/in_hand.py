"""What a process is doing at the moment about rows that it holds leases of (`leases.py`)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from collections.abc import Collection as Ids
from typing import Any, TypeVar

from shared.mongo import is_outage
from shared.sweeping import sweeping

T = TypeVar("T")

_SWEEP_EVERY = 1.0  # seconds
_RENEW_EVERY = 3.0  # well within a lease
_DRAIN_SECONDS = 1.5  # less than what the process gives its background work
_LOOK_AGAIN = 0.2


class InHand:
    """A task for each row, by its id."""

    def __init__(self, *, takes_more: bool = True) -> None:
        """`takes_more`: whether anything is ever to be begun here."""
        self.takes_more = takes_more
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def ids(self) -> Ids[str]:
        return self._tasks.keys()

    def begin(
        self, row_id: str, work: Coroutine[Any, Any, None], ended: Callable[[], object]
    ) -> None:
        """`ended`: called when `work` is over, however it ended."""

        def let_go(_: asyncio.Task[None]) -> None:
            self._tasks.pop(row_id, None)
            ended()

        task = self._tasks[row_id] = asyncio.create_task(work)
        task.add_done_callback(let_go)

    async def see_to(
        self,
        sweep: Callable[[], Awaitable[object]],
        renew: Callable[[Ids[str]], Awaitable[object]],
        *,
        what: str,
        wake: asyncio.Event | None = None,
    ) -> None:
        """For ever: `sweep`, which begins what is due, and `renew`, which keeps what is in hand.
        When it is ended, nothing is begun any more, and what is under way gets some seconds to come
        to its end."""

        async def renew_all() -> None:
            if self._tasks:
                await renew(self.ids)

        renewing = asyncio.create_task(sweeping(renew_all, every=_RENEW_EVERY, what=what))
        try:
            await sweeping(sweep, every=_SWEEP_EVERY, what=what, wake=wake)
        finally:
            self.takes_more = False
            await self._drain()
            renewing.cancel()

    async def _drain(self) -> None:
        deadline = time.monotonic() + _DRAIN_SECONDS
        while self._tasks and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(self._tasks.values(), timeout=left)
        for task in self._tasks.values():
            task.cancel()


async def until_written(write: Callable[[], Awaitable[T]]) -> T:
    """What became of an attempt is known only here: MongoDB away is no reason to forget it, for
    then it would be made again."""
    while True:
        try:
            return await write()
        except Exception as error:  # an outage passes; all else is raised
            if not is_outage(error):
                raise
        await asyncio.sleep(_LOOK_AGAIN)
