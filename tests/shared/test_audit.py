"""The audit log: what is in it stays as it was written, or the chain says where it does not."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import pytest

from deploy.components import ROOT
from deploy.stack import Stack
from shared.audit import AuditLog, ChainBroken
from shared.ids import new_id
from shared.mongo import Client, Collection, Session, connect, ensure_indexes, in_transaction
from shared.pseudonyms import Pseudonyms

KEY = "the key that people and chains are hashed with"
ADMIN, PERSON = new_id(), new_id()


class Book:
    """An audit log in a database of its own."""

    def __init__(self, client: Client) -> None:
        self.prefix = f"audittest_{new_id()}"
        self.client = client
        self.entries: Collection = client[f"{self.prefix}_auth"]["audit"]
        self.log = AuditLog(self.entries, Pseudonyms(KEY), KEY)

    async def note(self, action: str = "user.role_changed", *members: str) -> None:
        async def work(session: Session) -> None:
            await self.log.append(
                session, actor=ADMIN, action=action, target=PERSON, members=members
            )

        await in_transaction(self.client, work)


@pytest.fixture
async def book(servers: Stack) -> AsyncIterator[Book]:
    client = connect(servers.mongo_url)
    book = Book(client)
    await ensure_indexes(book.entries, AuditLog.INDEXES)
    yield book
    client.close()


async def test_an_entry_says_who_did_what_to_whom_without_naming_them(book: Book) -> None:
    await book.note("user.profile_changed", "surname", "name")
    (entry,) = await book.log.of(PERSON)
    pseudonyms = Pseudonyms(KEY)
    assert (entry.actor, entry.target) == (pseudonyms.of(ADMIN), pseudonyms.of(PERSON))
    assert (entry.number, entry.action) == (1, "user.profile_changed")
    assert entry.members == ("name", "surname")
    assert entry.request_id
    assert await book.log.of(ADMIN) == [entry]
    assert await book.log.of(new_id()) == []
    kept = str([document async for document in book.entries.find()])
    assert ADMIN not in kept
    assert PERSON not in kept


async def test_twenty_at_once_make_one_chain(book: Book) -> None:
    await asyncio.gather(*(book.note() for _ in range(20)))
    number, last = await book.log.verify()
    assert number == 20
    assert (await book.log.of(PERSON))[-1].hash == last


async def test_a_deed_that_did_not_happen_is_not_in_it(book: Book) -> None:
    class Refused(Exception):
        pass

    async def work(session: Session) -> None:
        await book.log.append(session, actor=ADMIN, action="user.deleted", target=PERSON)
        raise Refused

    await book.note()
    with pytest.raises(Refused):
        await in_transaction(book.client, work)
    assert (await book.log.verify())[0] == 1


async def test_an_empty_log_is_as_it_was_written(book: Book) -> None:
    assert (await book.log.verify())[0] == 0


TAMPERINGS = {
    "an entry changed": ({"_id": 2}, {"$set": {"action": "user.deleted"}}),
    "its members changed": ({"_id": 2}, {"$set": {"members": []}}),
    "its actor changed": ({"_id": 3}, {"$set": {"actor": "0" * 32}}),
    "its time changed": ({"_id": 1}, {"$set": {"at": "2020-01-01T00:00:00.000Z"}}),
    "a member taken away": ({"_id": 2}, {"$unset": {"actor": 1}}),
    "a member of another type": ({"_id": 2}, {"$set": {"number": "2"}}),
    "a member added": ({"_id": 2}, {"$set": {"note": "approved"}}),
    "the head turned back": ({"_id": "head"}, {"$set": {"number": 2}}),
    "the head turned on": ({"_id": "head"}, {"$inc": {"number": 1}}),
    "the head's hash changed": ({"_id": "head"}, {"$set": {"hash": "0" * 64}}),
}


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_tampering_shows(book: Book, what: str) -> None:
    for _ in range(3):
        await book.note("user.role_changed", "role")
    query, change = TAMPERINGS[what]
    assert (await book.entries.update_one(query, change)).modified_count == 1
    with pytest.raises(ChainBroken):
        await book.log.verify()


@pytest.mark.parametrize("removed", [[1], [2], [3], [2, 3], [1, 2, 3], ["head"]])
async def test_removal_shows(book: Book, removed: list[object]) -> None:
    for _ in range(3):
        await book.note()
    await book.entries.delete_many({"_id": {"$in": removed}})
    with pytest.raises(ChainBroken):
        await book.log.verify()


async def test_entries_past_the_head_show(book: Book) -> None:
    """Somebody put the head back to what it once was."""
    await book.note()
    head = await book.entries.find_one({"_id": "head"})
    assert head is not None
    await book.note()
    await book.entries.replace_one({"_id": "head"}, head)
    with pytest.raises(ChainBroken):
        await book.log.verify()


async def test_something_put_in_between_shows(book: Book) -> None:
    for _ in range(2):
        await book.note()
    await book.entries.insert_one({"_id": 1.5, "action": "user.deleted"})
    with pytest.raises(ChainBroken, match=r"entry 1\.5 is not as it was written"):
        await book.log.verify()


async def test_an_entry_made_without_the_key_shows(book: Book) -> None:
    await book.note()
    forger = AuditLog(book.entries, Pseudonyms(KEY), "another key")

    async def work(session: Session) -> None:
        await forger.append(session, actor=PERSON, action="user.deleted", target=ADMIN)

    await in_transaction(book.client, work)
    with pytest.raises(ChainBroken, match="entry 2 is not as it was written"):
        await book.log.verify()


async def test_the_command_verifies_and_shows(book: Book, servers: Stack) -> None:
    await book.note("user.email_changed", "email")
    _, last = await book.log.verify()
    said = f"auth           1 entries, as they were written; the last is {last[:16]}\n"
    assert await _command(book, servers) == (0, said)
    _, shown = await _command(book, servers, "--of", PERSON)
    assert "user.email_changed" in shown
    await book.entries.update_one({"_id": 1}, {"$set": {"action": "user.deleted"}})
    code, said = await _command(book, servers)
    assert (code, said) == (1, "auth           BROKEN: entry 1 is not as it was written\n")


async def _command(book: Book, servers: Stack, *arguments: str) -> tuple[int | None, str]:
    environment = {
        **os.environ,
        "AULA_MONGO_URL": servers.mongo_url,
        "AULA_DATABASE_PREFIX": book.prefix,
        "AULA_PRIVACY_KEY": KEY,
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.audit", *arguments),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await child.communicate()
    return child.returncode, output.decode()
