"""People as users knows them, made up, and a database of their own to keep them in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from services.users.actors import Actors
from services.users.counters import Counters
from services.users.directory import Directory
from services.users.domain import Person
from services.users.profiles import Profiles
from services.users.repository import Consents, People
from shared.contracts.users import Account, Profile
from shared.ids import new_id
from shared.messaging.outbox import Outbox, Record
from shared.mongo import Database, Session, connect, ensure_indexes, in_transaction
from shared.pseudonyms import Pseudonyms
from shared.tombstones import Tombstones

T = TypeVar("T")


def person(user_id: str | None = None, *, registered: bool = True, **members: Any) -> Person:
    """`members` of the account and of the profile, by name."""
    user_id = user_id or new_id()
    of_account = {name: members.pop(name) for name in Account.__struct_fields__ if name in members}
    account = {"created_at": "2026-01-01T00:00:00.000Z", **of_account}
    facts = {"registered": 1} if registered else {}
    return Person(
        id=user_id, account=Account(id=user_id, **account), profile=Profile(**members), facts=facts
    )


@dataclass
class Kept:
    database: Database
    people: People
    counters: Counters
    directory: Directory

    async def save(self, *people: Person, before: Person | None = None) -> None:
        async def saved(each: Person) -> None:
            await self.transaction(lambda session: self.people.save(each, session, before=before))

        await asyncio.gather(*map(saved, people))

    async def remove(self, each: Person) -> None:
        await self.transaction(lambda session: self.people.remove(each, session))

    async def transaction(self, work: Callable[[Session], Awaitable[T]]) -> T:
        return await in_transaction(self.database.client, work)


class Unpublished:
    """Nobody listens here."""

    def publish_soon(self, records: list[Record]) -> None:
        pass


@asynccontextmanager
async def kept(mongo_url: str, name: str) -> AsyncIterator[Kept]:
    """In a database called `name`, empty at first."""
    client = connect(mongo_url)
    try:
        await client.drop_database(name)
        collection, counters = client[name]["people"], Counters(client[name]["counters"])
        await ensure_indexes(collection, People.INDEXES)
        people = People(collection, counters)
        keys = Pseudonyms("a key for tests")
        consents = Consents(client[name]["consents"])
        profiles = Profiles(people, consents, Tombstones(client[name]["tombstones"], keys))
        actors = Actors(people, profiles, Outbox(client[name], "users", Unpublished()))
        yield Kept(client[name], people, counters, Directory(people, counters, actors))
    finally:
        client.close()
