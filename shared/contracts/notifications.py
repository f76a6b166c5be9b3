"""Events of `notifications`. They name nobody: who wants to know more asks the service."""

from typing import ClassVar

from shared.contracts.event import Event
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
