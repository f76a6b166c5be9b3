"""Users' composition root: `python -m services.users.app`."""

from services.users import event_handlers, routes
from services.users.actors import Actors
from services.users.administration import Administration
from services.users.counters import Counters
from services.users.directory import Directory
from services.users.personal_data import held_in
from services.users.profiles import Profiles
from services.users.repository import People
from services.users.service import UserService
from services.users.settings import UsersSettings
from shared.clock import Clock, utc_now
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node


def create_app(settings: UsersSettings, clock: Clock = utc_now) -> App:
    node = Node("users", settings)
    collection = node.collection("people", People.INDEXES)
    counters = Counters(node.collection("counters"))
    people = People(collection, counters)
    profiles = Profiles(people, node.tombstones)
    users = UserService(people, profiles, node.tombstones, node.outbox, clock)
    actors = Actors(people, profiles, node.outbox)
    administration = Administration(people, profiles, actors, node.audit, clock)
    node.subscribe(event_handlers.table(users))
    node.holds(held_in(collection))
    dependencies = {
        "users": users,
        "administration": administration,
        "directory": Directory(people, counters, actors),
    }
    return node.app(routes.HANDLERS, dependencies, users.language_of)


if __name__ == "__main__":
    serve("users", UsersSettings, create_app)
