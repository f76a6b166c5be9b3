"""How courses, placement tests and materials stand, from their counters."""

import asyncio
from collections import Counter
from datetime import datetime

from services.learning.assessments.domain import Result
from services.learning.assessments.repository import Results
from services.learning.assessments.tallies import Tallies
from services.learning.dashboard.labels import language_name
from services.learning.levels import LEVELS
from services.learning.materials.tallies import Tallies as MaterialTallies
from services.learning.people import Learner
from shared.acquaintances import People
from shared.clock import Clock, timestamp
from shared.contracts.dashboard import (
    RECENT,
    AssessmentsOverview,
    CoursesOverview,
    LanguageFigures,
    LearningPart,
    LevelShare,
    MaterialsOverview,
    RecentResult,
)
from shared.counters import Counters
from shared.figures import by_month, growth, hundredths, percentage, quotient, two_spans


class Dashboard:
    def __init__(
        self,
        courses: Counters,
        tallies: Tallies,
        materials: MaterialTallies,
        results: Results,
        people: People[Learner],
        clock: Clock,
    ) -> None:
        self._courses = courses
        self._tallies = tallies
        self._materials = materials
        self._results = results
        self._people = people
        self._clock = clock

    async def part(self) -> LearningPart:
        now = self._clock()
        courses, tests, materials, recent = await asyncio.gather(
            self._courses.all(),
            self._tallies.all(now),
            self._materials.all(now),
            self._recent(),
        )
        return LearningPart(
            courses=CoursesOverview(total=max(0, courses["courses.total"])),
            tests=_of_tests(tests, now),
            materials=_of_materials(materials, now),
            submission_months=by_month(tests),
            assignment_months=by_month(materials),
            levels=_levels(tests),
            languages=_languages(tests),
            test_results=recent,
        )

    async def _recent(self) -> list[RecentResult]:
        found = await self._results.all(skip=0, limit=RECENT)
        people = await self._people.those(list({each.user_id for each in found}))
        return [_shown(each, people.get(each.user_id)) for each in found]


def _of_tests(counts: Counter[str], now: datetime) -> AssessmentsOverview:
    submissions = counts["totals.submissions"]
    last, before = two_spans(counts, now)
    return AssessmentsOverview(
        total_tests=counts["totals.tests"],
        total_submissions=submissions,
        average_score=hundredths(counts["totals.score"], submissions),
        submissions_last_30_days=last,
        monthly_growth_rate=growth(last, before),
    )


def _of_materials(counts: Counter[str], now: datetime) -> MaterialsOverview:
    assignments, people = counts["totals.assignments"], counts["totals.assigned_users"]
    return MaterialsOverview(
        total=counts["totals.materials"],
        assignments=assignments,
        assigned_users=people,
        avg_assignments_per_user=quotient(assignments, people),
        assignments_last_30_days=two_spans(counts, now)[0],
    )


def _levels(counts: Counter[str]) -> list[LevelShare]:
    return [
        LevelShare(
            key=level,
            label=level,
            count=number,
            percentage=percentage(number, counts["totals.submissions"]),
            average_score=hundredths(counts[f"level_scores.{level}"], number),
        )
        for level in LEVELS
        if (number := counts[f"levels.{level}"])
    ]


def _languages(counts: Counter[str]) -> list[LanguageFigures]:
    numbers = {
        name.removeprefix("languages."): number
        for name, number in counts.items()
        if name.startswith("languages.")
    }
    return [
        LanguageFigures(
            key=tag,
            label=language_name(tag),
            submissions=numbers[tag],
            average_score=hundredths(counts[f"language_scores.{tag}"], numbers[tag]),
        )
        for tag in sorted(numbers, key=lambda tag: (-numbers[tag], tag))
    ]


def _shown(result: Result, person: Learner | None) -> RecentResult:
    return RecentResult(
        id=result.id,
        user_name=person.full_name if person else None,
        user_email=person.email if person else None,
        level=result.level,
        total_score=result.total_score / 100,
        target_language=result.test.target_language,
        test_title=result.test.title,
        completed_at=timestamp(result.completed_at),
    )
