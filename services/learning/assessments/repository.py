"""Where tests and results are kept."""

from collections import Counter
from collections.abc import AsyncIterator
from itertools import product
from typing import ClassVar

from services.learning.assessments.domain import Assessment, Result
from services.learning.assessments.tallies import counted
from shared.documents import from_document, to_document
from shared.languages import Language
from shared.mongo import Collection, Document, IndexModel, Session

_FILTERS = ("target_language", "locale")


class Assessments:
    INDEXES = tuple(
        # One for each set of filters: the newest first, without looking at others.
        IndexModel(
            [("is_published", 1), *((name, 1) for name in names), ("created_at", -1), ("_id", -1)],
            name="_and_".join(("by", *names)) if names else "by_time",
        )
        for names in (
            [name for name, wanted in zip(_FILTERS, chosen, strict=True) if wanted]
            for chosen in product((False, True), repeat=len(_FILTERS))
        )
    )

    def __init__(self, collection: Collection) -> None:
        self._assessments = collection

    async def find(self, assessment_id: str, session: Session | None = None) -> Assessment | None:
        found = await self._assessments.find_one({"_id": assessment_id}, session=session)
        return from_document(Assessment, found) if found else None

    async def save(self, assessment: Assessment, session: Session) -> None:
        """Only inside the transaction that read it, or made it."""
        await self._assessments.replace_one(
            {"_id": assessment.id}, to_document(assessment), upsert=True, session=session
        )

    async def remove(self, assessment_id: str, session: Session) -> None:
        await self._assessments.delete_one({"_id": assessment_id}, session=session)

    async def page(self, query: "AssessmentQuery", *, skip: int, limit: int) -> list[Assessment]:
        """The newest first."""
        found = self._assessments.find(
            query.document, sort=[("created_at", -1), ("_id", -1)], hint=query.index
        )
        documents = await found.skip(skip).limit(limit).to_list(limit)
        return [from_document(Assessment, each) for each in documents]

    async def count(self, query: "AssessmentQuery") -> int:
        """There are as many as somebody wrote: counting index entries is quick enough."""
        return await self._assessments.count_documents(query.document, hint=query.index)

    async def target_languages(self, *, published_only: bool) -> list[str]:
        wanted = {"is_published": {"$in": [True] if published_only else [True, False]}}
        return sorted(await self._assessments.distinct("target_language", wanted))

    async def counted(self, session: Session) -> Counter[str]:
        """What the counters should be."""
        number = await self._assessments.count_documents({}, session=session)
        return Counter({"totals.tests": number} if number else {})


class AssessmentQuery:
    """None: any."""

    def __init__(
        self, *, published_only: bool, target_language: str | None, locale: Language | None
    ) -> None:
        values = zip(_FILTERS, (target_language, locale), strict=True)
        chosen = {name: value for name, value in values if value is not None}
        self.document: Document = {
            "is_published": {"$in": [True] if published_only else [True, False]},
            **{name: {"$eq": value} for name, value in chosen.items()},
        }
        self.index = "_and_".join(("by", *chosen)) if chosen else "by_time"


class Results:
    """`user_id` says whose they are; name and address are not kept here."""

    INDEXES = (
        # The key that two submissions at the same time would have to share.
        IndexModel([("user_id", 1), ("test.id", 1), ("attempt", -1)], name="attempt", unique=True),
        IndexModel([("user_id", 1), ("completed_at", -1), ("_id", -1)], name="by_person"),
        IndexModel([("completed_at", -1), ("_id", -1)], name="by_time"),
    )
    _SHORT: ClassVar = {"answers": 0}

    def __init__(self, collection: Collection) -> None:
        self._results = collection

    async def add(self, result: Result, session: Session) -> None:
        await self._results.insert_one(to_document(result), session=session)

    async def find(self, result_id: str, session: Session | None = None) -> Result | None:
        found = await self._results.find_one({"_id": result_id}, session=session)
        return from_document(Result, found) if found else None

    async def remove(self, result_id: str, session: Session) -> None:
        await self._results.delete_one({"_id": result_id}, session=session)

    async def attempts(
        self, user_id: str, assessment_id: str, session: Session | None = None
    ) -> tuple[int, Result | None]:
        """How many results somebody has of a test, and the last of them, without its answers."""
        theirs = {"user_id": user_id, "test.id": assessment_id}
        last = await self._results.find_one(
            theirs, self._SHORT, sort=[("attempt", -1)], session=session
        )
        if last is None:
            return 0, None
        used = await self._results.count_documents(theirs, hint="attempt", session=session)
        return used, from_document(Result, last)

    async def of(self, user_id: str, *, skip: int, limit: int) -> tuple[list[Result], int]:
        """The newest first, without answers; and how many there are."""
        theirs = {"user_id": user_id}
        total = await self._results.count_documents(theirs, hint="by_person")
        return await self._list(theirs, "by_person", -1, skip, limit), total

    async def all(self, *, skip: int, limit: int, oldest_first: bool = False) -> list[Result]:
        """Of everybody, without answers."""
        return await self._list({}, "by_time", 1 if oldest_first else -1, skip, limit)

    async def counted(self, session: Session) -> Counter[str]:
        """What the counters should be."""
        sums: Counter[str] = Counter()
        async for result in self._tallied(session):
            sums.update(result)
        return sums

    async def _tallied(self, session: Session) -> AsyncIterator[Counter[str]]:
        groups = {
            "level": "$level",
            "language": "$test.target_language",
            "day": {"$dateToString": {"date": "$completed_at", "format": "%Y-%m-%d"}},
        }
        found = self._results.aggregate(
            [
                {
                    "$group": {
                        "_id": groups,
                        "number": {"$sum": 1},
                        "score": {"$sum": "$total_score"},
                    }
                }
            ],
            session=session,
        )
        async for each in found:
            yield counted(**each["_id"], score=each["score"], number=each["number"])

    async def _list(
        self, query: Document, index: str, direction: int, skip: int, limit: int
    ) -> list[Result]:
        found = self._results.find(
            query,
            self._SHORT,
            sort=[("completed_at", direction), ("_id", direction)],
            hint=index,
        )
        documents = await found.skip(skip).limit(limit).to_list(limit)
        return [from_document(Result, each) for each in documents]
