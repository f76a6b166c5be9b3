"""Contacts, put together."""

from collections.abc import Sequence

from services.notifications.contact.dashboard import Dashboard
from services.notifications.contact.directory import Directory
from services.notifications.contact.letters import Letters
from services.notifications.contact.limits import Ledgers
from services.notifications.contact.repository import KINDS, Contacts, Repliers
from services.notifications.contact.routes import HANDLERS
from services.notifications.contact.service import ContactService
from services.notifications.deliveries.service import DeliveryService
from services.notifications.part import Part
from services.notifications.people import Person, Whom
from services.notifications.settings import NotificationsSettings
from shared.acquaintances import Acquaintances
from shared.clock import Clock
from shared.counters import Counters
from shared.day_counters import keep_forgetting
from shared.mongo import Document, Session
from shared.node import Node
from shared.personal_data import Holding

_HIDDEN = ("terms", "suspect", "user_id")


def create_contact(
    node: Node,
    settings: NotificationsSettings,
    people: Acquaintances[Person],
    deliveries: DeliveryService,
    clock: Clock,
) -> Part:
    kept = node.collection("contacts", Contacts.INDEXES)
    whose = node.collection("contact_repliers", Repliers.INDEXES)
    limits = node.collection("contact_ledgers", Ledgers.INDEXES)
    counters = Counters(node.collection("contact_counters"), KINDS)
    contacts, repliers = Contacts(kept, counters), Repliers(whose)
    ledgers = Ledgers(limits, node.pseudonyms)

    async def forget(documents: Sequence[Document], session: Session) -> None:
        await contacts.forget(documents, session)
        replies = [reply["id"] for each in documents for reply in each["replies"]]
        await repliers.remove(replies, session)

    def holdings_on(whom: Whom) -> list[Holding]:
        theirs = {"$or": [{"email": {"$in": list(whom.emails)}}, {"user_id": whom.id}]}
        keys = [ledgers.key(email) for email in whom.emails]
        return [
            Holding("contacts", kept, theirs, hidden=_HIDDEN, farewell=forget),
            Holding("contact_replies", whose, {"user_id": whom.id}, hidden=("user_id",)),
            Holding("contact_limits", limits, {"_id": {"$in": keys}}, hidden=Ledgers.HIDDEN),
        ]

    def traces_of(whom: Whom) -> list[str]:
        return [node.pseudonyms.of(each) for each in (whom.id, *whom.emails)]

    service = ContactService(
        contacts,
        repliers,
        ledgers,
        Letters(deliveries, node.seal, clock),
        people,
        node.pseudonyms,
        node.audit,
        node.outbox,
        clock,
        most_thanks=settings.contact_thanks,
        school=settings.contact_to,
        exempt_loopback=not settings.is_production,
    )
    return Part(
        handlers=HANDLERS,
        dependencies={
            "contacts": service,
            "contact_directory": Directory(contacts, repliers),
            "contact_dashboard": Dashboard(contacts, counters, clock),
            "settings": settings,
        },
        holdings_on=holdings_on,
        traces_of=traces_of,
        background=[keep_forgetting([counters], clock)] if settings.delivers else [],
    )
