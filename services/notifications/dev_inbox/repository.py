"""Where the dev inbox lies."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications.senders.domain import Message
from shared.clock import Clock
from shared.documents import from_document, to_document
from shared.mongo import Collection, IndexModel


class DevInbox:
    """What development shows instead of sending it. Codes lie readable here."""

    INDEXES = (
        IndexModel([("created_at", -1)], name="expiry", expireAfterSeconds=24 * 3600),
        IndexModel([("to", 1), ("created_at", -1)], name="recipient"),
    )
    SHOWN = 100

    def __init__(self, collection: Collection, clock: Clock) -> None:
        self._rows = collection
        self._clock = clock

    async def put(self, message: Message) -> None:
        row = to_document(message) | {"created_at": self._clock()}
        await self._rows.replace_one({"_id": row["_id"]}, row, upsert=True)

    async def newest(self, to: str | None) -> Sequence[tuple[Message, datetime]]:
        """Newest first. `to` finds a phone number without its plus sign too."""
        wanted = {"to": {"$in": [to, f"+{to}"]}} if to else {}
        rows = self._rows.find(wanted).sort([("created_at", -1), ("_id", -1)]).limit(self.SHOWN)
        return [(from_document(Message, row), row["created_at"]) async for row in rows]
