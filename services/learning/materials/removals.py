"""Takes deleted materials from whom they were assigned to: of some that takes longer than a request
may."""

import asyncio
from collections.abc import Sequence

from services.learning.materials.domain import Assignment, Material
from services.learning.materials.repository import Assignments, Materials
from services.learning.materials.tallies import Tallies, counted, people
from services.learning.people import Learner
from shared.acquaintances import People
from shared.clock import Clock, timestamp
from shared.contracts.learning import MaterialUnassigned
from shared.documents import from_document
from shared.figures import day_of
from shared.messaging import Outbox, Transaction
from shared.mongo import Document, Session
from shared.sweeping import sweeping

_EVERY = 2.0  # seconds: what a process left that is no more
BATCH = 500  # assignments in one transaction


class Removals:
    """One in each replica; they take turns."""

    def __init__(
        self,
        materials: Materials,
        assignments: Assignments,
        tallies: Tallies,
        people: People[Learner],
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._materials = materials
        self._assignments = assignments
        self._tallies = tallies
        self._people = people
        self._outbox = outbox
        self._clock = clock
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """A material was deleted."""
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        what = "materials that were deleted"
        await sweeping(self.take_back, every=_EVERY, what=what, wake=self._wake)

    async def take_back(self) -> None:
        """From everybody, all materials that were put away."""
        for material_id in await self._materials.put_away_ids():
            while await self._take_away(material_id):
                pass

    async def forget(self, documents: Sequence[Document], session: Session) -> None:
        """These assignments, of somebody who is being erased, are removed in this transaction."""
        gone = [from_document(Assignment, document) for document in documents]
        await self._people.take_those([gone[0].user_id], session)
        await self._discount(gone[0].user_id, gone, session)

    async def _take_away(self, material_id: str) -> bool:
        """Whether there may be more to do."""

        async def work(transaction: Transaction) -> bool:
            session = transaction.session
            material = await self._materials.take(material_id, session, removed=True)
            if material is None:
                return False
            some = await self._assignments.some_of(material_id, BATCH, session)
            if not some:
                await self._materials.forget(material_id, session)
                return False
            there = await self._people.take_those([each.user_id for each in some], session)
            await self._assignments.remove(some, session)
            await self._discount(material_id, some, session)
            self._say(material, [each for each in some if each.user_id in there], transaction)
            return True

        return await self._outbox.commit(work)

    def _say(self, material: Material, some: list[Assignment], transaction: Transaction) -> None:
        for each in some:
            transaction.record(
                MaterialUnassigned(
                    user_id=each.user_id,
                    material_id=material.id,
                    title=material.title,
                    unassigned_at=timestamp(self._clock()),
                )
            )

    async def _discount(self, about: str, gone: list[Assignment], session: Session) -> None:
        """`gone`: removed in this transaction, which has written the documents of their people."""
        users = {each.user_id for each in gone}
        left = await self._assignments.with_any(list(users), session)
        sums = people(len(users - left))
        for each in gone:
            sums.update(counted(day_of(each.assigned_at)))
        await self._tallies.remove(about, sums, session)
