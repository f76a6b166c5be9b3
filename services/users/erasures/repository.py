"""Where users keeps what becomes of those who left."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.users.erasures.domain import Erasure, State
from shared.documents import from_document, to_document
from shared.mongo import Collection, IndexModel, Session


class Erasures:
    INDEXES = (
        IndexModel([("person", 1)], unique=True),
        IndexModel([("state", 1), ("started_at", -1)]),
        IndexModel(
            [("next_step_at", 1)],
            partialFilterExpression={"next_step_at": {"$type": "date"}},
            name="next_step",
        ),
    )

    def __init__(self, collection: Collection) -> None:
        self._erasures = collection

    async def insert(self, erasure: Erasure, session: Session) -> None:
        await self._erasures.insert_one(to_document(erasure), session=session)

    async def find(self, erasure_id: str, session: Session | None = None) -> Erasure | None:
        return _erasure(await self._erasures.find_one({"_id": erasure_id}, session=session))

    async def of(self, pseudonym: str) -> Erasure | None:
        return _erasure(await self._erasures.find_one({"person": pseudonym}))

    async def save(self, erasure: Erasure, session: Session) -> None:
        """Only inside the transaction that read it."""
        document = to_document(erasure)
        await self._erasures.replace_one({"_id": erasure.id}, document, session=session)

    async def due(self, now: datetime, limit: int) -> list[str]:
        """The ids of those on which a step is to be taken by now."""
        # With the type, because the index has only those whose next step has a date.
        due = {"next_step_at": {"$lte": now, "$type": "date"}}
        found = self._erasures.find(due, {"_id": 1})
        return [each["_id"] async for each in found.sort("next_step_at", 1).limit(limit)]

    async def page(self, states: Sequence[State], skip: int, limit: int) -> list[Erasure]:
        """Newest first."""
        found = self._erasures.find({"state": {"$in": list(states)}})
        found = found.sort("started_at", -1).skip(skip).limit(limit)
        return [from_document(Erasure, document) async for document in found]

    async def count(self, states: Sequence[State]) -> int:
        return await self._erasures.count_documents({"state": {"$in": list(states)}})


def _erasure(document: Mapping[str, Any] | None) -> Erasure | None:
    return from_document(Erasure, dict(document)) if document else None
