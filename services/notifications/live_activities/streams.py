"""Where the current states of streams lie, and what has changed. All due times are the server's."""

from collections.abc import Collection as Ids
from datetime import timedelta

from services.notifications.leases import Leases
from services.notifications.live_activities.domain import KEPT, State
from shared.documents import from_document, to_document
from shared.mongo import Collection, Document, IndexModel, Session


class Streams:
    """One row a stream, with its newest state. Written in transactions only."""

    INDEXES = (IndexModel([("remove_at", 1)], name="expiry", expireAfterSeconds=0),)

    def __init__(self, collection: Collection) -> None:
        self._rows = collection

    async def put(
        self, stream_id: str, state: State, session: Session, kept: timedelta = KEPT
    ) -> None:
        """The state that comes after all others, for as long as it is `kept`. Its `number` is made
        here: by the server's clock, so that it grows even after a stream was forgotten."""
        row: Document = {name: {"$literal": each} for name, each in to_document(state).items()}
        number = {"$max": [{"$add": [{"$ifNull": ["$number", 0]}, 1]}, {"$toLong": "$$NOW"}]}
        life = int(kept.total_seconds() * 1000)
        row |= {"number": number, "remove_at": {"$add": ["$$NOW", life]}}
        await self._rows.update_one(
            {"_id": stream_id}, [{"$set": row}], upsert=True, session=session
        )

    async def current(self, stream_id: str) -> State | None:
        document = await self._rows.find_one({"_id": stream_id})
        return from_document(State, document) if document else None


class Changes:
    """One row for each change whose sessions do not all know of it yet, leased (`leases.py`)."""

    INDEXES = (IndexModel([("due_at", 1)], name="due"),)

    def __init__(self, collection: Collection, lease: str) -> None:
        self._rows = collection
        self._leases = Leases(collection, lease)

    async def add(self, change_id: str, stream_id: str, session: Session) -> None:
        # An upsert rather than an insert, because only a pipeline can read the server's clock.
        row = {"stream_id": {"$literal": stream_id}, "due_at": "$$NOW"}
        await self._rows.update_one(
            {"_id": change_id}, [{"$set": row}], upsert=True, session=session
        )

    async def claim(self, limit: int) -> dict[str, str]:
        """The streams of up to `limit` changes, by the changes' ids; those are ours for a while."""
        return {row["_id"]: row["stream_id"] for row in await self._leases.claim(limit)}

    async def renew(self, ids: Ids[str]) -> None:
        await self._leases.renew(ids)

    async def remove(self, ids: Ids[str]) -> None:
        """All of their sessions know."""
        await self._rows.delete_many({"_id": {"$in": list(ids)}})
