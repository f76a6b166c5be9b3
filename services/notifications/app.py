"""Notifications' composition root: `python -m services.notifications.app`."""

import os
from datetime import timedelta

from services.notifications import event_handlers, routes
from services.notifications.messages import Composer, templates
from services.notifications.repository import Deliveries, DevInbox, Suppressions
from services.notifications.senders import create_senders
from services.notifications.service import DeliveryService
from services.notifications.settings import NotificationsSettings
from shared.clock import Clock, utc_now
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node
from shared.seal import Seal


def create_app(settings: NotificationsSettings, clock: Clock = utc_now) -> App:
    settings = settings.with_development_defaults()
    node = Node("notifications", settings)
    kept = Deliveries(node.collection("deliveries", Deliveries.INDEXES), lease=os.urandom(8).hex())
    suppressions = Suppressions(
        node.collection("suppressions", Suppressions.INDEXES),
        timedelta(days=settings.suppression_days),
        clock,
    )
    inbox = DevInbox(node.collection("dev_inbox", DevInbox.INDEXES), clock)
    if settings.delivers:
        senders = create_senders(settings, inbox, clock)
        composer = Composer(settings.domain)
        seal = Seal(settings.code_key)
        deliveries = DeliveryService(kept, suppressions, senders, composer, seal, clock)
        node.subscribe(event_handlers.table(deliveries))
        node.background(deliveries.run())
    return node.app(
        routes.HANDLERS if settings.has_dev_inbox else (),
        {"inbox": inbox, "dev_inbox_page": templates().get_template("dev_inbox.html")},
    )


if __name__ == "__main__":
    serve("notifications", NotificationsSettings, create_app)
