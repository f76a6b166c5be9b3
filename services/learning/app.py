"""Learning's composition root: `python -m services.learning.app`. No routes of its own yet."""

from services.learning import personal_data
from services.learning.settings import LearningSettings
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node


def create_app(settings: LearningSettings) -> App:
    node = Node("learning", settings)
    node.holds(personal_data.held_on)
    return node.app([], {})


if __name__ == "__main__":
    serve("learning", LearningSettings, create_app)
