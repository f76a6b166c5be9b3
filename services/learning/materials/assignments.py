"""Whose materials are: given to many people at once, seen by each."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.learning.materials.domain import Assignment, Material
from services.learning.materials.repository import Assignments, Materials
from services.learning.materials.tallies import Tallies, counted, people
from services.learning.people import Learner
from shared.acquaintances import People
from shared.audit import AuditLog
from shared.clock import Clock, timestamp
from shared.contracts.learning import MaterialAssigned
from shared.errors import NotFound
from shared.figures import day_of
from shared.http.pagination import Page, PageRequest, page_of
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal

_BATCH = 500  # people in one transaction
# Between two of them: whoever else wants to write the material, as its deletion does, tries again
# within twice that time. Without it they find it taken for seconds, and may give up.
_PAUSE = 0.05  # seconds


@dataclass(frozen=True)
class Outcome:
    """Of an assignment to many."""

    assigned: int
    already_assigned: int
    not_found: list[str]


@dataclass(frozen=True)
class Assigned:
    material: Material
    at: datetime


class AssignmentService:
    def __init__(
        self,
        materials: Materials,
        assignments: Assignments,
        tallies: Tallies,
        people: People[Learner],
        audit: AuditLog,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._materials = materials
        self._assignments = assignments
        self._tallies = tallies
        self._people = people
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def assign(
        self, principal: Principal, material_id: str, user_ids: Sequence[str]
    ) -> Outcome:
        """In batches, each of which is there for good with its events, or not at all: who was cut
        off asks again. Raises NotFound."""
        assigned, not_found, now = 0, list[str](), self._clock()
        wanted = list(dict.fromkeys(user_ids))
        for start in range(0, len(wanted), _BATCH):
            if start:
                await asyncio.sleep(_PAUSE)
            batch = wanted[start : start + _BATCH]
            done = await self._assign(principal, material_id, batch, now)
            assigned += done.assigned
            not_found += done.not_found
        return Outcome(assigned, len(wanted) - assigned - len(not_found), not_found)

    async def _assign(
        self, principal: Principal, material_id: str, user_ids: Sequence[str], now: datetime
    ) -> Outcome:
        async def work(transaction: Transaction) -> Outcome:
            session = transaction.session
            # Both are written by it: neither a deletion nor an erasure goes on meanwhile.
            material = await self._materials.take(material_id, session)
            if material is None:
                raise NotFound
            known = await self._people.take_those(user_ids, session)
            had = await self._assignments.with_material(material_id, user_ids, session)
            new = [each for each in user_ids if each in known and each not in had]
            if new:
                await self._give(material, new, now, transaction)
                await self._audit.append(
                    session,
                    actor=principal.user_id,
                    action="material.assigned",
                    target=material_id,
                )
            not_found = [each for each in user_ids if each not in known]
            return Outcome(len(new), len(known) - len(new), not_found)

        return await self._outbox.commit(work, once=False)  # who has it is left alone

    async def _give(
        self, material: Material, user_ids: Sequence[str], now: datetime, transaction: Transaction
    ) -> None:
        session = transaction.session
        had_some = await self._assignments.with_any(user_ids, session)
        rows = [
            Assignment(id=new_id(), material_id=material.id, user_id=each, assigned_at=now)
            for each in user_ids
        ]
        await self._assignments.add(rows, session)
        sums = counted(day_of(now), len(rows)) + people(len(rows) - len(had_some))
        await self._tallies.add(material.id, sums, session)
        for each in user_ids:
            transaction.record(
                MaterialAssigned(
                    user_id=each,
                    material_id=material.id,
                    title=material.title,
                    locale=material.locale,
                    assigned_at=timestamp(now),
                )
            )

    async def of(self, user_id: str, page: PageRequest) -> Page[Assigned]:
        """What somebody has, the latest first."""
        leaving = await self._materials.put_away_ids()
        found, total = await self._assignments.of(
            user_id, but=leaving, skip=page.skip, limit=page.limit
        )
        materials = await self._materials.those([each.material_id for each in found])
        shown = [
            Assigned(materials[each.material_id], each.assigned_at)
            for each in found
            if each.material_id in materials
        ]
        return page_of(shown, total, page)

    async def of_known(self, user_id: str, page: PageRequest) -> Page[Assigned]:
        """As `of`. Raises NotFound where learning knows nobody of this id."""
        if await self._people.find(user_id) is None:
            raise NotFound
        return await self.of(user_id, page)
