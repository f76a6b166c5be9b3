"""Counting anew what counters say: `python -m services.<service>.recount [--check]`.

Reports each counter that was not what it should be, and mends it, beside whatever is running. With
`--check` it mends nothing, and ends with status 3 where something was not as it should be.
"""

import argparse
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from shared import command, figures
from shared.clock import utc_now
from shared.command import CommandFailed, mongo_of, say
from shared.counters import CountedMeanwhile, Counters, Counting
from shared.mongo import Database, Session
from shared.settings import ServiceSettings

DRIFTED = 3  # exit status


@dataclass(frozen=True)
class Kept:
    """One set of counters, and where its numbers come from."""

    name: str
    counters: Counters
    sources: tuple[Counting, ...]


class Finding(Protocol):
    """`drift`: whatever was not as it should be."""

    @property
    def drift(self) -> Mapping[str, int]: ...

    @property
    def lines(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Outcome:
    """The counters as they were, and as they are."""

    name: str
    before: Mapping[str, int]
    after: Mapping[str, int]

    @property
    def drift(self) -> dict[str, int]:
        """By how much too high each was."""
        names = sorted({*self.before, *self.after})
        return {
            name: off
            for name in names
            if (off := self.before.get(name, 0) - self.after.get(name, 0))
        }

    @property
    def lines(self) -> list[str]:
        lines = [
            f"{self.name:<14}{name:<28}{self.after.get(name, 0):>12}, {abs(off)}"
            f" too {'many' if off > 0 else 'few'} before"
            for name, off in self.drift.items()
        ]
        return lines or [f"{self.name:<14}{len(self.after)} counters, all as they should be"]


async def recount(kept: Kept, now: datetime, *, mend: bool = True) -> Outcome:
    """Of days those that are shown. Raises CountedMeanwhile."""

    async def count(session: Session) -> Counter[str]:
        sums: Counter[str] = Counter()
        for counted in kept.sources:
            sums.update(await counted(session))
        return sums

    shown = partial(figures.shown, now=now)
    return Outcome(kept.name, *await kept.counters.recount(count, shown, mend=mend))


Recounting = Callable[[Database, datetime, bool], Awaitable[Sequence[Finding]]]


def each_of(kept_in: Callable[[Database], Sequence[Kept]]) -> Recounting:
    """Of a service that has nothing to mend but counters."""

    async def work(database: Database, now: datetime, mend: bool) -> list[Finding]:
        return [await recount(kept, now, mend=mend) for kept in kept_in(database)]

    return work


def run(service: str, kind: type[ServiceSettings], work: Recounting) -> int:
    """The command, to its exit status. `work` is handed the service's database, the time, and
    whether to mend."""
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{service}.recount",
        description=f"Counts anew what {service} keeps counters of, and mends them.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help=f"mend nothing; status {DRIFTED} if something is not as it should be",
    )
    check = parser.parse_args().check

    async def recounted(settings: ServiceSettings) -> int:
        async with mongo_of(settings) as client:
            database = client[f"{settings.database_prefix}_{service}"]
            try:
                findings = await work(database, utc_now(), not check)
            except CountedMeanwhile as error:
                raise CommandFailed(str(error)) from None
        for line in (line for each in findings for line in each.lines):
            say(line)
        return DRIFTED if check and any(each.drift for each in findings) else 0

    return command.run(recounted, kind)
