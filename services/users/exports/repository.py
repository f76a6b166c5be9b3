"""Where users keeps exports and their pieces. Both go with their time, or with the person."""

from collections.abc import AsyncIterator
from datetime import datetime

from services.users.exports.domain import Export
from shared.contracts.users import UserExported
from shared.documents import from_document, to_document
from shared.mongo import Collection, IndexModel, Session


class Exports:
    INDEXES = (
        IndexModel([("user_id", 1)]),
        IndexModel([("expires_at", 1)], name="expiry", expireAfterSeconds=0),
    )
    PART_INDEXES = (
        IndexModel([("user_id", 1)]),
        IndexModel([("export_id", 1), ("answer", 1), ("chunk", 1)]),
        IndexModel([("expires_at", 1)], name="expiry", expireAfterSeconds=0),
    )

    def __init__(self, exports: Collection, parts: Collection) -> None:
        self._exports = exports
        self._parts = parts

    async def find(self, export_id: str, session: Session | None = None) -> Export | None:
        document = await self._exports.find_one({"_id": export_id}, session=session)
        return from_document(Export, document) if document else None

    async def save(self, export: Export, session: Session) -> None:
        """Only inside the transaction that read it, or made its id."""
        await self._exports.replace_one(
            {"_id": export.id}, to_document(export), upsert=True, session=session
        )

    async def keep_part(self, part: UserExported, until: datetime, session: Session) -> None:
        """Still sealed."""
        name = f"{part.export_id}.{part.service}.{part.answer}.{part.chunk}"
        members = {
            "export_id": part.export_id,
            "user_id": part.user_id,
            "answer": _answer(part.service, part.answer),
            "chunk": part.chunk,
            "sealed": part.sealed,
            "expires_at": until,
        }
        await self._parts.replace_one({"_id": name}, members, upsert=True, session=session)

    async def keep_parts_until(self, export: Export, session: Session) -> None:
        """As long as the export."""
        await self._parts.update_many(
            {"export_id": export.id},
            {"$set": {"expires_at": export.expires_at}},
            session=session,
        )

    async def parts(self, export: Export, service: str) -> AsyncIterator[str]:
        """The pieces of the answer that counts, sealed, in order, one at a time."""
        answer = _answer(service, export.whole[service])
        found = self._parts.find({"export_id": export.id, "answer": answer}, {"sealed": 1})
        async for document in found.sort("chunk", 1).batch_size(2):
            yield document["sealed"]


def _answer(service: str, answer_id: str) -> str:
    return f"{service}.{answer_id}"
