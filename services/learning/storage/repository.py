"""Which files are kept, and which objects lie loose.

An object in the store is named by a file, or else is loose: about to be kept, or about to be
removed. So nothing lies there of which nobody knows, whenever a process dies.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from services.learning.storage.domain import ArrivalLost, StoredFile
from shared.documents import from_document, to_document
from shared.mongo import Collection, Document, IndexModel, Session

_LEASE = timedelta(minutes=5)


class Files:
    INDEXES: ClassVar = [
        IndexModel([("key", 1)], name="key", unique=True),
        IndexModel(
            [("user_id", 1), ("created_at", -1)],
            name="people",
            partialFilterExpression={"user_id": {"$gt": ""}},
        ),
    ]
    LOOSE_INDEXES: ClassVar = [IndexModel([("due_at", 1)], name="due")]

    def __init__(self, files: Collection, loose: Collection) -> None:
        self._files = files
        self._loose = loose

    async def find(self, file_id: str) -> StoredFile | None:
        return _file(await self._files.find_one({"_id": file_id}))

    async def at(self, key: str, session: Session | None = None) -> StoredFile | None:
        return _file(await self._files.find_one({"key": key}, session=session))

    async def newest_of(self, user_id: str, session: Session) -> list[str]:
        """The ids of a person's files, newest first."""
        found = self._files.find({"user_id": user_id}, {"_id": 1}, session=session)
        return [document["_id"] async for document in found.sort("created_at", -1)]

    async def announce(self, key: str, due_at: datetime, session: Session) -> None:
        """An object with this key may come to be; it is removed at `due_at` unless it is kept."""
        await self._loose.insert_one({"_id": key, "due_at": due_at}, session=session)

    async def keep(self, file: StoredFile, session: Session) -> None:
        """Raises ArrivalLost if its object is being removed already."""
        taken = await self._loose.delete_one(
            {"_id": file.key, "lost": {"$ne": True}}, session=session
        )
        if not taken.deleted_count:
            raise ArrivalLost
        await self._files.insert_one(to_document(file), session=session)

    async def release(self, file_ids: Sequence[str], now: datetime, session: Session) -> None:
        """They are files no longer; their objects go soon."""
        found = self._files.find({"_id": {"$in": list(file_ids)}}, {"key": 1}, session=session)
        keys = [document["key"] async for document in found]
        await self._files.delete_many({"_id": {"$in": list(file_ids)}}, session=session)
        await self.loosen(keys, now, session)

    async def let_go(self, documents: Sequence[Document], now: datetime, session: Session) -> None:
        """As `release`, for who removes the documents themself."""
        await self.loosen([document["key"] for document in documents], now, session)

    async def loosen(self, keys: Sequence[str], now: datetime, session: Session) -> None:
        if keys:
            rows: list[Document] = [{"_id": key, "due_at": now, "lost": True} for key in keys]
            await self._loose.insert_many(rows, session=session)

    async def has_due(self, now: datetime) -> bool:
        return await self._loose.find_one({"due_at": {"$lte": now}}, {"_id": 1}) is not None

    async def claim(self, query: Document, now: datetime, session: Session) -> str | None:
        """A loose object to be removed now, by the caller alone for a while; nobody keeps it any
        more. `query`: which."""
        found = await self._loose.find_one(query, {"_id": 1}, session=session)
        if found is None:
            return None
        claimed = {"due_at": now + _LEASE, "lost": True}
        await self._loose.update_one(found, {"$set": claimed}, session=session)
        return str(found["_id"])

    async def forget(self, key: str, session: Session) -> None:
        """Its object is gone."""
        await self._loose.delete_one({"_id": key}, session=session)


def _file(document: Document | None) -> StoredFile | None:
    return from_document(StoredFile, document) if document else None
