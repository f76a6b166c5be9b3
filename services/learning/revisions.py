"""Whether anything in a collection has changed: what a cached list is valid by."""

import os

from shared.mongo import Collection, Session


class Revision:
    """A mark that is another one after each change of what is called `name`. It is random: a
    database put back to what it was comes to no mark a second time."""

    def __init__(self, collection: Collection, name: str) -> None:
        self._marks = collection
        self._name = name

    async def renew(self, session: Session) -> None:
        """In the transaction of the change. Those that do so follow one another."""
        await self._marks.update_one(
            {"_id": self._name},
            {"$set": {"mark": os.urandom(12).hex()}},
            upsert=True,
            session=session,
        )

    async def current(self) -> str:
        """To be read before what it stands for: then a list is as new as its mark, or newer."""
        found = await self._marks.find_one({"_id": self._name})
        return str(found["mark"]) if found else ""
