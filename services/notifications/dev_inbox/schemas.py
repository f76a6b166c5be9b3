"""What the dev inbox answers."""

from datetime import datetime

from services.notifications.senders.domain import Channel, Message
from shared.clock import timestamp
from shared.http.schemas import Answer


class DevMessage(Answer, frozen=True, kw_only=True):
    """A message in the dev inbox."""

    id: str
    channel: Channel
    to: str
    subject: str
    text: str
    html: str | None
    code: str | None
    created_at: str

    @classmethod
    def of(cls, message: Message, created_at: datetime) -> "DevMessage":
        return cls(
            id=message.id,
            channel=message.channel,
            to=message.to,
            subject=message.subject,
            text=message.text,
            html=message.html,
            code=message.code,
            created_at=timestamp(created_at),
        )
