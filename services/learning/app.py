"""Learning's composition root: `python -m services.learning.app`."""

from services.learning.assessments import routes as assessment_routes
from services.learning.assessments.app import create_assessments
from services.learning.courses import routes as course_routes
from services.learning.courses.repository import COUNTED, Courses
from services.learning.courses.service import CourseService
from services.learning.people import Learner
from services.learning.personal_data import held_in
from services.learning.revisions import Revision
from services.learning.settings import LearningSettings
from services.learning.storage import routes as storage_routes
from services.learning.storage.app import create_storage
from shared.acquaintances import Acquaintances, People
from shared.clock import Clock, utc_now
from shared.counters import Counters
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node


def create_app(settings: LearningSettings, clock: Clock = utc_now) -> App:
    node = Node("learning", settings)
    person_documents = node.collection("people")
    people = People(person_documents, Learner)
    acquaintances = Acquaintances(people, node.tombstones)
    assessments, results_of = create_assessments(node, people, acquaintances, clock)

    node.subscribe(acquaintances.subscriptions("learning"))
    _, storage, files_of = create_storage(node, settings, acquaintances)
    node.holds(held_in(person_documents, results_of, files_of))
    revisions = node.collection("revisions")
    courses = Courses(
        node.collection("courses", Courses.INDEXES),
        Counters(node.collection("course_counters"), COUNTED),
        Revision(revisions, "courses"),
    )
    dependencies = {
        "storage": storage,
        "courses": CourseService(courses, node.audit, node.outbox, clock),
    }
    handlers = [*course_routes.HANDLERS, *assessment_routes.HANDLERS, *storage_routes.HANDLERS]
    return node.app(handlers, {**dependencies, **assessments})


if __name__ == "__main__":
    serve("learning", LearningSettings, create_app)
