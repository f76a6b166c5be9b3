"""`python -m services.users.recount`: writes anew what lists, searches and counters go by.

For the day on which the code makes something else of a person than it did when they were saved, or
a doubt is to be settled. It may run beside everything else. While it counts, which takes about a
second for a million people, whoever would change a counter waits.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from services.users.counters import Counters
from services.users.repository import People
from services.users.settings import UsersSettings
from shared.mongo import Client, PyMongoError, Session, connect, in_transaction
from shared.settings import SettingsError


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
        before, after = await in_transaction(self._client, self._count_anew)
        return Outcome(listed, before, after)

    async def _list_anew(self, user_id: str) -> bool:
        return await in_transaction(
            self._client, lambda session: self._people.list_anew(user_id, session)
        )

    async def _count_anew(self, session: Session) -> tuple[Counter[str], Counter[str]]:
        before = await self._counters.all(session)
        await self._counters.lock(session)
        after = await self._people.counted(session)
        await self._counters.replace(after, session)
        return before, after


async def _recount(settings: UsersSettings) -> Outcome:
    client = connect(settings.mongo_url)
    try:
        database = client[f"{settings.database_prefix}_users"]
        counters = Counters(database["counters"])
        return await Recount(client, People(database["people"], counters), counters).run()
    finally:
        client.close()


def main() -> int:
    try:
        outcome = asyncio.run(_recount(UsersSettings.from_environment()))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except PyMongoError as error:
        sys.stderr.write(
            f"MongoDB failed ({type(error).__name__}). Start the stack, or set AULA_MONGO_URL.\n"
        )
        return 1
    sys.stdout.write("\n".join([*outcome.lines, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
