"""`python -m services.learning.recount`: counts anew what learning keeps counters of, and says
which were not what they should be.

It may run beside everything else.
"""

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from services.learning.assessments.repository import Assessments, Results
from services.learning.assessments.tallies import KINDS
from services.learning.courses.repository import COUNTED, Courses
from services.learning.materials.repository import Assignments, Materials
from services.learning.materials.tallies import KINDS as OF_MATERIALS
from services.learning.revisions import Revision
from services.learning.settings import LearningSettings
from shared import command
from shared.counters import Counters, Counting
from shared.mongo import Database, Session, connect


@dataclass(frozen=True)
class Kept:
    """One set of counters, and where its numbers come from."""

    name: str
    counters: Counters
    sources: tuple[Counting, ...]


@dataclass(frozen=True)
class Outcome:
    """The counters as they were, and as they are."""

    name: str
    before: Mapping[str, int]
    after: Mapping[str, int]

    @property
    def drift(self) -> dict[str, int]:
        """By how much too high each was."""
        names = sorted({*self.before, *self.after})
        return {
            name: off
            for name in names
            if (off := self.before.get(name, 0) - self.after.get(name, 0))
        }

    @property
    def lines(self) -> list[str]:
        lines = [
            f"{self.name:<14}{name:<28}{self.after.get(name, 0):>12}, {abs(off)}"
            f" too {'many' if off > 0 else 'few'} before"
            for name, off in self.drift.items()
        ]
        return lines or [f"{self.name:<14}{len(self.after)} counters, all as they should be"]


def kept_in(database: Database) -> list[Kept]:
    courses = Counters(database["course_counters"], COUNTED)
    revision = Revision(database["revisions"], "courses")
    return [
        Kept("courses", courses, (Courses(database["courses"], courses, revision).counted,)),
        Kept(
            "tests",
            Counters(database["tallies"], KINDS),
            (Assessments(database["assessments"]).counted, Results(database["results"]).counted),
        ),
        Kept(
            "materials",
            Counters(database["material_tallies"], OF_MATERIALS),
            (
                Materials(database["materials"]).counted,
                Assignments(database["material_assignments"]).counted,
            ),
        ),
    ]


async def recount(kept: Kept) -> Outcome:
    async def count(session: Session) -> Counter[str]:
        sums: Counter[str] = Counter()
        for counted in kept.sources:
            sums.update(await counted(session))
        return sums

    return Outcome(kept.name, *await kept.counters.recount(count))


async def _recount(settings: LearningSettings) -> int:
    client = connect(settings.mongo_url)
    try:
        database = client[f"{settings.database_prefix}_learning"]
        outcomes = [await recount(kept) for kept in kept_in(database)]
    finally:
        client.close()
    sys.stdout.write("".join(f"{line}\n" for outcome in outcomes for line in outcome.lines))
    return 0


if __name__ == "__main__":
    sys.exit(command.run(_recount, LearningSettings))
