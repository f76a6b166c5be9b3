"""What people read in the app, put together."""

from services.notifications.inbox.repository import Notifications
from services.notifications.inbox.routes import HANDLERS
from services.notifications.inbox.service import InboxService
from services.notifications.inbox.teller import Teller
from services.notifications.part import Part
from services.notifications.people import Person, Whom
from shared.acquaintances import Acquaintances, People
from shared.clock import Clock
from shared.mongo import Collection
from shared.node import Node
from shared.personal_data import Holding


def create_inbox(
    node: Node,
    kept: Collection,
    known: People[Person],
    people: Acquaintances[Person],
    teller: Teller,
    clock: Clock,
) -> Part:
    """`kept`: where the entries lie."""

    def holdings_on(whom: Whom) -> list[Holding]:
        return [Holding("notifications", kept, {"user_id": whom.id}, hidden=("user_id",))]

    notifications = Notifications(kept)
    inbox = InboxService(notifications, teller, known, people, node.audit, node.outbox, clock)
    return Part(handlers=HANDLERS, dependencies={"inbox": inbox}, holdings_on=holdings_on)
