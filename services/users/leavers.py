"""Who among the people is to go."""

from datetime import datetime

from shared.clock import timestamp
from shared.mongo import Collection, IndexModel

_STATUS = "profile.accountDeletionStatus"
_DUE = "profile.accountDeletionScheduledFor"


class Leavers:
    """Reads what `People` keeps."""

    INDEXES = (
        IndexModel([(_DUE, 1)], partialFilterExpression={_STATUS: "pending"}, name="leaving"),
    )

    def __init__(self, people: Collection) -> None:
        self._people = people

    async def due(self, now: datetime, limit: int) -> list[str]:
        """The ids of those whose account is to be deleted by now, the longest overdue first."""
        query = {_STATUS: "pending", _DUE: {"$lte": timestamp(now)}}
        found = self._people.find(query, {"_id": 1}).sort(_DUE, 1).limit(limit)
        return [document["_id"] async for document in found]
