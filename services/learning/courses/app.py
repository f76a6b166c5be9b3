"""The courses of learning, put together."""

from services.learning.courses.repository import COUNTED, Courses
from services.learning.courses.service import CourseService
from services.learning.revisions import Revision
from shared.clock import Clock
from shared.counters import Counters
from shared.node import Node


def create_courses(node: Node, clock: Clock) -> dict[str, object]:
    """What the routes ask for, by name."""
    courses = Courses(
        node.collection("courses", Courses.INDEXES),
        Counters(node.collection("course_counters"), COUNTED),
        Revision(node.collection("revisions"), "courses"),
    )
    return {"courses": CourseService(courses, node.audit, node.outbox, clock)}
