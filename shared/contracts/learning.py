"""Events of `learning`: courses, placement tests, materials.

Times are UTC timestamps with milliseconds, as in the API.
"""

from typing import ClassVar

from shared.contracts.event import Event, PersonEvent
from shared.languages import Language


class CourseEvent(Event, frozen=True, kw_only=True):
    """Each has the time of its change: of one course's, the later time is the later change."""

    owner: ClassVar[str] = "learning"

    course_id: str
    title: str

    @property
    def about(self) -> str:
        return self.course_id

    @property
    def traces(self) -> tuple[str, ...]:
        return ()


class CoursePublished(CourseEvent, frozen=True, kw_only=True):
    """A course can be seen by everybody from now on. `starts_at`: if that is known."""

    subject: ClassVar[str] = "course.published"

    target_language: str
    level: str
    locale: Language
    published_at: str
    starts_at: str | None = None


class CourseRescheduled(CourseEvent, frozen=True, kw_only=True):
    """A course that everybody could see starts at another time, None: at none that is known; or it
    cannot be seen any more."""

    subject: ClassVar[str] = "course.rescheduled"

    starts_at: str | None
    is_published: bool
    changed_at: str


class TestSubmitted(PersonEvent, frozen=True, kw_only=True):
    """Somebody took a placement test. `total_score`: 0 to 100 with two decimals."""

    subject: ClassVar[str] = "test.submitted"
    owner: ClassVar[str] = "learning"
    __test__: ClassVar[bool] = False  # not one of pytest's

    result_id: str
    test_id: str
    test_title: str
    target_language: str
    level: str
    total_score: float
    completed_at: str


class MaterialAssigned(PersonEvent, frozen=True, kw_only=True):
    subject: ClassVar[str] = "material.assigned"
    owner: ClassVar[str] = "learning"

    material_id: str
    title: str
    locale: Language
    assigned_at: str


class MaterialUnassigned(PersonEvent, frozen=True, kw_only=True):
    """A material is not theirs any more: it was deleted."""

    subject: ClassVar[str] = "material.unassigned"
    owner: ClassVar[str] = "learning"

    material_id: str
    title: str
    unassigned_at: str
