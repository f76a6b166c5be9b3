"""The dev inbox, put together."""

from services.notifications import templates
from services.notifications.dev_inbox.repository import DevInbox
from services.notifications.dev_inbox.routes import HANDLERS
from services.notifications.part import Part
from services.notifications.people import Whom
from shared.clock import Clock
from shared.node import Node
from shared.personal_data import Holding

_HIDDEN = (
    "code",
    "text",
    "html",
    "is_retry",
    "is_news",
    "thread",
    "is_automatic",
    "data",
    "expires_at",
)


def create_dev_inbox(node: Node, clock: Clock, *, is_open: bool) -> tuple[DevInbox, Part]:
    """`is_open`: whether it can be read."""
    kept = node.collection("dev_inbox", DevInbox.INDEXES)
    inbox = DevInbox(kept, clock)

    def holdings_on(whom: Whom) -> list[Holding]:
        theirs = {"to": {"$in": [*whom.addresses, whom.id]}}
        return [Holding("dev_inbox", kept, theirs, hidden=_HIDDEN)]

    page = templates.environment().get_template("dev_inbox.html")
    return inbox, Part(
        handlers=HANDLERS if is_open else (),
        dependencies={"dev_inbox": inbox, "dev_inbox_page": page},
        holdings_on=holdings_on,
    )
