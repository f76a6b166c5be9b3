"""How many materials and assignments there are, in numbers, for whoever draws them.

Two sets of counters. One says what there is, changed together with it, and could be counted anew at
any time. The other keeps when those assignments were made that are there no more, because the
material was deleted or the person erased: a month's figure stays what it was.
"""

from collections import Counter
from datetime import datetime

from shared.counters import Counters
from shared.figures import shown
from shared.mongo import Collection, Session

KINDS = ("totals", "months", "days")
ONE_MATERIAL = Counter({"totals.materials": 1})


def counted(day: str, number: int = 1) -> Counter[str]:
    """What `number` assignments are in the counters. `day`: `2026-02-14`, in UTC."""
    return Counter(
        {"totals.assignments": number, f"months.{day[:7]}": number, f"days.{day}": number}
    )


def people(number: int) -> Counter[str]:
    """Who has any assignment."""
    return Counter({"totals.assigned_users": number})


class Tallies:
    def __init__(self, there: Collection, gone: Collection) -> None:
        self.there = Counters(there, KINDS)
        self.gone = Counters(gone, KINDS)

    async def add(self, about: str, steps: Counter[str], session: Session) -> None:
        await self.there.add(about, steps, session)

    async def remove(self, about: str, steps: Counter[str], session: Session) -> None:
        """In the transaction in which they go."""
        await self.there.add(about, {name: -step for name, step in steps.items()}, session)
        dated = {name: n for name, n in steps.items() if not name.startswith("totals.")}
        await self.gone.add(about, dated, session)

    async def all(self, now: datetime) -> Counter[str]:
        """Every counter: totals of what is there; months, and the last 60 days, of all that was
        assigned in them."""
        return shown(await self.there.all() + await self.gone.all(), now)
