"""Events of `notifications`: what the school was written, and what became of messages to people.
They name no address: who wants to know more asks the service."""

from typing import ClassVar, Literal

from shared.contracts.event import Event, PersonEvent
from shared.languages import Language


class ContactEvent(Event, frozen=True, kw_only=True):
    """`senders`: stand-ins (`shared/pseudonyms.py`) of the writer's address and, where they were
    signed in, of their id: the same for all that they wrote."""

    owner: ClassVar[str] = "notifications"

    contact_id: str
    senders: tuple[str, ...]

    @property
    def about(self) -> str:
        return self.contact_id

    @property
    def traces(self) -> tuple[str, ...]:
        return self.senders


class ContactReceived(ContactEvent, frozen=True, kw_only=True):
    """Somebody wrote to the school. Also when an admin takes up what looked like an advertisement,
    of which nothing was said before."""

    subject: ClassVar[str] = "contact.received"

    language: Language
    received_at: str


class ContactReplied(ContactEvent, frozen=True, kw_only=True):
    """An admin answered; the mail is on its way. `replies`: how many there are now."""

    subject: ClassVar[str] = "contact.replied"

    replies: int
    replied_at: str


class NotificationEvent(PersonEvent, frozen=True, kw_only=True):
    """A message to somebody whose account is known here: no code, and not the last mail.
    `template`: what it was about, in a word."""

    owner: ClassVar[str] = "notifications"

    delivery_id: str
    channel: Literal["email", "sms", "push"]
    template: str

    @property
    def about(self) -> str:
        return self.delivery_id


class NotificationSent(NotificationEvent, frozen=True, kw_only=True):
    """The mail server or the push provider took it over."""

    subject: ClassVar[str] = "notification.sent"

    sent_at: str


class NotificationFailed(NotificationEvent, frozen=True, kw_only=True):
    """It will not be tried again. `outcome`: `failed`, nobody will ever take it; `expired`, its
    time was over first; `unknown`, handed over whole and never answered. `reason`: in our words."""

    subject: ClassVar[str] = "notification.failed"

    outcome: Literal["failed", "expired", "unknown"]
    reason: str | None
    failed_at: str
