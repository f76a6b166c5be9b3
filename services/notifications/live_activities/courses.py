"""The streams of courses: `course:{id}` says when a course can be seen and when it will start, and
ends when it does."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from services.notifications.live_activities.domain import KEPT, State, of_course
from services.notifications.live_activities.service import LiveActivityService
from services.notifications.live_activities.starts import Course, Starts
from shared.clock import Clock, timestamp
from shared.contracts.learning import CoursePublished, CourseRescheduled
from shared.messaging import Outbox, Transaction
from shared.sweeping import sweeping

Status = Literal["published", "started", "withdrawn"]

_EVERY = 1.0  # seconds
_AT_ONCE = 20
_WAITED_FOR = timedelta(days=400)  # a course may be announced long before
_SHOWN = timedelta(minutes=15)  # after its end


class CourseStreams:
    def __init__(
        self, activities: LiveActivityService, starts: Starts, outbox: Outbox, clock: Clock
    ) -> None:
        self._activities = activities
        self._starts = starts
        self._outbox = outbox
        self._clock = clock

    async def published(self, event: CoursePublished, transaction: Transaction) -> None:
        course = Course(
            id=event.course_id,
            title=event.title,
            starts_at=_moment(event.starts_at),
            is_published=True,
            as_of=datetime.fromisoformat(event.published_at),
        )
        await self._learn(course, transaction)

    async def rescheduled(self, event: CourseRescheduled, transaction: Transaction) -> None:
        course = Course(
            id=event.course_id,
            title=event.title,
            starts_at=_moment(event.starts_at),
            is_published=event.is_published,
            as_of=datetime.fromisoformat(event.changed_at),
        )
        await self._learn(course, transaction)

    async def run(self) -> None:
        """For ever: shows the starts that are due."""
        await sweeping(self.show_starts, every=_EVERY, what="starts of courses")

    async def show_starts(self) -> None:
        for course_id in await self._starts.due(_AT_ONCE):
            await self._start(course_id)

    async def _learn(self, course: Course, transaction: Transaction) -> None:
        if await self._starts.learn(course, self._clock(), transaction.session):
            status: Status = "published" if course.is_published else "withdrawn"
            await self._show(course, status, transaction)

    async def _start(self, course_id: str) -> None:
        async def work(transaction: Transaction) -> None:
            if course := await self._starts.take(course_id, transaction.session):
                await self._show(course, "started", transaction)

        await self._outbox.commit(work)

    async def _show(self, course: Course, status: Status, transaction: Transaction) -> None:
        now = self._clock()
        goes_on = status == "published"
        content = {
            "status": status,
            "courseId": course.id,
            "title": course.title,
            "startsAt": timestamp(course.starts_at) if course.starts_at else None,
        }
        state = State(
            number=0,
            event="update" if goes_on else "end",
            content=msgspec.json.encode(content).decode(),
            dismiss_at=None if goes_on else now + _SHOWN,
            at=now,
        )
        kept = _WAITED_FOR if goes_on else KEPT
        await self._activities.put(of_course(course.id), state, transaction, kept)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
