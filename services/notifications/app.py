"""`python -m services.notifications.app`: every message to a person."""

import os
from datetime import timedelta

from services.notifications.event_handlers import subscriptions
from services.notifications.messages import Composer, templates
from services.notifications.repository import Repositories
from services.notifications.routes import dev_inbox
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
    repositories = Repositories(
        node,
        suppressed_for=timedelta(days=settings.suppression_days),
        lease=os.urandom(8).hex(),
        clock=clock,
    )
    if settings.delivers:
        deliveries = DeliveryService(
            repositories.deliveries,
            repositories.suppressions,
            create_senders(settings, repositories.dev_inbox, clock),
            Composer(settings.domain),
            Seal(settings.code_key),
            clock,
        )
        node.subscribe(subscriptions(deliveries))
        node.background(deliveries.run())
    has_inbox = settings.answers and not settings.is_production
    return node.app(
        [dev_inbox] if has_inbox else [],
        {
            "inbox": repositories.dev_inbox,
            "dev_inbox_page": templates().get_template("dev_inbox.html"),
        },
    )


if __name__ == "__main__":
    serve("notifications", NotificationsSettings, create_app)
