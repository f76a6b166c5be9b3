"""What comes in and goes out, and how it becomes ours."""

import hashlib
from datetime import datetime

import msgspec

from services.notifications.domain import Channel, Delivery, Message
from shared.clock import timestamp
from shared.contracts.auth import OtpRequested


class DevMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message in the dev inbox."""

    id: str
    channel: Channel
    to: str
    subject: str
    text: str
    html: str | None
    code: str
    created_at: str


def dev_message(message: Message, created_at: datetime) -> DevMessage:
    return DevMessage(
        id=message.id,
        channel=message.channel,
        to=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        code=message.code,
        created_at=timestamp(created_at),
    )


def delivery_of(event: OtpRequested, event_id: str) -> Delivery:
    """One event, one delivery: the id of the one makes the id of the other."""
    return Delivery(
        id=hashlib.sha256(event_id.encode()).hexdigest()[:24],
        channel=event.channel,
        recipient=event.recipient,
        language=event.language,
        challenge_id=event.challenge_id,
        sealed_code=event.sealed_code,
        expires_at=datetime.fromisoformat(event.expires_at),
    )
