"""Deliveries, put together: the settings choose the ways out."""

import os
from datetime import timedelta

from services.notifications.deliveries.domain import CONTACT
from services.notifications.deliveries.messages import Composer
from services.notifications.deliveries.repository import Deliveries, Suppressions
from services.notifications.deliveries.service import DeliveryService
from services.notifications.dev_inbox.repository import DevInbox
from services.notifications.dev_inbox.sender import DevInboxSender
from services.notifications.devices.sender import PushSender
from services.notifications.part import Part
from services.notifications.people import Whom
from services.notifications.senders.mime import From
from services.notifications.senders.sender import NoProvider, Sender, Senders
from services.notifications.senders.sms import SmsSender
from services.notifications.senders.smtp import SmtpSender
from services.notifications.senders.smtp_server import SmtpServer
from services.notifications.settings import NotificationsSettings
from services.notifications.texts import Template
from shared.clock import Clock
from shared.mongo import Document
from shared.node import Node
from shared.personal_data import Holding
from shared.seal import Seal

# Of a delivery, what serves only its sending.
_HIDDEN = ("sealed", "context", "lease", "due_at", "remove_at")


def create_deliveries(
    node: Node,
    settings: NotificationsSettings,
    inbox: DevInbox,
    pushes: PushSender,
    composer: Composer,
    clock: Clock,
) -> tuple[DeliveryService, Part]:
    rows = node.collection("deliveries", Deliveries.INDEXES)
    dead = node.collection("suppressions", Suppressions.INDEXES)
    deliveries = Deliveries(rows, lease=os.urandom(8).hex())
    kept_away = timedelta(days=settings.suppression_days)
    suppressions = Suppressions(dead, kept_away, node.pseudonyms, clock)
    service = DeliveryService(
        deliveries,
        suppressions,
        create_senders(settings, inbox, pushes, clock),
        composer,
        node.outbox,
        clock,
        code_seal=Seal(settings.code_key),
        seal=node.seal,
        delivers=settings.delivers,
    )

    def holdings_on(whom: Whom) -> list[Holding]:
        keys = [suppressions.key("email", email) for email in whom.emails]
        keys += [suppressions.key("sms", whom.phone)] if whom.phone else []

        def under_way(*templates: Template) -> Document:
            return {
                "template": {"$in": list(templates)},
                "due_at": {"$exists": True},  # so that the index of open ones serves it
                "recipient": {"$in": whom.addresses},
            }

        return [
            # Those that have ended keep no address; those of codes then belong to nobody.
            Holding("deliveries", rows, {"user_id": whom.id}, hidden=_HIDDEN),
            Holding("codes_under_way", rows, under_way("code"), hidden=_HIDDEN),
            Holding("answers_under_way", rows, under_way(*CONTACT), hidden=_HIDDEN),
            Holding("dead_addresses", dead, {"_id": {"$in": keys}}),
        ]

    part = Part(holdings_on=holdings_on, background=[service.run()] if settings.delivers else [])
    return service, part


def create_senders(
    settings: NotificationsSettings, inbox: DevInbox, pushes: PushSender, clock: Clock
) -> Senders:
    mail = _mail(settings, inbox, clock)
    return {"email": mail, "sms": _sms(settings, inbox), "push": pushes}


def _mail(settings: NotificationsSettings, inbox: DevInbox, clock: Clock) -> Sender:
    if not settings.smtp_url:
        return DevInboxSender(inbox)
    server = SmtpServer.from_url(settings.smtp_url)
    return SmtpSender(server, From.parsed(settings.mail_from), settings.mail_connections, clock)


def _sms(settings: NotificationsSettings, inbox: DevInbox) -> Sender:
    if settings.sms_url:
        return SmsSender(settings.sms_url)
    return NoProvider("no sms provider") if settings.is_production else DevInboxSender(inbox)
