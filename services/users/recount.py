"""`python -m services.users.recount`: writes anew what lists, searches and counters go by.

For the day on which the code makes something else of a person than it did when they were saved, or
a doubt is to be settled. It may run beside everything else.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from services.users.counters import Counters
from services.users.repository import People
from services.users.settings import UsersSettings
from shared import command
from shared.mongo import Client, connect, in_transaction


@dataclass(frozen=True)
class Outcome:
    """`listed`: how many people were listed otherwise than they should be. `before` and `after`:
    the counters."""

    listed: int
    before: Mapping[str, int]
    after: Mapping[str, int]

    @property
    def lines(self) -> list[str]:
        names = sorted({*self.before, *self.after})
        return [
            f"{self.listed} people listed anew",
            *(
                f"{name:<28}{self.after.get(name, 0):>10}, was {self.before.get(name, 0)}"
                for name in names
                if self.after.get(name, 0) != self.before.get(name, 0)
            ),
            f"{sum(n for name, n in self.after.items() if name.startswith('groups.'))} people",
        ]


class Recount:
    def __init__(self, client: Client, people: People, counters: Counters) -> None:
        self._client = client
        self._people = people
        self._counters = counters

    async def run(self) -> Outcome:
        listed = 0
        async for user_id in self._people.listed_otherwise():
            listed += await self._list_anew(user_id)
        before, after = await self._counters.recount(self._people.counted)
        return Outcome(listed, before, after)

    async def _list_anew(self, user_id: str) -> bool:
        return await in_transaction(
            self._client, lambda session: self._people.list_anew(user_id, session)
        )


async def _recount(settings: UsersSettings) -> int:
    client = connect(settings.mongo_url)
    try:
        database = client[f"{settings.database_prefix}_users"]
        counters = Counters(database["counters"])
        outcome = await Recount(client, People(database["people"], counters), counters).run()
    finally:
        client.close()
    sys.stdout.write("".join(f"{line}\n" for line in outcome.lines))
    return 0


if __name__ == "__main__":
    sys.exit(command.run(_recount, UsersSettings))
