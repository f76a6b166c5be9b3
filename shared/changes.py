"""How often a collection was changed: what says whether a list that somebody keeps still holds."""

from shared.mongo import Collection, Session


class Changes:
    """One document for each `name`. Its writers follow one another: for what changes seldom."""

    def __init__(self, collection: Collection, name: str) -> None:
        self._counts = collection
        self._name = name

    async def count(self, session: Session) -> None:
        """In the transaction of each change."""
        await self._counts.update_one(
            {"_id": self._name}, {"$inc": {"number": 1}}, upsert=True, session=session
        )

    async def number(self) -> int:
        """Read before what it is to vouch for: a change in between then only costs a repetition."""
        found = await self._counts.find_one({"_id": self._name})
        return int(found["number"]) if found else 0
