"""Where notifications lie."""

from services.notifications.inbox.domain import Notification
from shared.documents import to_document
from shared.mongo import Collection, IndexModel, Session


class Notifications:
    """What people read in the app. One entry an event, whose id makes the entry's."""

    INDEXES = (IndexModel([("user_id", 1), ("created_at", -1), ("_id", -1)], name="newest"),)

    def __init__(self, collection: Collection) -> None:
        self._rows = collection

    async def add(self, entry: Notification, session: Session) -> None:
        """In a transaction that has taken the person's document in hand."""
        await self._rows.insert_one(to_document(entry), session=session)
