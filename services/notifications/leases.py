"""Rows that processes take in hand: each is in one hand at a time, whoever dies. All times are the
server's."""

from collections.abc import Collection as Ids

from shared.mongo import Collection, Document

_LEASE_MS = 10_000


class Leases:
    """`due_at` of a row says when anybody may take it: the end of the `lease` of the process that
    has it, or when it is to be seen to next; without it, nobody does."""

    def __init__(self, rows: Collection, lease: str) -> None:
        """`lease`: this process's."""
        self._rows = rows
        self._lease = lease

    @property
    def held(self) -> Document:
        """What a row of ours says, in an update that is a pipeline."""
        return {"lease": {"$literal": self._lease}, "due_at": {"$add": ["$$NOW", _LEASE_MS]}}

    def ours(self, row_id: str) -> Document:
        """Finds it if it is."""
        return {"_id": row_id, "lease": self._lease}

    async def claim(
        self,
        limit: int,
        *,
        of: Document | None = None,
        except_for: Ids[str] = (),
        changed: Document | None = None,
    ) -> list[Document]:
        """Take up to `limit` due rows `of` these, the longest due first. `changed`: what besides
        becomes of them, in the terms of a pipeline."""
        due: Document = {
            **(of or {}),
            "due_at": {"$exists": True},
            "$expr": {"$lt": ["$due_at", "$$NOW"]},
            "_id": {"$nin": list(except_for)},
        }
        found = self._rows.find(due, {"_id": 1}).sort("due_at", 1).limit(limit)
        ids = [row["_id"] async for row in found]
        if not ids:
            return []
        taken = {**(changed or {}), **self.held}
        await self._rows.update_many({**due, "_id": {"$in": ids}}, [{"$set": taken}])
        return await self._rows.find({"_id": {"$in": ids}, "lease": self._lease}).to_list(limit)

    async def renew(self, ids: Ids[str]) -> None:
        """Keep those of `ids` that are still ours."""
        ours = {"_id": {"$in": list(ids)}, "lease": self._lease}
        await self._rows.update_many(ours, [{"$set": self.held}])
