"""`python -m services.users.recount [--check]`: also writes anew what lists and searches go by; for
the rest see `shared/recount.py`.

For the day on which the code makes something else of a person than it did when they were saved, or
a doubt is to be settled.
"""

import sys
from dataclasses import dataclass
from datetime import datetime

from services.users.counters import Counters
from services.users.repository import People
from services.users.settings import UsersSettings
from shared.mongo import Client, Database, in_transaction
from shared.recount import Finding, Kept, Outcome, recount, run


@dataclass(frozen=True)
class Listed:
    """How many people were listed otherwise than they should be."""

    people: int

    @property
    def drift(self) -> dict[str, int]:
        return {"listed": self.people} if self.people else {}

    @property
    def lines(self) -> list[str]:
        return [f"{'lists':<14}{self.people} people who were not listed as they should be"]


class Recount:
    def __init__(self, client: Client, people: People, counters: Counters) -> None:
        self._client = client
        self._people = people
        self._counters = counters

    async def run(self, now: datetime, *, mend: bool = True) -> tuple[Listed, Outcome]:
        listed = 0
        async for user_id in self._people.listed_otherwise():
            listed += await self._list_anew(user_id) if mend else 1
        kept = Kept("people", self._counters, (self._people.counted,))
        return Listed(listed), await recount(kept, now, mend=mend)

    async def _list_anew(self, user_id: str) -> bool:
        return await in_transaction(
            self._client, lambda session: self._people.list_anew(user_id, session)
        )


async def _recount(database: Database, now: datetime, mend: bool) -> tuple[Finding, ...]:
    counters = Counters(database["counters"])
    people = People(database["people"], counters)
    return await Recount(database.client, people, counters).run(now, mend=mend)


if __name__ == "__main__":
    sys.exit(run("users", UsersSettings, _recount))
