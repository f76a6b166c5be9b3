"""What the endpoints of contacts take and answer (contract, section 5)."""

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from services.notifications.contact.directory import Wanted
from services.notifications.contact.domain import STATUSES, Answered, Status
from services.notifications.contact.service import Written
from services.notifications.schemas import EMPTY
from shared.clock import timestamp
from shared.email_addresses import NotAnAddress, canonical
from shared.errors import InvalidFields
from shared.http.pagination import PageRequest
from shared.http.schemas import Answer, Body
from shared.languages import Text
from shared.plain_text import is_visible, one_line, several_lines
from shared.text_fields import LINE, NAME

# As `LINES`, and with the line ends of Windows.
_LINES = r"^(?=[\s\S]*\S)[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*(?![\s\S])"
_DIALLED = re.compile(r"\+?[0-9(][0-9 ()./-]{3,38}")

_BAD_EMAIL = Text(
    en="is not a valid email address",
    tr="geçerli bir e-posta adresi değil",
    es="no es una dirección de correo válida",
    de="ist keine gültige E-Mail-Adresse",
)
_BAD_PHONE = Text(
    en="is not a valid phone number",
    tr="geçerli bir telefon numarası değil",
    es="no es un número de teléfono válido",
    de="ist keine gültige Telefonnummer",
)
_BAD_STATUS = Text(
    en="must be one of PENDING, IN_PROGRESS, REPLIED, CLOSED",
    tr="PENDING, IN_PROGRESS, REPLIED, CLOSED değerlerinden biri olmalıdır",
    es="debe ser PENDING, IN_PROGRESS, REPLIED o CLOSED",
    de="muss PENDING, IN_PROGRESS, REPLIED oder CLOSED sein",
)


class WriteContact(Body, frozen=True, kw_only=True):
    """`website`: a member of forms that people do not see, and leave empty."""

    full_name: Annotated[str, Meta(min_length=1, max_length=120, pattern=NAME)]
    email: Annotated[str, Meta(max_length=320)]
    phone: Annotated[str, Meta(max_length=60, pattern=LINE)] | None = None
    message: Annotated[str, Meta(min_length=1, max_length=5_000, pattern=_LINES)]
    source: Annotated[str, Meta(max_length=100, pattern=LINE)] | None = None
    website: Annotated[str, Meta(max_length=2_000)] | None = None

    def written(self, *, test_domains: bool) -> Written:
        """Raises InvalidFields."""
        wrong: dict[str, Text] = {}
        email = ""
        try:
            email = canonical(self.email, test_domains=test_domains)
        except NotAnAddress:
            wrong["email"] = _BAD_EMAIL
        name, message = one_line(self.full_name), several_lines(self.message)
        phone = one_line(self.phone or "")
        if phone and not _DIALLED.fullmatch(phone):
            wrong["phone"] = _BAD_PHONE
        for member, text in (("fullName", name), ("message", message)):
            if not is_visible(text):
                wrong[member] = EMPTY
        if wrong:
            raise InvalidFields(wrong)
        return Written(
            full_name=name,
            email=email,
            phone=phone or None,
            message=message,
            source=one_line(self.source or "") or None,
            website=self.website or "",
        )


class ReplyToContact(Body, frozen=True, kw_only=True):
    message: Annotated[str, Meta(min_length=1, max_length=10_000, pattern=_LINES)]
    subject: Annotated[str, Meta(max_length=200, pattern=LINE)] | None = None

    def text(self) -> str:
        """Raises InvalidFields."""
        message = several_lines(self.message)
        if not is_visible(message):
            raise InvalidFields({"message": EMPTY})
        return message

    def title(self) -> str | None:
        return one_line(self.subject or "") or None


class MoveContact(Body, frozen=True, kw_only=True):
    status: Status


class ContactView(Answer, frozen=True, kw_only=True):
    """`reply`, `replied_by`, `replied_at`: the last one. `replied_by`: the id of an admin; null too
    when their account was erased."""

    id: str
    full_name: str
    email: str
    phone: str | None
    message: str
    source: str | None
    status: Status
    reply: str | None
    replied_by: str | None
    replied_at: str | None
    created_at: str

    @classmethod
    def of(cls, answered: Answered) -> "ContactView":
        contact = answered.contact
        reply = contact.last_reply
        return cls(
            id=contact.id,
            full_name=contact.full_name,
            email=contact.email,
            phone=contact.phone,
            message=contact.message,
            source=contact.source,
            status=contact.status,
            reply=reply.message if reply else None,
            replied_by=answered.replied_by,
            replied_at=timestamp(reply.at) if reply else None,
            created_at=timestamp(contact.created_at),
        )

    @classmethod
    def to_writer(cls, answered: Answered) -> "ContactView":
        """The same for all who write: nobody learns here that they are suspected."""
        return msgspec.structs.replace(cls.of(answered), status="PENDING")


def wanted_contacts(
    page: int | None, limit: int | None, status: str | None, search: str | None
) -> Wanted:
    """The query of the list. Raises InvalidFields."""
    found = next((each for each in STATUSES if each == status), None)
    if status is not None and found is None:
        raise InvalidFields({"status": _BAD_STATUS})
    return Wanted(page=PageRequest.of(page, limit), status=found, search=search or "")
