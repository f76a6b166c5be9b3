"""Where the starts of courses lie. All due times are the server's."""

from datetime import datetime, timedelta

import msgspec

from shared.documents import from_document, to_document
from shared.mongo import Collection, Document, IndexModel, Session

_KEPT = timedelta(days=40)  # longer than events: an older one must find the newer


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a course that can, or could, be seen. `as_of`: since when it is so; of a
    course, each change has a later one."""

    id: str
    title: str
    starts_at: datetime | None
    is_published: bool
    as_of: datetime


class Starts:
    """One row a course; `due_at`: when its start is to be shown. Written in transactions only."""

    INDEXES = (
        IndexModel(
            [("due_at", 1)], name="due", partialFilterExpression={"due_at": {"$exists": True}}
        ),
        IndexModel([("remove_at", 1)], name="expiry", expireAfterSeconds=0),
    )

    def __init__(self, collection: Collection) -> None:
        self._rows = collection

    async def learn(self, course: Course, now: datetime, session: Session) -> bool:
        """Whether it is news: False where something newer is known."""
        before = await self._rows.find_one({"_id": course.id}, session=session)
        if before and before["as_of"] >= course.as_of:
            return False
        row = to_document(course) | {"remove_at": max(now, course.starts_at or now) + _KEPT}
        # Also one that has passed by now: who hears of it late must not wait for ever.
        if course.starts_at is not None and course.starts_at > course.as_of:
            row["due_at"] = course.starts_at
        await self._rows.replace_one({"_id": course.id}, row, upsert=True, session=session)
        return True

    async def due(self, limit: int) -> list[str]:
        """Ids of up to `limit` courses that start."""
        due: Document = {"due_at": {"$exists": True}, "$expr": {"$lte": ["$due_at", "$$NOW"]}}
        found = self._rows.find(due, {"_id": 1}).sort("due_at", 1).limit(limit)
        return [row["_id"] async for row in found]

    async def take(self, course_id: str, session: Session) -> Course | None:
        """Once, for whoever is first; None for all others."""
        due: Document = {
            "_id": course_id,
            "due_at": {"$exists": True},
            "$expr": {"$lte": ["$due_at", "$$NOW"]},
        }
        row = await self._rows.find_one(due, session=session)
        if row is None:
            return None
        await self._rows.update_one({"_id": course_id}, {"$unset": {"due_at": 1}}, session=session)
        return from_document(Course, row)
