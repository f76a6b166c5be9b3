"""Where deliveries and dead addresses lie. All due times are the server's."""

from collections.abc import Collection as Ids
from datetime import timedelta

from services.notifications.deliveries.domain import Delivery, Lane, State, kinds_in
from services.notifications.leases import Leases
from services.notifications.senders.domain import Channel
from services.notifications.texts import Template
from shared.clock import Clock
from shared.documents import from_document, to_document
from shared.mongo import Collection, Document, IndexModel, Session
from shared.pseudonyms import Pseudonyms

_KEPT_MS = 30 * 24 * 3600 * 1000
_OPEN: tuple[State, ...] = ("queued", "sending", "retrying")
# Also while an attempt is under way: it finds its lease gone before it hands over the message.
_NOT_OUT: tuple[State, ...] = ("queued", "retrying")
# What a row has no more once nothing can come of it: whom it went to, and what it said.
_DROPPED = ("recipient", "sealed", "context", "params", "data")


class Deliveries:
    """One row a delivery, leased while it is open (`leases.py`)."""

    INDEXES = (
        IndexModel(
            [("template", 1), ("channel", 1), ("due_at", 1)],
            name="due_by_kind",
            partialFilterExpression={"due_at": {"$exists": True}},
        ),
        IndexModel([("remove_at", 1)], name="expiry", expireAfterSeconds=0),
        # Codes have no user: they are not in it.
        IndexModel([("user_id", 1)], name="user", partialFilterExpression={"user_id": {"$gt": ""}}),
    )

    def __init__(self, collection: Collection, lease: str) -> None:
        self._rows = collection
        self._leases = Leases(collection, lease)

    async def add(self, delivery: Delivery, session: Session) -> None:
        """Store a new delivery: this process's own where its first attempt is about to begin."""
        row: Document = {name: {"$literal": value} for name, value in to_document(delivery).items()}
        row |= {"created_at": "$$NOW"}
        if delivery.state not in _OPEN:
            row = {name: value for name, value in row.items() if name not in _DROPPED} | _ended()
        else:
            row |= self._leases.held if delivery.attempts else {"due_at": "$$NOW"}
        key = row.pop("_id")["$literal"]
        # An upsert rather than an insert, because only a pipeline can read the server's clock.
        await self._rows.update_one({"_id": key}, [{"$set": row}], upsert=True, session=session)

    async def claim(
        self, limit: int, except_for: Ids[str], lane: Lane = "urgent"
    ) -> list[Delivery]:
        """Take up to `limit` due deliveries of this lane, the longest due first."""
        templates, channels = kinds_in(lane)
        claimed = await self._leases.claim(
            limit,
            of={"template": {"$in": templates}, "channel": {"$in": channels}},
            except_for=except_for,
            changed={"attempts": {"$add": ["$attempts", 1]}},
        )
        return [from_document(Delivery, row) for row in claimed]

    async def renew(self, ids: Ids[str]) -> None:
        """Keep those of `ids` that are still this process's."""
        await self._leases.renew(ids)

    async def going(self, delivery_id: str) -> bool:
        """Durably note that the message may be out from now on; False if it is no longer ours."""
        marked = await self._rows.update_one(
            self._leases.ours(delivery_id),
            [{"$set": {"state": "sending", **self._leases.held}}],
        )
        return bool(marked.matched_count)

    async def try_again(self, delivery_id: str, pause: float, error: str) -> None:
        """Leave it for a later attempt, by whoever is first; `pause` in seconds."""
        later = {"$add": ["$$NOW", int(pause * 1000)]}
        await self._rows.update_one(
            self._leases.ours(delivery_id),
            [{"$set": {"state": "retrying", "due_at": later, "error": error}}, {"$unset": "lease"}],
        )

    async def end(
        self, delivery_id: str, state: State, error: str | None, session: Session | None = None
    ) -> bool:
        """Whoever holds the lease now: what is sent is sent. False if it had ended before, or its
        row was erased."""
        ended = await self._rows.update_one(
            {"_id": delivery_id, "state": {"$in": _OPEN}}, _ending(state, error), session=session
        )
        return bool(ended.matched_count)

    async def supersede(self, user_id: str, template: Template, session: Session) -> list[Delivery]:
        """Messages of this kind that nobody has taken so far have become untrue. Returns them."""
        stale = {"user_id": user_id, "template": template, "state": {"$in": _NOT_OUT}}
        found = [
            from_document(Delivery, row) async for row in self._rows.find(stale, session=session)
        ]
        if found:
            these = {"_id": {"$in": [each.id for each in found]}}
            await self._rows.update_many(these, _ending("failed", "superseded"), session=session)
        return found


def _ended() -> Document:
    return {"remove_at": {"$add": ["$$NOW", _KEPT_MS]}}


def _ending(state: State, error: str | None) -> list[Document]:
    final = {"state": state, "error": error, **_ended()}
    if state == "sent":
        final["sent_at"] = "$$NOW"
    return [{"$set": final}, {"$unset": ["lease", "due_at", *_DROPPED]}]


class Suppressions:
    """Addresses that a mail server called dead; each is left alone for a while. They are known by
    keyed hashes."""

    INDEXES = (IndexModel([("remove_at", 1)], name="expiry", expireAfterSeconds=0),)

    def __init__(
        self, collection: Collection, kept: timedelta, pseudonyms: Pseudonyms, clock: Clock
    ) -> None:
        self._rows = collection
        self._kept = kept
        self._pseudonyms = pseudonyms
        self._clock = clock

    def key(self, channel: Channel, recipient: str) -> str:
        return self._pseudonyms.of(f"{channel}:{recipient}")

    async def add(self, channel: Channel, recipient: str, reason: str, session: Session) -> None:
        row = {"reason": reason, "remove_at": self._clock() + self._kept}
        key = {"_id": self.key(channel, recipient)}
        await self._rows.update_one(key, {"$set": row}, upsert=True, session=session)

    async def has(self, channel: Channel, recipient: str, session: Session) -> bool:
        key = {"_id": self.key(channel, recipient), "remove_at": {"$gt": self._clock()}}
        return await self._rows.find_one(key, session=session) is not None
