"""What learning does with courses: offers them, and lets admins look after the offer."""

from collections.abc import Iterable, Mapping

import msgspec

from services.learning.courses.domain import Course
from services.learning.courses.repository import Courses, Selection
from shared.audit import AuditLog
from shared.clock import Clock
from shared.contracts.learning import CoursePublished, CourseRescheduled
from shared.errors import NotFound
from shared.http.pagination import Page, PageRequest, page_of
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal

MOST_MATCHES = 1_000  # of a search; who wants to see more types another letter


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list."""

    page: PageRequest
    selection: Selection


class CourseService:
    def __init__(self, courses: Courses, audit: AuditLog, outbox: Outbox, clock: Clock) -> None:
        self._courses = courses
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def revision(self) -> str:
        """Another one after each change of any course; to be read before a list."""
        return await self._courses.revision()

    async def page(self, wanted: Wanted) -> Page[Course]:
        """The newest first. Of a search with more than MOST_MATCHES matches: one of that many."""
        page, selection = wanted.page, wanted.selection
        if selection.prefix is None:
            total = await self._courses.total(selection)
            is_beyond = page.skip >= total
            found = (
                []
                if is_beyond
                else await self._courses.page(selection, skip=page.skip, limit=page.limit)
            )
            return page_of(found, total, page)
        matches = await self._courses.matches(selection, limit=MOST_MATCHES)
        ids = sorted(matches, key=lambda each: (matches[each], each), reverse=True)
        shown = ids[page.skip : page.skip + page.limit]
        found = await self._courses.those(shown) if shown else []
        return page_of(found, len(ids), page)

    async def course(self, visitor: Principal | None, course_id: str) -> Course:
        """Raises NotFound; also for one that is not published, but to admins."""
        course = await self._courses.find(course_id)
        if course is None or not (course.is_published or sees_all(visitor)):
            raise NotFound
        return course

    async def create(self, principal: Principal, members: Mapping[str, object]) -> Course:
        """`members`: see `Course.new`. Raises InvalidFields."""

        async def work(transaction: Transaction) -> Course:
            course = Course.new(new_id(), members, self._clock())
            return await self._save(principal, "created", course, None, members, transaction)

        return await self._outbox.commit(work)

    async def change(
        self, principal: Principal, course_id: str, changes: Mapping[str, object]
    ) -> Course:
        """`changes`: as for `create`, what is to change. Raises NotFound, InvalidFields."""

        async def work(transaction: Transaction) -> Course:
            before = await self._found(course_id, transaction)
            course = before.changed(changes, self._clock())
            if course is before:
                return before
            return await self._save(principal, "changed", course, before, changes, transaction)

        return await self._outbox.commit(work)

    async def duplicate(self, principal: Principal, course_id: str) -> Course:
        """Raises NotFound."""

        async def work(transaction: Transaction) -> Course:
            course = (await self._found(course_id, transaction)).copied(new_id(), self._clock())
            return await self._save(principal, "duplicated", course, None, (), transaction)

        return await self._outbox.commit(work)

    async def delete(self, principal: Principal, course_id: str) -> None:
        """Raises NotFound."""

        async def work(transaction: Transaction) -> None:
            course = await self._found(course_id, transaction)
            await self._courses.remove(course, transaction.session)
            if course.is_published:
                gone = msgspec.structs.replace(course, is_published=False)
                transaction.record(_rescheduled(gone, course.next_change(self._clock())))
            await self._note(principal, "deleted", course, (), transaction)

        await self._outbox.commit(work)

    async def _found(self, course_id: str, transaction: Transaction) -> Course:
        course = await self._courses.find(course_id, transaction.session)
        if course is None:
            raise NotFound
        return course

    async def _save(
        self,
        principal: Principal,
        deed: str,
        course: Course,
        before: Course | None,
        members: Iterable[str],
        transaction: Transaction,
    ) -> Course:
        await self._courses.save(course, transaction.session, before=before)
        if before is not None and before.is_published:
            if (course.is_published, course.starts_at) != (True, before.starts_at):
                transaction.record(_rescheduled(course, course.updated_at))
        elif course.is_published:
            transaction.record(_published(course))
        await self._note(principal, deed, course, members, transaction)
        return course

    async def _note(
        self,
        principal: Principal,
        deed: str,
        course: Course,
        members: Iterable[str],
        transaction: Transaction,
    ) -> None:
        await self._audit.append(
            transaction.session,
            actor=principal.user_id,
            action=f"course.{deed}",
            target=course.id,
            members=[_SHOWN[name] for name in members],
        )


def _published(course: Course) -> CoursePublished:
    return CoursePublished(
        course_id=course.id,
        title=course.title,
        target_language=course.target_language,
        level=course.level,
        locale=course.locale,
        published_at=course.updated_at,
        starts_at=course.starts_at,
    )


def _rescheduled(course: Course, at: str) -> CourseRescheduled:
    return CourseRescheduled(
        course_id=course.id,
        title=course.title,
        starts_at=course.starts_at if course.is_published else None,
        is_published=course.is_published,
        changed_at=at,
    )


_SHOWN = dict(zip(Course.__struct_fields__, Course.__struct_encode_fields__, strict=True))


def sees_all(visitor: Principal | None) -> bool:
    """Also what is not published."""
    return visitor is not None and visitor.has("admin")
