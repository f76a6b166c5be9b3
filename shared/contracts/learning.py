"""Events of `learning`: courses, placement tests, materials.

Times are UTC timestamps with milliseconds, as in the API.
"""

from typing import ClassVar

from shared.contracts.event import Event, PersonEvent
from shared.languages import Language


class CoursePublished(Event, frozen=True, kw_only=True):
    """A course can be seen by everybody from now on."""

    subject: ClassVar[str] = "course.published"
    owner: ClassVar[str] = "learning"

    course_id: str
    title: str
    target_language: str
    level: str
    locale: Language
    published_at: str

    @property
    def about(self) -> str:
        return self.course_id

    @property
    def traces(self) -> tuple[str, ...]:
        return ()


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
