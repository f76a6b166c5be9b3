"""The ways out of the system, and which of them the settings choose."""

from collections.abc import Mapping
from typing import Protocol

from services.notifications.domain import Channel, Going, Message, Refused, Result, Sent
from services.notifications.mime import From
from services.notifications.repository import DevInbox
from services.notifications.settings import NotificationsSettings
from services.notifications.sms import SmsSender
from services.notifications.smtp import SmtpSender
from services.notifications.smtp_server import SmtpServer
from shared.clock import Clock


class Sender(Protocol):
    """One channel. `send` never takes much longer than 15 s once it has begun, awaits `going` right
    before the message may be out, and raises nothing but what `going` raises."""

    async def send(self, message: Message, going: Going) -> Result: ...

    async def close(self) -> None: ...


class DevInboxSender:
    def __init__(self, inbox: DevInbox) -> None:
        self._inbox = inbox

    async def send(self, message: Message, going: Going) -> Result:
        await going()
        await self._inbox.put(message)
        return Sent()

    async def close(self) -> None:
        pass


class NoProvider:
    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def send(self, message: Message, going: Going) -> Result:
        return Refused(self._reason)

    async def close(self) -> None:
        pass


Senders = Mapping[Channel, Sender]


def create_senders(settings: NotificationsSettings, inbox: DevInbox, clock: Clock) -> Senders:
    return {"email": _mail(settings, inbox, clock), "sms": _sms(settings, inbox)}


def _mail(settings: NotificationsSettings, inbox: DevInbox, clock: Clock) -> Sender:
    if not settings.smtp_url:
        return DevInboxSender(inbox)
    server = SmtpServer.from_url(settings.smtp_url)
    return SmtpSender(server, From.parsed(settings.mail_from), settings.mail_connections, clock)


def _sms(settings: NotificationsSettings, inbox: DevInbox) -> Sender:
    if settings.sms_url:
        return SmsSender(settings.sms_url)
    return NoProvider("no sms provider") if settings.is_production else DevInboxSender(inbox)
