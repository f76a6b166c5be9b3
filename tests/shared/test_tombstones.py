"""Who is gone stays gone, and nobody can tell from the stone who it was."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from deploy.stack import Stack
from shared.ids import new_id
from shared.mongo import Client, Session, connect, in_transaction
from shared.pseudonyms import Pseudonyms
from shared.tombstones import Tombstones

KEY = "the key of pseudonyms"


@pytest.fixture
async def mongo(servers: Stack) -> AsyncIterator[Client]:
    client = connect(servers.mongo_url)
    yield client
    client.close()


async def test_a_stone_says_that_somebody_is_gone_and_nothing_of_who(mongo: Client) -> None:
    collection = mongo["tombstonetest"][new_id()]
    stones, person = Tombstones(collection, Pseudonyms(KEY)), new_id()
    assert not await stones.has(person)

    async def bury(session: Session) -> None:
        await stones.put(person, session)
        assert await stones.has(person, session)

    await in_transaction(mongo, bury)
    assert await stones.has(person)
    assert not await stones.has(new_id())
    assert not await Tombstones(collection, Pseudonyms("other key")).has(person)
    (stone,) = [stone async for stone in collection.find()]
    assert set(stone) == {"_id", "at"}
    assert person not in str(stone)
    assert await stones.counts(person) == {}


async def test_counts_add_up_however_many_add_to_them(mongo: Client) -> None:
    stones, person = Tombstones(mongo["tombstonetest"][new_id()], Pseudonyms(KEY)), new_id()

    async def removed(session: Session) -> None:
        await stones.put(person, session, {"loans": 500, "letters": 1})

    await asyncio.gather(*(in_transaction(mongo, removed) for _ in range(12)))
    assert await stones.counts(person) == {"loans": 6_000, "letters": 12}


async def test_a_stone_of_a_deed_that_did_not_happen_is_not_there(mongo: Client) -> None:
    stones, person = Tombstones(mongo["tombstonetest"][new_id()], Pseudonyms(KEY)), new_id()

    async def fail(session: Session) -> None:
        await stones.put(person, session, {"loans": 1})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await in_transaction(mongo, fail)
    assert not await stones.has(person)
