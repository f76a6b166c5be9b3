"""Who is gone for good, without saying who: a late event must not bring a person back."""

from collections.abc import Mapping

from shared.mongo import Collection, Session
from shared.pseudonyms import Pseudonyms


class Tombstones:
    """One document for each erased person: their pseudonym, the time, and how many documents of
    which kind were removed here. It stays for ever."""

    def __init__(self, collection: Collection, pseudonyms: Pseudonyms) -> None:
        self._stones = collection
        self._pseudonyms = pseudonyms

    async def has(self, user_id: str, session: Session | None = None) -> bool:
        """Whoever is about to write a document on a person that may not be there yet asks this
        first, in the same transaction."""
        stone = {"_id": self._pseudonyms.of(user_id)}
        return await self._stones.find_one(stone, {"_id": 1}, session=session) is not None

    async def hold_off(self, user_id: str, session: Session) -> bool:
        """Whether the person is still there; if so, none is put until this transaction has ended.
        For who writes something that their erasure finds, beside no document that it removes."""
        if await self.has(user_id, session):
            return False
        stone = {"_id": self._pseudonyms.of(user_id)}
        await self._stones.insert_one(dict(stone), session=session)
        await self._stones.delete_one(stone, session=session)
        return True

    async def put(
        self, user_id: str, session: Session, counts: Mapping[str, int] | None = None
    ) -> None:
        """Also adds to the counts of one that is there."""
        added = {f"counts.{name}": n for name, n in (counts or {}).items()}
        await self._stones.update_one(
            {"_id": self._pseudonyms.of(user_id)},
            {"$currentDate": {"at": True}} | ({"$inc": added} if added else {}),
            upsert=True,
            session=session,
        )

    async def counts(self, user_id: str) -> dict[str, int]:
        """As they are now: not as a transaction sees them that began before the removing did."""
        stone = await self._stones.find_one({"_id": self._pseudonyms.of(user_id)})
        counts: dict[str, int] = (stone or {}).get("counts", {})
        return counts
