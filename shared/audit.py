"""The audit log of a service: who did what to whom, when, in which request.

Entries are only ever added. Each carries a keyed hash of itself and of the one before it, so that
none can be changed, left out or put in between afterwards without the key. (A log that was put back
as a whole to what it once was can only be told by somebody who noted its last entry elsewhere.)
People appear by their pseudonyms: the log outlives them, and does not name them. `python -m
shared.audit` verifies the logs of all services, and prints the hashes of their last entries; `--of
ID` shows what somebody did, or had done to them.
"""

import argparse
import hmac
import sys
from collections.abc import AsyncIterator, Sequence
from functools import partial

import msgspec

from shared import command, tracing
from shared.clock import Clock, timestamp, utc_now
from shared.command import CommandFailed, mongo_of, say, services_of
from shared.mongo import Client, Collection, Document, IndexModel, Session
from shared.pseudonyms import Pseudonyms
from shared.settings import ServiceSettings

_HEAD = "head"
_NOTHING = "0" * 64


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`members`: the names of what was changed, never its values. `number` counts from 1."""

    number: int
    at: str
    actor: str
    action: str
    target: str
    members: tuple[str, ...]
    request_id: str
    previous: str
    hash: str = ""


class ChainBroken(Exception):
    """The log is not as it was written. The message says where."""


class AuditLog:
    INDEXES = (IndexModel([("actor", 1)]), IndexModel([("target", 1)]))

    def __init__(
        self, collection: Collection, pseudonyms: Pseudonyms, key: str, clock: Clock = utc_now
    ) -> None:
        self._entries = collection
        self._pseudonyms = pseudonyms
        self._key = b"aula-audit:" + key.encode()
        self._clock = clock

    async def append(
        self, session: Session, *, actor: str, action: str, target: str, members: Sequence[str] = ()
    ) -> None:
        """`actor`: the id of a person; `target`: that of a person or a thing. In the transaction
        of the deed itself."""
        # Written before it is used: deeds at the same time then follow one another.
        head = await self._entries.find_one_and_update(
            {"_id": _HEAD}, {"$inc": {"number": 1}}, upsert=True, session=session
        )
        entry = Entry(
            number=(head or {}).get("number", 0) + 1,
            at=timestamp(self._clock()),
            actor=self._pseudonyms.of(actor),
            action=action,
            target=self._pseudonyms.of(target),
            members=tuple(sorted(members)),
            request_id=tracing.current().request_id,
            previous=(head or {}).get("hash", _NOTHING),
        )
        entry = msgspec.structs.replace(entry, hash=self._hash_of(entry))
        document = msgspec.to_builtins(entry)
        await self._entries.insert_one({"_id": entry.number, **document}, session=session)
        await self._entries.update_one(
            {"_id": _HEAD}, {"$set": {"hash": entry.hash}}, session=session
        )

    async def verify(self) -> tuple[int, str]:
        """How many entries there are, and the hash of the last. Raises ChainBroken."""
        number, previous = 0, _NOTHING
        # The last one first: the head, read after it, may be further on, but never behind.
        last = await self._entries.find_one({"_id": {"$gte": 1}}, {"_id": 1}, sort=[("_id", -1)])
        head = await self._entries.find_one({"_id": _HEAD}) or {}
        if last and last["_id"] > head.get("number", 0):
            raise ChainBroken(f"there should be no entries after {head.get('number', 0)}")
        async for entry in self._walk({"_id": {"$gte": 1, "$lte": head.get("number", 0)}}):
            number += 1
            if entry.number != number:
                raise ChainBroken(f"entry {number} is missing")
            if entry.previous != previous or entry.hash != self._hash_of(entry):
                raise ChainBroken(f"entry {number} is not as it was written")
            previous = entry.hash
        if (head.get("number", 0), head.get("hash", _NOTHING)) != (number, previous):
            raise ChainBroken(f"there should be entries after {number}")
        return number, previous

    async def of(self, user_id: str) -> list[Entry]:
        """Raises ChainBroken where one of them cannot even be read."""
        who = self._pseudonyms.of(user_id)
        return [entry async for entry in self._walk({"$or": [{"actor": who}, {"target": who}]})]

    async def _walk(self, query: Document) -> AsyncIterator[Entry]:
        async for document in self._entries.find(query).sort("_id", 1):
            yield _entry(document)

    def _hash_of(self, entry: Entry) -> str:
        written = msgspec.json.encode(msgspec.structs.replace(entry, hash=""))
        return hmac.digest(self._key, written, "sha256").hex()


def _entry(document: Document) -> Entry:
    """Raises ChainBroken where it is none that was ever written."""
    number = document.pop("_id")
    try:
        return msgspec.convert(document, Entry)
    except msgspec.ValidationError:
        raise ChainBroken(f"entry {number} is not as it was written") from None


async def _logs(client: Client, settings: ServiceSettings) -> dict[str, AuditLog]:
    """By service."""
    key = settings.secret_of_people()
    return {
        service: AuditLog(database["audit"], Pseudonyms(key), key)
        for service, database in (await services_of(client, settings)).items()
        if "audit" in await database.list_collection_names()
    }


async def _verify(settings: ServiceSettings) -> int:
    broken = 0
    async with mongo_of(settings) as client:
        for service, log in (await _logs(client, settings)).items():
            try:
                number, last = await log.verify()
                ending = f"; the last is {last[:16]}" if number else ""
                say(f"{service:<15}{number} entries, as they were written{ending}")
            except ChainBroken as error:
                broken = 1
                say(f"{service:<15}BROKEN: {error}")
    return broken


async def _show(settings: ServiceSettings, user_id: str) -> None:
    async with mongo_of(settings) as client:
        for service, log in (await _logs(client, settings)).items():
            try:
                entries = await log.of(user_id)
            except ChainBroken as error:
                raise CommandFailed(f"BROKEN: {error}") from None
            for entry in entries:
                say(
                    f"{service:<15}{entry.number:>6}  {entry.at}  {entry.action:<22}"
                    f" by {entry.actor} to {entry.target}  {', '.join(entry.members)}"
                    f"  request {entry.request_id}"
                )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.audit", description=__doc__)
    parser.add_argument("--of", metavar="ID", help="show the entries with this person")
    options = parser.parse_args()
    work = partial(_show, user_id=options.of) if options.of else _verify
    return command.run(work, ServiceSettings)


if __name__ == "__main__":
    sys.exit(main())
