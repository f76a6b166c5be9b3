"""Where learning keeps courses."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from services.learning.courses.domain import Course
from services.learning.courses.listing import terms_of
from services.learning.levels import LEVELS, Level
from services.learning.revisions import Revision
from shared.counters import Counters
from shared.documents import from_document, to_document
from shared.languages import LANGUAGES, Language
from shared.mongo import Collection, Document, IndexModel, Session
from shared.searching import begins_with

COUNTED = ("courses",)  # kinds of counters: `courses.total`, `courses.published`

_NEWEST_FIRST = [("createdAt", -1), ("_id", -1)]  # the id, so that pages are stable


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which courses are wanted; None: any. `prefix`: folded, how a term of theirs begins."""

    published_only: bool
    target_language: str | None = None
    level: Level | None = None
    locale: Language | None = None
    prefix: str | None = None


class Courses:
    """`terms`, beside what the struct has, is what searches go by (`listing.py`)."""

    # A list names every value of the members that come first in its index: the server merges as
    # many walks, each in the order asked for. There are at most 96.
    INDEXES = (
        IndexModel([("isPublished", 1), ("createdAt", 1), ("_id", 1)], name="newest"),
        IndexModel(
            [("isPublished", 1), ("level", 1), ("locale", 1), ("createdAt", 1), ("_id", 1)],
            name="by_level",
        ),
        IndexModel(
            [
                ("isPublished", 1),
                ("targetLanguage", 1),
                ("level", 1),
                ("locale", 1),
                ("createdAt", 1),
                ("_id", 1),
            ],
            name="by_language",
        ),
        # With all that a search filters and sorts by, so that it reads only what it shows.
        IndexModel(
            [
                ("isPublished", 1),
                ("terms", 1),
                ("targetLanguage", 1),
                ("level", 1),
                ("locale", 1),
                ("createdAt", 1),
                ("_id", 1),
            ],
            name="search",
        ),
    )

    def __init__(self, collection: Collection, counters: Counters, revision: Revision) -> None:
        self._courses = collection
        self._counters = counters
        self._revision = revision

    async def revision(self) -> str:
        """Another one after each change. To be read before what it vouches for."""
        return await self._revision.current()

    async def find(self, course_id: str, session: Session | None = None) -> Course | None:
        document = await self._courses.find_one({"_id": course_id}, session=session)
        return from_document(Course, document) if document else None

    async def save(self, course: Course, session: Session, *, before: Course | None) -> None:
        """Only inside the transaction that read `before`, or made the course."""
        await self._courses.replace_one(
            {"_id": course.id}, document_of(course), upsert=True, session=session
        )
        await self._note(course.id, _counted(before), _counted(course), session)

    async def remove(self, course: Course, session: Session) -> None:
        """Only inside the transaction that read it."""
        await self._courses.delete_one({"_id": course.id}, session=session)
        await self._note(course.id, _counted(course), (), session)

    async def _note(
        self, course_id: str, before: Sequence[str], after: Sequence[str], session: Session
    ) -> None:
        await self._counters.change(course_id, before, after, session)
        await self._revision.renew(session)

    async def total(self, selection: Selection) -> int:
        """How many there are; without a `prefix`."""
        query, index = _walk(selection)
        return await self._courses.count_documents(query, hint=index)

    async def page(self, selection: Selection, *, skip: int, limit: int) -> list[Course]:
        """The newest first; without a `prefix`."""
        query, index = _walk(selection)
        found = self._courses.find(query, sort=_NEWEST_FIRST, hint=index)
        documents = await found.skip(skip).limit(limit).to_list(limit)
        return [from_document(Course, document) for document in documents]

    async def matches(self, selection: Selection, *, limit: int) -> dict[str, str]:
        """Of those with the `prefix`, at most `limit`: when they were made, by their id. In no
        order."""
        found = self._courses.find(
            {
                "isPublished": _published(selection),
                "terms": begins_with(selection.prefix or ""),
                **_filters(selection),
            },
            {"createdAt": 1},
            hint="search",
            limit=limit,
            batch_size=limit,
        )
        return {each["_id"]: each["createdAt"] async for each in found}

    async def those(self, course_ids: Sequence[str]) -> list[Course]:
        """In the order of `course_ids`, without those who are not there (any more)."""
        found = self._courses.find({"_id": {"$in": list(course_ids)}})
        courses = {document["_id"]: from_document(Course, document) async for document in found}
        return [courses[course_id] for course_id in course_ids if course_id in courses]

    async def counted(self, session: Session) -> Counter[str]:
        """What the counters should be."""
        counts: Counter[str] = Counter()
        for name, states in (("total", [True, False]), ("published", [True])):
            query = {"isPublished": {"$in": states}}
            counts[f"courses.{name}"] = await self._courses.count_documents(
                query, hint="newest", session=session
            )
        return counts


def document_of(course: Course) -> Document:
    return {**to_document(course), "terms": list(terms_of(course))}


def _counted(course: Course | None) -> tuple[str, ...]:
    if course is None:
        return ()
    return ("courses.total", "courses.published") if course.is_published else ("courses.total",)


def _walk(selection: Selection) -> tuple[Document, str]:
    """The query of a list, and the index along which it walks."""
    query: Document = {"isPublished": _published(selection)}
    filters = _filters(selection)
    if not filters:
        return query, "newest"
    query |= {"level": {"$in": list(LEVELS)}, "locale": {"$in": list(LANGUAGES)}} | filters
    return query, "by_language" if selection.target_language else "by_level"


def _published(selection: Selection) -> Document:
    return {"$in": [True] if selection.published_only else [True, False]}


def _filters(selection: Selection) -> Document:
    wanted = {
        "targetLanguage": selection.target_language,
        "level": selection.level,
        "locale": selection.locale,
    }
    return {member: value for member, value in wanted.items() if value is not None}
