"""What a service holds on a person is removed to the last document, counted, and stays away."""

import asyncio
import os
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shared.contracts.users import UserDeleted, UserErased, UserExported, UserExportRequested
from shared.ids import new_id
from shared.messaging import Consumer, Traces, Transaction
from shared.mongo import PyMongoError, save_newer
from shared.personal_data import Held, Holding, PersonalData
from shared.pseudonyms import Pseudonyms
from shared.seal import Seal
from shared.tombstones import Tombstones
from tests.eventually import eventually
from tests.messaging.replica import Bench, Replica, signed_in

SEAL = Seal("the key of what services tell each other")


class Library:
    """A made-up service: it lends books to people, and keeps a copy of their names."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        database = replica.database
        self.loans, self.letters, self.people = (
            database["loans"],
            database["letters"],
            database["people"],
        )
        self.tombstones = Tombstones(database["tombstones"], Pseudonyms("key"))
        self.broken = False
        self.before_looking: Callable[[], Awaitable[None]] | None = None
        self.data = PersonalData(
            "library",
            self.held_on,
            replica.outbox,
            Traces(database, replica.broker),
            self.tombstones,
            SEAL,
        )

    async def held_on(self, user_id: str, email: str | None = None) -> Held:
        if self.before_looking:
            await self.before_looking()
        letters = {"$unheard": 1} if self.broken else {"to": user_id}
        return Held(
            holdings=[
                Holding("loans", self.loans, {"by": user_id}, hidden=("shelf",)),
                Holding("letters", self.letters, letters),
            ],
            copy=Holding("people", self.people, {"_id": user_id}),
        )

    async def lend(self, user_id: str, books: int) -> None:
        await self.loans.insert_many(
            [{"_id": new_id(), "by": user_id, "shelf": "secret"} for _ in range(books)]
        )

    async def learn(self, user_id: str, name: str) -> None:
        """A handler that makes the copy, by the rule: it asks the tombstones first."""

        async def work(transaction: Transaction) -> None:
            session = transaction.session
            if not await self.tombstones.has(user_id, session):
                await save_newer(self.people, user_id, {"name": name}, version=1, session=session)

        await self.replica.outbox.commit(work)

    async def erase(self, user_id: str) -> dict[str, int]:
        """The counts in the receipt."""
        event = UserDeleted(user_id=user_id, erasure_id=new_id())
        await self.data.erase(event)
        await self.replica.outbox.commit(lambda transaction: self.data.confirm(event, transaction))
        row = await self.replica.database["outbox"].find_one(
            {"headers.ce-subject": event.erasure_id}
        )
        assert row is not None
        receipt = msgspec.json.decode(row["payload"], type=UserErased)
        assert (receipt.service, receipt.erasure_id) == ("library", event.erasure_id)
        return receipt.counts

    async def held(self, user_id: str) -> int:
        counts = [
            await holding.collection.count_documents(holding.query)
            for holding in (await self.held_on(user_id)).all
        ]
        return sum(counts)


@pytest.fixture
async def library(bench: Bench) -> Library:
    return Library(await bench.running(bench.replica("library")))


async def test_all_goes_in_batches_and_the_receipt_counts_it(library: Library) -> None:
    person, other = new_id(), new_id()
    await library.lend(person, 1_203)
    await library.lend(other, 7)
    await library.letters.insert_one({"_id": new_id(), "to": person})
    await library.learn(person, "Ada")
    await library.replica.say(signed_in(person), signed_in(person))
    await eventually(library.replica.nothing_pending)
    wanted = {"loans": 1_203, "letters": 1, "people": 1, "events": 2}
    assert await library.erase(person) == wanted
    assert await library.held(person) == 0
    assert await library.held(other) == 7
    stone = await library.replica.database["tombstones"].find_one()
    assert stone is not None
    assert set(stone) == {"_id", "at", "counts"}
    assert stone["_id"] == Pseudonyms("key").of(person)
    assert await library.erase(person) == wanted, "said again, it is the same"


async def test_erasing_takes_as_long_as_it_takes_because_no_transaction_is_open_meanwhile(
    bench: Bench,
) -> None:
    replica = bench.replica("users")
    library, looks = Library(replica), list[int]()
    event = UserDeleted(user_id=new_id(), erasure_id=new_id())
    inbox, rows = replica.database["inbox"], replica.database["outbox"]

    async def look() -> None:
        row = await rows.find_one({"subject": UserDeleted.subject})
        assert row is not None
        # Were it noted in an open transaction, this would wait for that to end, and so for itself.
        note = {"_id": f"library-erase:{row['_id']}"}
        async with asyncio.timeout(20):
            await inbox.insert_one(note)
            await inbox.delete_one(note)
        looks.append(1)

    library.before_looking = look
    (subscription, _) = library.data.subscriptions()
    await library.lend(event.user_id, 3)
    consumer = Consumer(subscription, replica.broker, replica.database, replica.outbox)
    replica.consumers.append(consumer)
    await bench.running(replica)
    await replica.say(event)
    receipt = {"subject": UserErased.subject}
    await eventually(lambda: rows.find_one(receipt), within=40)
    assert len(looks) >= 2
    assert await library.loans.count_documents({"by": event.user_id}) == 0
    assert await rows.count_documents(receipt) == 1


async def test_who_holds_nothing_says_so(library: Library) -> None:
    person = new_id()
    assert await library.erase(person) == {}
    assert await library.erase(person) == {}
    assert await library.people.count_documents({}) == 0
    assert await library.tombstones.has(person)


async def test_what_was_interrupted_goes_on_and_counts_nothing_twice(library: Library) -> None:
    person = new_id()
    await library.lend(person, 612)
    await library.letters.insert_many([{"_id": new_id(), "to": person} for _ in range(3)])
    library.broken = True
    with pytest.raises(PyMongoError):
        await library.erase(person)
    assert await library.loans.count_documents({"by": person}) == 0, "batches are commits"
    receipts = {"subject": "user.erased"}
    assert await library.replica.database["outbox"].count_documents(receipts) == 0
    library.broken = False
    assert await library.erase(person) == {"loans": 612, "letters": 3}


async def test_two_replicas_at_once_remove_and_count_once(library: Library) -> None:
    person = new_id()
    await library.lend(person, 700)
    await library.learn(person, "Ada")
    await asyncio.gather(*(library.erase(person) for _ in range(3)))
    assert await library.held(person) == 0
    assert await library.erase(person) == {"loans": 700, "people": 1}


async def test_a_late_fact_never_brings_a_copy_back(library: Library) -> None:
    """At the same time, in either order, to people known here before and to those who were not."""

    async def race(number: int) -> None:
        person = new_id()
        if number % 2:
            await library.learn(person, "before")
        await asyncio.gather(
            *(library.learn(person, f"at once {copy}") for copy in range(3)),
            library.erase(person),
        )
        await library.learn(person, "after")
        assert await library.held(person) == 0

    await asyncio.gather(*(race(number) for number in range(24)))
    assert await library.people.count_documents({}) == 0


async def test_what_is_written_while_it_goes_on_goes_too(library: Library) -> None:
    person = new_id()
    await library.lend(person, 900)

    async def lend_while_there_is_something() -> None:
        for _ in range(10):
            await library.lend(person, 1)

    await asyncio.gather(library.erase(person), lend_while_there_is_something())
    await library.erase(person)
    assert await library.held(person) == 0
    assert (await library.tombstones.counts(person))["loans"] == 910


async def test_an_export_of_any_size_comes_whole_without_what_is_hidden(library: Library) -> None:
    person, export_id = new_id(), new_id()
    at = datetime(2026, 2, 14, 9, 58, 22, 16_000, tzinfo=UTC)
    await library.lend(person, 2)
    noise = [os.urandom(300_000).hex() for _ in range(3)]
    await library.letters.insert_many(
        [{"_id": str(n), "to": person, "text": text, "at": at} for n, text in enumerate(noise)]
    )
    await library.learn(person, "Ada")
    event = UserExportRequested(user_id=person, export_id=export_id)
    await library.replica.outbox.commit(lambda transaction: library.data.export(event, transaction))
    documents, pieces = await _exported(library, export_id)
    assert pieces > 3
    assert [letter["text"] for letter in documents["letters"]] == noise
    assert documents["letters"][0]["at"] == "2026-02-14T09:58:22.016Z"
    assert [set(loan) for loan in documents["loans"]] == [{"id", "by"}] * 2
    assert documents["people"] == [{"id": person, "name": "Ada", "version": 1}]
    # The export itself is erased with the person.
    await eventually(library.replica.nothing_pending)
    await library.erase(person)
    assert await library.replica.database["outbox"].count_documents({"traces": person}) == 0


async def test_an_export_of_nothing_is_an_answer_too(library: Library) -> None:
    event = UserExportRequested(user_id=new_id(), export_id=new_id())
    await library.replica.outbox.commit(lambda transaction: library.data.export(event, transaction))
    documents, pieces = await _exported(library, event.export_id)
    assert (documents, pieces) == ({"loans": [], "letters": [], "people": []}, 1)


async def test_who_is_erased_is_not_exported_any_more(library: Library) -> None:
    """At the same time, in either order: an answer is erased, or is not given."""

    async def race(number: int) -> None:
        person = new_id()
        if number % 2:
            await library.lend(person, 1)
        event = UserExportRequested(user_id=person, export_id=new_id())
        await asyncio.gather(
            library.replica.outbox.commit(lambda t: library.data.export(event, t)),
            _erased_at_last(library, person),
        )
        await library.replica.outbox.commit(lambda t: library.data.export(event, t))
        assert await library.replica.database["outbox"].count_documents({"traces": person}) == 0

    await asyncio.gather(*(race(number) for number in range(24)))


async def _erased_at_last(library: Library, person: str) -> None:
    """As its consumer does it: again, if what is to be erased was on its way."""

    async def erased() -> bool:
        await library.erase(person)
        return True

    await eventually(erased)


async def test_a_service_that_was_not_asked_again_does_not_answer(library: Library) -> None:
    event = UserExportRequested(user_id=new_id(), export_id=new_id(), services=("auth",))
    await library.replica.outbox.commit(lambda transaction: library.data.export(event, transaction))
    said = {"subject": "user.exported"}
    assert await library.replica.database["outbox"].count_documents(said) == 0


async def _exported(library: Library, export_id: str) -> tuple[dict[str, Any], int]:
    """Put together as users does it, and of how many pieces."""
    rows = library.replica.database["outbox"].find({"subject": "user.exported"})
    pieces = [msgspec.json.decode(row["payload"], type=UserExported) async for row in rows]
    pieces = sorted(
        (piece for piece in pieces if piece.export_id == export_id), key=lambda piece: piece.chunk
    )
    assert [piece.chunk for piece in pieces] == list(range(pieces[0].chunks))
    packed = b"".join(SEAL.open(piece.sealed, export_id) for piece in pieces)
    return msgspec.json.decode(zlib.decompress(packed)), len(pieces)
