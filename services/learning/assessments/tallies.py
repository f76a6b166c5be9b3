"""How tests and results stand, in numbers, for whoever draws them.

Two sets of counters. One says what there is, changed together with it, and could be counted anew at
any time. The other keeps what results of erased people were in the first: they were taken, so the
school's figures stay; of whom they were, and when to the second, is gone.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from services.learning.assessments.domain import Result
from shared.counters import Counters
from shared.documents import from_document
from shared.figures import day_of, shown
from shared.mongo import Collection, Document, Session

KINDS = ("totals", "levels", "level_scores", "languages", "language_scores", "months", "days")


def counted(*, level: str, language: str, day: str, score: int, number: int = 1) -> Counter[str]:
    """What `number` results are in the counters. `score`: the sum of theirs, in hundredths. `day`:
    `2026-02-14`, in UTC."""
    return Counter(
        {
            "totals.submissions": number,
            "totals.score": score,
            f"levels.{level}": number,
            f"level_scores.{level}": score,
            f"languages.{language}": number,
            f"language_scores.{language}": score,
            f"months.{day[:7]}": number,
            f"days.{day}": number,
        }
    )


def tally_of(result: Result) -> Counter[str]:
    return counted(
        level=result.level,
        language=result.test.target_language,
        day=day_of(result.completed_at),
        score=result.total_score,
    )


class Tallies:
    def __init__(self, there: Collection, erased: Collection) -> None:
        self.there = Counters(there, KINDS)
        self.erased = Counters(erased, KINDS)

    async def add(self, about: str, steps: Counter[str], session: Session) -> None:
        await self.there.add(about, steps, session)

    async def remove(self, about: str, steps: Counter[str], session: Session) -> None:
        await self.there.add(about, {name: -step for name, step in steps.items()}, session)

    async def forget(self, documents: Sequence[Document], session: Session) -> None:
        """These results, of somebody who is being erased, go in this transaction."""
        sums: Counter[str] = Counter()
        for document in documents:
            sums.update(tally_of(from_document(Result, document)))
        about = str(documents[0]["_id"])
        await self.remove(about, sums, session)
        await self.erased.add(about, sums, session)

    async def results_there(self) -> int:
        return max(0, (await self.there.of(["totals"]))["totals.submissions"])

    async def all(self, now: datetime) -> Counter[str]:
        """Every counter, with what was erased; of the days, the last 60."""
        return shown(await self.there.all() + await self.erased.all(), now)
