"""Notifications' composition root: `python -m services.notifications.app`."""

from services.notifications import event_handlers
from services.notifications.account_news import AccountNews
from services.notifications.contact.app import create_contact
from services.notifications.deliveries.app import create_deliveries
from services.notifications.deliveries.mails import Mails
from services.notifications.deliveries.messages import Composer
from services.notifications.deliveries.pushes import Pushes
from services.notifications.dev_inbox.app import create_dev_inbox
from services.notifications.devices.app import create_devices
from services.notifications.devices.sender import PushSender
from services.notifications.inbox.app import create_inbox
from services.notifications.inbox.repository import Notifications
from services.notifications.inbox.teller import Teller
from services.notifications.learning_news import LearningNews
from services.notifications.live_activities.app import create_live_activities
from services.notifications.part import Part
from services.notifications.people import Person
from services.notifications.personal_data import held_in
from services.notifications.previews.app import create_previews
from services.notifications.push_providers import create_push_providers
from services.notifications.settings import NotificationsSettings
from shared.acquaintances import Acquaintances, People
from shared.clock import Clock, utc_now
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node


def create_app(settings: NotificationsSettings, clock: Clock = utc_now) -> App:
    settings = settings.with_development_defaults()
    node = Node("notifications", settings)
    met = node.collection("people", People.INDEXES)
    entries = node.collection("notifications", Notifications.INDEXES)
    known, notifications = People(met, Person), Notifications(entries)
    people = Acquaintances(known, node.tombstones)
    composer = Composer(settings.domain, settings.public_url, settings.contact_reply_to)

    dev_inbox, shown = create_dev_inbox(node, clock, is_open=settings.has_dev_inbox)
    providers = create_push_providers(settings, dev_inbox, clock)
    devices, reached, registered = create_devices(node, people, clock)
    pushing = PushSender(reached, providers.of, badge=notifications.unread)
    sending, sent = create_deliveries(node, settings, dev_inbox, pushing, composer, clock)
    mails = Mails(sending, node.pseudonyms, clock)
    teller = Teller(notifications, mails, Pushes(sending, devices, clock))
    read = create_inbox(node, entries, known, people, teller, clock)
    written = create_contact(node, settings, people, sending, clock)
    live = create_live_activities(node, settings, people, providers.of_activities, clock)
    account = AccountNews(people, teller, sending, clock)
    learning = LearningNews(people, teller)
    told = Part(subscriptions=event_handlers.table(sending, people, account, learning))
    seen = create_previews(composer, is_open=settings.has_dev_inbox)
    parts = [read, written, sent, live, registered, shown, told, seen]

    if settings.delivers:  # all that comes as events is work of those that deliver
        node.holds(held_in(met, parts))
        for part in parts:
            node.subscribe(part.subscriptions)
            for work in part.background:
                node.background(work)
    handlers = [handler for part in parts for handler in part.handlers]
    dependencies = {name: each for part in parts for name, each in part.dependencies.items()}
    return node.app(handlers if settings.answers else [], dependencies)


if __name__ == "__main__":
    serve("notifications", NotificationsSettings, create_app)
