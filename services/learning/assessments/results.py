"""Taking a test, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.learning.assessments.domain import Assessment, Choice, Result, scored
from services.learning.assessments.refusals import NoAttemptsLeft, NoSuchAssessment, NoSuchResult
from services.learning.assessments.repository import Assessments, Results
from services.learning.assessments.tallies import Tallies, tally_of
from services.learning.people import Learner
from shared.acquaintances import Acquaintances, People
from shared.audit import AuditLog
from shared.clock import Clock, timestamp
from shared.contracts.learning import TestSubmitted
from shared.errors import AuthenticationRequired
from shared.http.pagination import Page, PageRequest, page_of
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal


@dataclass(frozen=True)
class Marked:
    """A result, and whose it is; `person` is None where nothing was heard of them yet."""

    result: Result
    person: Learner | None


@dataclass(frozen=True)
class Standing:
    """`left`: None is any number."""

    used: int
    left: int | None
    last: Result | None


class ResultService:
    def __init__(
        self,
        assessments: Assessments,
        results: Results,
        tallies: Tallies,
        people: People[Learner],
        acquaintances: Acquaintances[Learner],
        audit: AuditLog,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._assessments = assessments
        self._results = results
        self._tallies = tallies
        self._people = people
        self._acquaintances = acquaintances
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def submit(
        self, principal: Principal, assessment_id: str, choices: Sequence[Choice]
    ) -> Marked:
        """Raises NoSuchAssessment (also where it is not published), NoAttemptsLeft, InvalidFields;
        AuthenticationRequired of who is gone for good."""

        async def work(transaction: Transaction) -> Marked:
            # Their document is written by it: two submissions of one person follow one another.
            person = await self._acquaintances.meet(principal.user_id, transaction)
            if person is None:
                raise AuthenticationRequired
            assessment = await self._published(assessment_id, transaction)
            used, last = await self._results.attempts(person.id, assessment.id, transaction.session)
            if assessment.attempts_left(used) == 0:
                raise NoAttemptsLeft
            result = scored(
                assessment,
                choices,
                result_id=new_id(),
                user_id=person.id,
                attempt=last.attempt + 1 if last else 1,
                now=self._clock(),
            )
            await self._results.add(result, transaction.session)
            await self._tallies.add(result.id, tally_of(result), transaction.session)
            transaction.record(_submitted(result))
            return Marked(result, person)

        return await self._outbox.commit(work)

    async def standing(self, principal: Principal, assessment_id: str) -> Standing:
        """Raises NoSuchAssessment: unless they took it, also where it is not published."""
        used, last = await self._results.attempts(principal.user_id, assessment_id)
        assessment = await self._assessments.find(assessment_id)
        if assessment is None or not (assessment.is_published or used):
            raise NoSuchAssessment
        left = assessment.attempts_left(used)
        return Standing(used, left if assessment.is_published else 0, last)

    async def own(self, principal: Principal, result_id: str) -> Marked:
        """Raises NoSuchResult, of others' too."""
        found = await self.find(result_id)
        if found.result.user_id != principal.user_id:
            raise NoSuchResult
        return found

    async def find(self, result_id: str) -> Marked:
        """Raises NoSuchResult."""
        result = await self._results.find(result_id)
        if result is None:
            raise NoSuchResult
        return (await self._with_people([result]))[0]

    async def of(self, user_id: str, page: PageRequest) -> Page[Marked]:
        found, total = await self._results.of(user_id, skip=page.skip, limit=page.limit)
        return page_of(await self._with_people(found), total, page)

    async def all(self, page: PageRequest) -> Page[Marked]:
        total = await self._tallies.results_there()
        walk = page.walk(total)
        if not walk.limit:
            return page_of([], total, page)
        found = await self._results.all(
            skip=walk.skip, limit=walk.limit, oldest_first=walk.from_the_end
        )
        return page_of(await self._with_people(walk.in_order(found)), total, page)

    async def delete(self, principal: Principal, result_id: str) -> None:
        """The attempt counts as not made. Raises NoSuchResult."""

        async def work(transaction: Transaction) -> None:
            result = await self._results.find(result_id, transaction.session)
            if result is None:
                raise NoSuchResult
            await self._results.remove(result_id, transaction.session)
            await self._tallies.remove(result_id, tally_of(result), transaction.session)
            await self._audit.append(
                transaction.session,
                actor=principal.user_id,
                action="test_result.deleted",
                target=result.user_id,
            )

        await self._outbox.commit(work)

    async def _published(self, assessment_id: str, transaction: Transaction) -> Assessment:
        found = await self._assessments.find(assessment_id, transaction.session)
        if found is None or not found.is_published:
            raise NoSuchAssessment
        return found

    async def _with_people(self, results: Sequence[Result]) -> list[Marked]:
        people = await self._people.those(list({each.user_id for each in results}))
        return [Marked(each, people.get(each.user_id)) for each in results]


def _submitted(result: Result) -> TestSubmitted:
    return TestSubmitted(
        user_id=result.user_id,
        result_id=result.id,
        test_id=result.test.id,
        test_title=result.test.title,
        target_language=result.test.target_language,
        level=result.level,
        total_score=result.total_score / 100,
        completed_at=timestamp(result.completed_at),
    )
