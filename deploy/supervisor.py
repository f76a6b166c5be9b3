"""Groups of children, started in order and stopped in reverse."""

import asyncio
from collections.abc import Sequence
from time import monotonic

from deploy.keeper import Child, Keeper, Report

START_LIMIT = 60.0
STOP_LIMIT = 9.0  # for all groups together; what is left of the promised 10 s is for Python's exit


class Supervisor:
    """Keeps its children running. Lives in the main thread's event loop: on Linux children die with
    the thread that started them."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._groups: list[list[Keeper]] = []

    async def start(self, children: Sequence[Child], limit: float = START_LIMIT) -> None:
        """Starts a group in parallel; it may need the groups started before it.

        Returns when all are ready. Raises NotReady for the first that will not be; whatever runs
        then goes on running until `stop`.
        """
        group = [Keeper(child, self._report) for child in children]
        self._groups.append(group)
        for keeper in group:
            keeper.start()
        try:
            async with asyncio.TaskGroup() as starting:
                for keeper in group:
                    starting.create_task(keeper.until_ready(limit))
        except ExceptionGroup as failures:  # the first says what to do; others follow from it
            raise failures.exceptions[0] from None

    async def stop(self, limit: float = STOP_LIMIT) -> None:
        """Returns when every process is gone; those that take too long are killed."""
        deadline = monotonic() + limit
        while self._groups:
            grace = (deadline - monotonic()) / len(self._groups)
            await asyncio.gather(*(keeper.stop(grace) for keeper in self._groups[-1]))
            self._groups.pop()

    def __getitem__(self, name: str) -> Keeper:
        return {keeper.child.name: keeper for keeper in self.keepers}[name]

    @property
    def keepers(self) -> list[Keeper]:
        return [keeper for group in self._groups for keeper in group]
