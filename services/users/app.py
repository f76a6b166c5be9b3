"""Users' composition root: `python -m services.users.app`."""

from services.users import event_handlers, routes
from services.users.personal_data import held_in
from services.users.repository import People
from services.users.service import UserService
from services.users.settings import UsersSettings
from shared.clock import Clock, utc_now
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node


def create_app(settings: UsersSettings, clock: Clock = utc_now) -> App:
    node = Node("users", settings)
    people = node.collection("people")
    users = UserService(People(people), node.tombstones, node.outbox, clock)
    node.subscribe(event_handlers.table(users))
    node.holds(held_in(people))
    return node.app(routes.HANDLERS, {"users": users}, users.language_of)


if __name__ == "__main__":
    serve("users", UsersSettings, create_app)
