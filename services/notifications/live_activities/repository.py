"""Where live-activity sessions lie. All due times are the server's."""

from collections.abc import Collection as Ids
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.notifications.leases import Leases
from services.notifications.live_activities.domain import LiveSession, State
from shared.documents import from_document, to_document
from shared.mongo import Collection, Document, IndexModel, Session

_OVERDUE = 24 * 3600  # seconds after its end: nobody has looked after it


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which of a person's sessions; None: any."""

    stream_id: str | None = None
    device_id: str | None = None
    activity_id: str | None = None
    session_id: str | None = None

    def query(self) -> Document:
        return {name: each for name, each in msgspec.structs.asdict(self).items() if each}


class LiveSessions:
    """One row an activity, leased (`leases.py`); where there is nothing to be brought, `due_at` is
    the time of its end."""

    INDEXES = (
        IndexModel([("user_id", 1), ("created_at", -1)], name="of_person"),
        IndexModel([("stream_id", 1), ("wanted", 1)], name="of_stream"),
        IndexModel([("due_at", 1)], name="due"),
        IndexModel([("token", 1)], name="token"),
        IndexModel([("ends_at", 1)], name="expiry", expireAfterSeconds=_OVERDUE),
    )
    # What serves only the sending, or is a secret.
    HIDDEN = (
        "user_id",
        "session_id",
        "token",
        "lease",
        "due_at",
        "number",
        "wanted",
        "sending",
        "timestamp",
        "attempts",
    )

    def __init__(self, collection: Collection, lease: str) -> None:
        self._rows = collection
        self._leases = Leases(collection, lease)

    async def find(self, row_id: str, session: Session | None = None) -> LiveSession | None:
        document = await self._rows.find_one({"_id": row_id}, session=session)
        return from_document(LiveSession, document) if document else None

    async def of(self, user_id: str, session: Session | None = None) -> list[LiveSession]:
        """The newest first."""
        found = self._rows.find({"user_id": user_id}, session=session).sort("created_at", -1)
        return [from_document(LiveSession, document) async for document in found]

    async def save(self, live: LiveSession, session: Session) -> None:
        """In a transaction that has taken the person's document in hand. Due at once, but where
        somebody has it in hand: whoever that is sees what has changed. Whoever else had its token
        was on the same device before."""
        others = {"token": live.token, "_id": {"$ne": live.id}}
        await self._rows.delete_many(others, session=session)
        row = {name: {"$literal": each} for name, each in to_document(live).items()}
        key = row.pop("_id")["$literal"]
        row["due_at"] = _unless_in_hand("$$NOW")
        await self._rows.update_one({"_id": key}, [{"$set": row}], upsert=True, session=session)

    async def remove(self, row_ids: Sequence[str], session: Session) -> None:
        await self._rows.delete_many({"_id": {"$in": list(row_ids)}}, session=session)

    async def remove_of(self, user_id: str, selection: Selection, session: Session) -> int:
        theirs = {"user_id": user_id, **selection.query()}
        return (await self._rows.delete_many(theirs, session=session)).deleted_count

    async def end_of(
        self, user_id: str, selection: Selection, final: State, session: Session
    ) -> None:
        """They get `final`, whatever else was to come."""
        row = {"final": {"$literal": to_document(final)}, "due_at": _unless_in_hand("$$NOW")}
        theirs = {"user_id": user_id, **selection.query()}
        await self._rows.update_many(theirs, [{"$set": row}], session=session)

    async def want(self, stream_id: str, number: int, limit: int) -> bool:
        """Have up to `limit` sessions of the stream get the state of this number, or a later one.
        Whether there may be more of them."""
        behind = {"stream_id": stream_id, "wanted": {"$lt": number}}
        found = self._rows.find(behind, {"_id": 1}).limit(limit)
        ids = [row["_id"] async for row in found]
        if ids:
            # What waits for its next attempt goes on waiting: it will find the newest then.
            is_new = {"$and": [{"$lt": ["$number", number]}, {"$eq": ["$attempts", 0]}]}
            due_at = {"$cond": [is_new, _unless_in_hand("$$NOW"), "$due_at"]}
            row = {"wanted": number, "due_at": due_at}
            await self._rows.update_many({"_id": {"$in": ids}, **behind}, [{"$set": row}])
        return len(ids) == limit

    async def claim(self, limit: int, except_for: Ids[str]) -> list[LiveSession]:
        """Take up to `limit` due sessions, the longest due first."""
        claimed = await self._leases.claim(limit, except_for=except_for)
        return [from_document(LiveSession, row) for row in claimed]

    async def renew(self, row_ids: Ids[str]) -> None:
        await self._leases.renew(row_ids)

    async def going(self, live: LiveSession, state: State, timestamp: int) -> bool:
        """Durably note that `state` may be out from now on; False if the session is no longer ours,
        or not what it was."""
        row = {"sending": state.number, "timestamp": timestamp, **self._leases.held}
        same = {**self._same(live), "final": to_document(live)["final"]}
        marked = await self._rows.update_one(same, [{"$set": row}])
        return bool(marked.matched_count)

    async def given(self, live: LiveSession, state: State) -> None:
        """It has `state`. What has come to be meanwhile makes it due again."""
        is_same = {
            "$and": [
                {"$eq": ["$token", {"$literal": live.token}]},
                {"$eq": ["$stream_id", {"$literal": live.stream_id}]},
            ]
        }
        is_done = {
            "$and": [
                is_same,
                {"$lte": ["$wanted", state.number]},
                {"$eq": [{"$ifNull": ["$final", None]}, None]},
            ]
        }
        row = {
            "number": {"$cond": [is_same, {"$max": ["$number", state.number]}, "$number"]},
            "attempts": 0,
            "due_at": {"$cond": [is_done, "$ends_at", "$$NOW"]},
        }
        await self._rows.update_one(self._mine(live), [{"$set": row}, {"$unset": "lease"}])

    async def rest(self, live: LiveSession) -> None:
        """It has all there is, up to what it was known to want."""
        is_done = {"$lte": ["$wanted", {"$max": ["$number", live.wanted]}]}
        row = {"due_at": {"$cond": [is_done, "$ends_at", "$$NOW"]}}
        update: list[Document] = [{"$set": row}, {"$unset": "lease"}]
        if not (await self._rows.update_one(self._same(live), update)).matched_count:
            await self.release(live)

    async def try_again(self, live: LiveSession, pause: float) -> None:
        """`pause`: seconds."""
        later = {"$add": ["$$NOW", int(pause * 1000)]}
        row = {"due_at": later, "attempts": {"$add": ["$attempts", 1]}}
        await self._rows.update_one(self._mine(live), [{"$set": row}, {"$unset": "lease"}])

    async def release(self, live: LiveSession) -> None:
        """For whoever is first."""
        now = {"$set": {"due_at": "$$NOW"}}
        await self._rows.update_one(self._mine(live), [now, {"$unset": "lease"}])

    async def end(self, live: LiveSession, since: datetime | None = None) -> bool:
        """It is over: the activity was told, or its token leads nowhere (`since` when, if that is
        known). False: the app has said meanwhile that it lives."""
        dead = self._same(live)
        if since is not None:
            dead["token_at"] = {"$lte": since}
        return bool((await self._rows.delete_one(dead)).deleted_count)

    def _mine(self, live: LiveSession) -> Document:
        return self._leases.ours(live.id)

    def _same(self, live: LiveSession) -> Document:
        return {**self._mine(live), "token": live.token, "stream_id": live.stream_id}


def _unless_in_hand(due: Any) -> Document:
    return {"$cond": [{"$eq": [{"$type": "$lease"}, "missing"]}, due, "$due_at"]}
