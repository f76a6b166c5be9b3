"""Who among the people is to go, and who must not."""

from datetime import datetime

from shared.clock import timestamp
from shared.mongo import Collection, IndexModel, Session

_STATUS = "profile.accountDeletionStatus"
_DUE = "profile.accountDeletionScheduledFor"


class Leavers:
    """Reads what `People` keeps."""

    INDEXES = (
        IndexModel([(_DUE, 1)], partialFilterExpression={_STATUS: "pending"}, name="leaving"),
        IndexModel(
            [("account.role", 1)],
            partialFilterExpression={"account.role": "superadmin"},
            name="superadmins",
        ),
    )

    def __init__(self, people: Collection, locks: Collection) -> None:
        self._people = people
        self._locks = locks

    async def due(self, now: datetime, limit: int) -> list[str]:
        """The ids of those whose account is to be deleted by now, the longest overdue first."""
        query = {_STATUS: "pending", _DUE: {"$lte": timestamp(now)}}
        found = self._people.find(query, {"_id": 1}).sort(_DUE, 1).limit(limit)
        return [document["_id"] async for document in found]

    async def superadmin_stays_besides(self, user_id: str, session: Session) -> bool:
        """Whether another superadmin is there who is not leaving. Transactions that ask this run
        one after the other."""
        await self._locks.update_one(
            {"_id": "superadmins"}, {"$inc": {"n": 1}}, upsert=True, session=session
        )
        another = {
            "account.role": "superadmin",
            _STATUS: {"$ne": "pending"},
            "_id": {"$ne": user_id},
        }
        return await self._people.find_one(another, {"_id": 1}, session=session) is not None
