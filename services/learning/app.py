"""Learning's composition root: `python -m services.learning.app`."""

from services.learning.people import Learner
from services.learning.personal_data import held_in
from services.learning.settings import LearningSettings
from shared.acquaintances import Acquaintances, People
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node


def create_app(settings: LearningSettings) -> App:
    node = Node("learning", settings)
    person_documents = node.collection("people")
    people = People(person_documents, Learner)
    acquaintances = Acquaintances(people, node.tombstones)
    node.subscribe(acquaintances.subscriptions("learning"))
    node.holds(held_in(person_documents))
    return node.app([], {})


if __name__ == "__main__":
    serve("learning", LearningSettings, create_app)
