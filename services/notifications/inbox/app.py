"""What people read in the app, put together."""

from services.notifications.inbox.repository import Notifications
from services.notifications.part import Part
from services.notifications.people import Whom
from shared.node import Node
from shared.personal_data import Holding


def create_inbox(node: Node) -> tuple[Notifications, Part]:
    kept = node.collection("notifications", Notifications.INDEXES)

    def holdings_on(whom: Whom) -> list[Holding]:
        return [Holding("notifications", kept, {"user_id": whom.id}, hidden=("user_id",))]

    return Notifications(kept), Part(holdings_on=holdings_on)
