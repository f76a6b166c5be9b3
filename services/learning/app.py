"""Learning's composition root: `python -m services.learning.app`."""

from services.learning.assessments import routes as assessment_routes
from services.learning.assessments.app import create_assessments
from services.learning.courses import routes as course_routes
from services.learning.courses.app import create_courses
from services.learning.dashboard import routes as dashboard_routes
from services.learning.dashboard.app import create_dashboard
from services.learning.materials import routes as material_routes
from services.learning.materials.app import create_materials
from services.learning.people import Learner
from services.learning.personal_data import held_in
from services.learning.settings import LearningSettings
from services.learning.site_settings import routes as site_setting_routes
from services.learning.site_settings.app import create_site_settings
from services.learning.storage import routes as storage_routes
from services.learning.storage.app import create_storage
from shared.acquaintances import Acquaintances, People
from shared.clock import Clock, utc_now
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node


def create_app(settings: LearningSettings, clock: Clock = utc_now) -> App:
    node = Node("learning", settings)
    person_documents = node.collection("people", People.INDEXES)
    people = People(person_documents, Learner)
    acquaintances = Acquaintances(people, node.tombstones)
    assessments, results_of = create_assessments(node, people, acquaintances, clock)

    node.subscribe(acquaintances.subscriptions("learning"))
    files, storage, files_of = create_storage(node, settings, acquaintances)
    materials, assignments_of = create_materials(node, people, files, clock)
    node.holds(held_in(person_documents, results_of, assignments_of, files_of))
    handlers = [
        *course_routes.HANDLERS,
        *assessment_routes.HANDLERS,
        *site_setting_routes.HANDLERS,
        *storage_routes.HANDLERS,
        *material_routes.HANDLERS,
        *dashboard_routes.HANDLERS,
    ]
    dependencies = {
        **create_courses(node, clock),
        **assessments,
        **create_site_settings(node, clock),
        "storage": storage,
        **materials,
        **create_dashboard(node, people, clock),
    }
    return node.app(handlers, dependencies)


if __name__ == "__main__":
    serve("learning", LearningSettings, create_app)
