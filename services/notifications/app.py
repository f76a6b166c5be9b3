"""Notifications' composition root: `python -m services.notifications.app`."""

from services.notifications import event_handlers
from services.notifications.account_mails import AccountMails
from services.notifications.contact.app import create_contact
from services.notifications.deliveries.app import create_deliveries
from services.notifications.deliveries.mails import Mails
from services.notifications.dev_inbox.app import create_dev_inbox
from services.notifications.devices.app import create_devices
from services.notifications.inbox.app import create_inbox
from services.notifications.news import News
from services.notifications.part import Part
from services.notifications.people import Person
from services.notifications.personal_data import held_in
from services.notifications.settings import NotificationsSettings
from shared.acquaintances import Acquaintances, People
from shared.clock import Clock, utc_now
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node


def create_app(settings: NotificationsSettings, clock: Clock = utc_now) -> App:
    settings = settings.with_development_defaults()
    node = Node("notifications", settings)
    known = node.collection("people", People.INDEXES)
    people = Acquaintances(People(known, Person), node.tombstones)

    dev_inbox, shown = create_dev_inbox(node, clock, is_open=settings.has_dev_inbox)
    _, _, reached = create_devices(node, people, clock)
    notifications, read = create_inbox(node)
    sending, deliveries, sent = create_deliveries(node, settings, dev_inbox, clock)
    mails = Mails(sending, node.pseudonyms, clock)
    written = create_contact(node, settings, people, sending, clock)
    account_mails = AccountMails(people, mails, sending, deliveries, clock)
    news = News(people, notifications, mails)
    told = Part(subscriptions=event_handlers.table(sending, people, account_mails, news))
    parts = [read, written, sent, reached, shown, told]

    if settings.delivers:  # all that comes as events is work of those that deliver
        node.holds(held_in(known, parts))
        for part in parts:
            node.subscribe(part.subscriptions)
            for work in part.background:
                node.background(work)
    handlers = [handler for part in parts for handler in part.handlers]
    dependencies = {name: each for part in parts for name, each in part.dependencies.items()}
    return node.app(handlers, dependencies)


if __name__ == "__main__":
    serve("notifications", NotificationsSettings, create_app)
