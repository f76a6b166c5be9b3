"""Where notifications lie."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications.inbox.domain import Notification, Selection
from shared.documents import from_document, to_document
from shared.mongo import Collection, Document, IndexModel, Session

_NEWEST_FIRST = [("created_at", -1), ("_id", -1)]  # the id, so that pages are stable


class Notifications:
    """What people read in the app."""

    INDEXES = (
        # With all that a list filters by, so that it reads only what it shows.
        IndexModel(
            [
                ("user_id", 1),
                ("created_at", -1),
                ("_id", -1),
                ("read", 1),
                ("category", 1),
                ("type", 1),
            ],
            name="list",
        ),
        IndexModel(
            [("user_id", 1), ("read", 1), ("created_at", -1), ("_id", -1)], name="list_by_read"
        ),
    )

    def __init__(self, collection: Collection) -> None:
        self._rows = collection

    async def add(self, entry: Notification, session: Session) -> None:
        """In a transaction that has taken the person's document in hand. Does nothing where it is
        there already."""
        row = to_document(entry)
        await self._rows.update_one(
            {"_id": row.pop("_id")}, {"$setOnInsert": row}, upsert=True, session=session
        )

    async def page(self, selection: Selection, *, skip: int, limit: int) -> list[Notification]:
        """The newest first."""
        query, index = _walk(selection)
        found = self._rows.find(query, sort=_NEWEST_FIRST, hint=index).skip(skip).limit(limit)
        return [from_document(Notification, row) async for row in found]

    async def total(self, selection: Selection) -> int:
        query, index = _walk(selection)
        return await self._rows.count_documents(query, hint=index)

    async def unread(self, user_id: str) -> int:
        return await self.total(Selection(user_id=user_id, read=False))

    async def find(self, entry_id: str, user_id: str, session: Session) -> Notification | None:
        """If it is theirs."""
        row = await self._rows.find_one({"_id": entry_id, "user_id": user_id}, session=session)
        return from_document(Notification, row) if row else None

    async def mark(self, entry_id: str, read: bool, now: datetime, session: Session) -> None:
        marked = {"$set": {"read": read, "updated_at": now}}
        await self._rows.update_one({"_id": entry_id}, marked, session=session)

    async def remove(self, entry_ids: Sequence[str], user_id: str, session: Session) -> int:
        """Those that are theirs; how many that was."""
        theirs = {"_id": {"$in": list(entry_ids)}, "user_id": user_id}
        removed = await self._rows.delete_many(theirs, session=session)
        return removed.deleted_count


def _walk(selection: Selection) -> tuple[Document, str]:
    """The query, and the index along which it walks."""
    query: Document = {"user_id": selection.user_id}
    for member in ("type", "category", "read"):
        if (wanted := getattr(selection, member)) is not None:
            query[member] = wanted
    is_by_read_only = query.keys() == {"user_id", "read"}
    return query, "list_by_read" if is_by_read_only else "list"
