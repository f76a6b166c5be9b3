"""Notifications' composition root: `python -m services.notifications.app`."""

import os
from datetime import timedelta

from services.notifications import event_handlers, routes
from services.notifications.account_mails import AccountMails
from services.notifications.domain import Person
from services.notifications.learning_news import LearningNews
from services.notifications.mails import Mails
from services.notifications.messages import Composer, templates
from services.notifications.personal_data import held_in
from services.notifications.repository import Deliveries, DevInbox, Notifications, Suppressions
from services.notifications.senders import create_senders
from services.notifications.service import DeliveryService
from services.notifications.settings import NotificationsSettings
from shared.acquaintances import Acquaintances, People
from shared.clock import Clock, utc_now
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node
from shared.seal import Seal


def create_app(settings: NotificationsSettings, clock: Clock = utc_now) -> App:
    settings = settings.with_development_defaults()
    node = Node("notifications", settings)
    deliveries = node.collection("deliveries", Deliveries.INDEXES)
    suppressed = node.collection("suppressions", Suppressions.INDEXES)
    dev_inbox = node.collection("dev_inbox", DevInbox.INDEXES)
    people = node.collection("people", People.INDEXES)
    notifications = node.collection("notifications", Notifications.INDEXES)

    kept = Deliveries(deliveries, lease=os.urandom(8).hex())
    kept_away = timedelta(days=settings.suppression_days)
    suppressions = Suppressions(suppressed, kept_away, node.pseudonyms, clock)
    inbox = DevInbox(dev_inbox, clock)
    if settings.delivers:  # all that comes as events is work of those that deliver
        service = DeliveryService(
            kept,
            suppressions,
            create_senders(settings, inbox, clock),
            Composer(settings.domain, settings.public_url),
            node.outbox,
            clock,
            code_seal=Seal(settings.code_key),
            seal=node.seal,
        )
        acquaintances = Acquaintances(People(people, Person), node.tombstones)
        mails = Mails(service, node.pseudonyms, clock)
        account_mails = AccountMails(acquaintances, mails, service, kept, clock)
        news = LearningNews(acquaintances, Notifications(notifications), mails)
        node.subscribe(event_handlers.table(service, acquaintances, account_mails, news))
        node.holds(
            held_in(
                people=people,
                deliveries=deliveries,
                suppressed=suppressed,
                dev_inbox=dev_inbox,
                notifications=notifications,
                suppressions=suppressions,
            )
        )
        node.background(service.run())
    return node.app(
        routes.HANDLERS if settings.has_dev_inbox else (),
        {"inbox": inbox, "dev_inbox_page": templates().get_template("dev_inbox.html")},
    )


if __name__ == "__main__":
    serve("notifications", NotificationsSettings, create_app)
