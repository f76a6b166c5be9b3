"""Removes the objects that nobody keeps: of uploads that were cut, of files that were removed."""

from services.learning.storage.domain import StorageUnavailable
from services.learning.storage.objects import Objects
from services.learning.storage.repository import Files
from shared import logs
from shared.messaging import Outbox, Transaction
from shared.mongo import Document, ServerClock
from shared.sweeping import sweeping

log = logs.get("storage")

_EVERY = 2.0  # seconds


class Sweeper:
    """One in each replica; what one has claimed the others leave to it."""

    def __init__(self, files: Files, objects: Objects, outbox: Outbox, now: ServerClock) -> None:
        self._files = files
        self._objects = objects
        self._outbox = outbox
        self._now = now

    async def run(self) -> None:
        """For ever."""
        await sweeping(self.remove_due, every=_EVERY, what="objects that nobody keeps")

    async def remove_due(self) -> None:
        try:
            # Looked for first: a look costs no transaction.
            while await self._files.has_due(await self._now()):
                await self.remove_one()
        except StorageUnavailable as error:  # once its lease has ended, it is due again
            log.warning("not swept", error=type(error).__name__)

    async def remove_one(self, key: str | None = None) -> bool:
        """Whether there was one: that of `key`, due or not, or else one that is due."""
        now = await self._now()
        query: Document = {"_id": key} if key else {"due_at": {"$lte": now}}

        async def claim(transaction: Transaction) -> str | None:
            return await self._files.claim(query, now, transaction.session)

        claimed = await self._outbox.commit(claim, once=False)
        if claimed is None:
            return False
        await self._objects.remove(claimed)

        async def forget(transaction: Transaction) -> None:
            await self._files.forget(claimed, transaction.session)

        await self._outbox.commit(forget, once=False)
        return True
