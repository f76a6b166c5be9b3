"""What a service holds on a person: erased when they are deleted, exported when they ask.

A service says it in one place, `services/<name>/personal_data.py`: a function from a person's id to
what it `Held` on them. `Node.holds` does the rest. Two rules keep a person from coming back:

- Who writes the first document on a person asks the tombstones, in the same transaction.
- Who writes any other does so in a transaction that also writes a document which the person's
  erasure removes: of the two, one is refused and tried again.
"""

import base64
import zlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec

from shared.clock import timestamp, utc_now
from shared.contracts.users import UserDeleted, UserErased, UserExported, UserExportRequested
from shared.ids import new_id
from shared.messaging import Outbox, Subscription, Traces, Transaction
from shared.mongo import Collection, Document, Session
from shared.seal import Seal
from shared.tombstones import Tombstones

_BATCH = 500  # documents removed in one transaction
_BARE = "never_there"  # marks a document that only stands where a copy could come to be
_CHUNK = 256 * 1024  # bytes in one event, compressed, before they are sealed


Farewell = Callable[[Sequence[Document], Session], Awaitable[None]]


@dataclass(frozen=True)
class Holding:
    """The documents of one kind: those in `collection` that `query` finds (by an index). Exports
    leave out the members in `hidden`: secrets, and what only serves searching. `farewell`: is
    handed the documents that the same transaction removes, for what is counted by them."""

    name: str
    collection: Collection
    query: Document
    hidden: tuple[str, ...] = ()
    farewell: Farewell | None = None


@dataclass(frozen=True)
class Held:
    """All that a service holds on one person.

    `holdings` go in their order: what others are found by comes last. `copy`: the document, called
    by the person's id, that events of other services bring to life here. `addresses`: by these,
    besides the id, the service's events about the person are found.
    """

    holdings: Sequence[Holding] = ()
    copy: Holding | None = None
    addresses: tuple[str, ...] = ()

    @property
    def all(self) -> list[Holding]:
        return [*self.holdings, *([self.copy] if self.copy else [])]


class HeldOn(Protocol):
    async def __call__(self, user_id: str, email: str | None = None) -> Held:
        """`email`: theirs at the end, which a service may not have heard of: their erasure may
        come to it before their registration."""


class PersonalData:
    """Answers `user.deleted` and `user.export_requested` for one service."""

    def __init__(
        self,
        service: str,
        held_on: HeldOn,
        outbox: Outbox,
        traces: Traces,
        tombstones: Tombstones,
        seal: Seal,
    ) -> None:
        self._service = service
        self._held_on = held_on
        self._outbox = outbox
        self._traces = traces
        self._tombstones = tombstones
        self._seal = seal

    def subscriptions(self) -> list[Subscription]:
        erasing = Subscription(
            f"{self._service}-erase", UserDeleted, self.confirm, before=self.erase
        )
        return [
            erasing,
            Subscription(f"{self._service}-export", UserExportRequested, self.export),
        ]

    async def erase(self, event: UserDeleted) -> None:
        """In batches that are commits of their own: what is interrupted goes on where it was."""
        if not self._is_asked(event):
            return
        sealed = event.sealed_email
        email = self._seal.open(sealed, event.erasure_id).decode() if sealed else None
        held = [await self._bury(event.user_id, email)]
        traces = {event.user_id, *held[0].addresses}
        while await self._remove(event.user_id, held, traces):
            # What was being written meanwhile is there now. It may lie where only the first look
            # knows of: what that went by is gone.
            held = [held[0], await self._held_on(event.user_id)]
            traces.update(held[1].addresses)
        # Once, because all are read; at the end, because until then there may come more.
        await self._count(event.user_id, await self._traces.erase_dead_letters([*traces]))

    async def confirm(self, event: UserDeleted, transaction: Transaction) -> None:
        """Say that it is done, and how much it was."""
        if not self._is_asked(event):
            return
        transaction.record(
            UserErased(
                erasure_id=event.erasure_id,
                service=self._service,
                counts=await self._tombstones.counts(event.user_id),
                erased_at=timestamp(utc_now()),
            )
        )

    def _is_asked(self, event: UserDeleted | UserExportRequested) -> bool:
        return not event.services or self._service in event.services

    async def _bury(self, user_id: str, email: str | None) -> Held:
        held = await self._held_on(user_id, email)

        async def work(transaction: Transaction) -> None:
            await self._tombstones.put(user_id, transaction.session)
            if held.copy:
                # Even where there is none: a handler that is about to make one, not having seen
                # the tombstone, then collides with this, and sees it on its next try.
                await held.copy.collection.update_one(
                    {"_id": user_id},
                    {"$set": {"erased": True}, "$setOnInsert": {_BARE: True}},
                    upsert=True,
                    session=transaction.session,
                )

        await self._outbox.commit(work)
        return held

    async def _remove(self, user_id: str, held: Sequence[Held], traces: Iterable[str]) -> int:
        removed = await self._traces.erase_events([*traces])
        await self._count(user_id, removed)
        for holding in (holding for each in held for holding in each.all):
            while batch := await self._remove_batch(user_id, holding):
                removed += batch
        return removed

    async def _remove_batch(self, user_id: str, holding: Holding) -> int:
        async def work(transaction: Transaction) -> int:
            session, collection = transaction.session, holding.collection
            members = None if holding.farewell else {_BARE: 1}
            found = collection.find(holding.query, members, session=session).limit(_BATCH)
            documents = [document async for document in found]
            if documents:
                ids = [document["_id"] for document in documents]
                await collection.delete_many({"_id": {"$in": ids}}, session=session)
                if holding.farewell:
                    await holding.farewell(documents, session)
                count = sum(_BARE not in document for document in documents)
                await self._tombstones.put(
                    user_id, session, {holding.name: count} if count else None
                )
            return len(documents)

        return await self._outbox.commit(work)

    async def _count(self, user_id: str, events: int) -> None:
        async def work(transaction: Transaction) -> None:
            await self._tombstones.put(user_id, transaction.session, {"events": events})

        if events:
            await self._outbox.commit(work)

    async def export(self, event: UserExportRequested, transaction: Transaction) -> None:
        if not self._is_asked(event):
            return
        # The answer is a trace of the person: it must not come after the erasing of traces.
        if not await self._tombstones.hold_off(event.user_id, transaction.session):
            return
        answer = new_id()
        documents = {}
        for holding in (await self._held_on(event.user_id)).all:
            found = holding.collection.find(holding.query)
            documents[holding.name] = [_shown(document, holding) async for document in found]
        packed = zlib.compress(msgspec.json.encode(documents))
        pieces = [packed[at : at + _CHUNK] for at in range(0, len(packed), _CHUNK)]
        for number, piece in enumerate(pieces):
            transaction.record(
                UserExported(
                    user_id=event.user_id,
                    export_id=event.export_id,
                    service=self._service,
                    chunk=number,
                    chunks=len(pieces),
                    sealed=self._seal.close(piece, event.export_id),
                    answer=answer,
                )
            )


def _shown(document: Document, holding: Holding) -> Document:
    members = {
        name: _plain(value) for name, value in document.items() if name not in holding.hidden
    }
    if "_id" in members:
        members["id"] = members.pop("_id")
    return members


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return timestamp(value)
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case bytes():
            return base64.b64encode(value).decode()
    return value
