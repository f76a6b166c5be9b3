"""The tests that there are: shown to all, made and changed by admins."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import msgspec

from services.learning.assessments.domain import Assessment, copy_of
from services.learning.assessments.refusals import NoSuchAssessment
from services.learning.assessments.repository import AssessmentQuery, Assessments
from services.learning.assessments.tallies import Tallies
from services.learning.revisions import Revision
from shared.audit import AuditLog
from shared.clock import Clock
from shared.http.pagination import Page, PageRequest, page_of
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal

_LONGEST_TITLE = 200
_COPIED = "{} (copy)"
ONE = Counter({"totals.tests": 1})


class AssessmentService:
    def __init__(
        self,
        assessments: Assessments,
        tallies: Tallies,
        revision: Revision,
        audit: AuditLog,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._assessments = assessments
        self._tallies = tallies
        self._revision = revision
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def revision(self) -> str:
        """Another one after each change of any test."""
        return await self._revision.current()

    async def page(self, query: AssessmentQuery, page: PageRequest) -> Page[Assessment]:
        total = await self._assessments.count(query)
        found = await self._assessments.page(query, skip=page.skip, limit=page.limit)
        return page_of(found, total, page)

    async def target_languages(self, *, published_only: bool) -> list[str]:
        return await self._assessments.target_languages(published_only=published_only)

    async def find(self, assessment_id: str, *, published_only: bool) -> Assessment:
        """Raises NoSuchAssessment."""
        found = await self._assessments.find(assessment_id)
        if found is None or (published_only and not found.is_published):
            raise NoSuchAssessment
        return found

    async def create(
        self, principal: Principal, made: Callable[[datetime], Assessment]
    ) -> Assessment:
        """Raises what `made` raises, which is handed the time."""
        assessment = made(self._clock())

        async def work(transaction: Transaction) -> None:
            await self._add(principal, assessment, "test.created", transaction)

        await self._outbox.commit(work)
        return assessment

    async def duplicate(self, principal: Principal, assessment_id: str) -> Assessment:
        """Raises NoSuchAssessment."""

        async def work(transaction: Transaction) -> Assessment:
            known = await self._known(assessment_id, transaction)
            title = _COPIED.format(known.title)[:_LONGEST_TITLE]
            copied = copy_of(known, new_id, title, self._clock())
            await self._add(principal, copied, "test.duplicated", transaction)
            return copied

        return await self._outbox.commit(work)

    async def change(
        self,
        principal: Principal,
        assessment_id: str,
        changed: Callable[[Assessment], Assessment],
        members: list[str],
    ) -> Assessment:
        """A new version of it; results keep what they were given for. `members`: the names of what
        changes. Raises NoSuchAssessment, and what `changed` raises."""

        async def work(transaction: Transaction) -> Assessment:
            known = await self._known(assessment_id, transaction)
            if not members:
                return known
            after = msgspec.structs.replace(
                changed(known), version=known.version + 1, updated_at=self._clock()
            )
            await self._assessments.save(after, transaction.session)
            await self._note(principal, assessment_id, "test.changed", transaction, members)
            return after

        return await self._outbox.commit(work)

    async def delete(self, principal: Principal, assessment_id: str) -> None:
        """What people got in it stays theirs. Raises NoSuchAssessment."""

        async def work(transaction: Transaction) -> None:
            await self._known(assessment_id, transaction)
            await self._assessments.remove(assessment_id, transaction.session)
            await self._tallies.remove(assessment_id, ONE, transaction.session)
            await self._note(principal, assessment_id, "test.deleted", transaction)

        await self._outbox.commit(work)

    async def _known(self, assessment_id: str, transaction: Transaction) -> Assessment:
        known = await self._assessments.find(assessment_id, transaction.session)
        if known is None:
            raise NoSuchAssessment
        return known

    async def _add(
        self, principal: Principal, assessment: Assessment, action: str, transaction: Transaction
    ) -> None:
        await self._assessments.save(assessment, transaction.session)
        await self._tallies.add(assessment.id, ONE, transaction.session)
        await self._note(principal, assessment.id, action, transaction)

    async def _note(
        self,
        principal: Principal,
        assessment_id: str,
        action: str,
        transaction: Transaction,
        members: list[str] | None = None,
    ) -> None:
        await self._revision.renew(transaction.session)
        await self._audit.append(
            transaction.session,
            actor=principal.user_id,
            action=action,
            target=assessment_id,
            members=members or (),
        )
