"""Endpoints of contacts (contract, section 5), and their part of the dashboard."""

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.notifications.contact.dashboard import Dashboard
from services.notifications.contact.directory import Directory
from services.notifications.contact.domain import Answered, AnsweredTooOften
from services.notifications.contact.limits import WroteTooOften
from services.notifications.contact.schemas import (
    ContactView,
    MoveContact,
    ReplyToContact,
    WriteContact,
    wanted_contacts,
)
from services.notifications.contact.service import ContactService
from services.notifications.settings import NotificationsSettings
from shared.contracts.dashboard import ContactsPart
from shared.http.envelope import Envelope, created, ok
from shared.http.guards import admin
from shared.http.pagination import Page
from shared.http.reference import refuses
from shared.http.schemas import Deleted
from shared.ids import checked_id
from shared.tokens import Principal


@post("/contact", opt={"idempotent": True, **refuses(WroteTooOften)})
async def write_contact(
    data: JSONBody[WriteContact],
    visitor: NamedDependency[Principal | None],
    client: NamedDependency[str],
    contacts: NamedDependency[ContactService],
    settings: NamedDependency[NotificationsSettings],
) -> Envelope[ContactView]:
    """Write to the school.

    Anybody may, signed in or not. A mail in the language of the request says that the message has
    arrived: at most one a day to an address, and only so many a day in all. Leave `website` empty:
    it is there for programs that fill in whatever they find. Who writes often waits: five messages
    an hour from one address, ten a day.
    """
    written = data.written(test_domains=not settings.is_production)
    contact = await contacts.write(written, visitor, client)
    return created(ContactView.to_writer(Answered(contact)))


@get("/contact", guards=[admin])
async def list_contacts(
    contact_directory: NamedDependency[Directory],
    status: FromQuery[str | None] = None,
    search: FromQuery[str | None] = None,
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ContactView]]:
    """List what people wrote.

    The newest first. `search` finds the beginnings of the words of a name, of an email address and
    of a phone number, and stops at 1,000. What was probably not written by a person is `CLOSED`
    from the start.
    """
    found = await contact_directory.page(wanted_contacts(page, limit, status, search))
    return ok(Page([ContactView.of(each) for each in found.list], found.pagination))


@post(
    "/contact/{contact_id:str}/reply",
    status_code=200,
    guards=[admin],
    opt={"idempotent": True, **refuses(AnsweredTooOften)},
)
async def reply_to_contact(
    contact_id: FromPath[str],
    data: JSONBody[ReplyToContact],
    principal: NamedDependency[Principal],
    contacts: NamedDependency[ContactService],
) -> Envelope[ContactView]:
    """Answer somebody.

    By mail, in the language that they wrote in; without a `subject` it is the one of their message.
    The status becomes `REPLIED`. Further answers go on in the same conversation.
    """
    target = checked_id(contact_id)
    return ok(ContactView.of(await contacts.reply(principal, target, data.text(), data.title())))


@patch("/contact/{contact_id:str}/status", guards=[admin])
async def move_contact(
    contact_id: FromPath[str],
    data: JSONBody[MoveContact],
    principal: NamedDependency[Principal],
    contacts: NamedDependency[ContactService],
) -> Envelope[ContactView]:
    """Set the status of a message.

    Nobody is told. To open what was taken for an advertisement makes it a message like any other.
    """
    return ok(ContactView.of(await contacts.move(principal, checked_id(contact_id), data.status)))


@delete("/contact/{contact_id:str}", status_code=200, guards=[admin])
async def delete_contact(
    contact_id: FromPath[str],
    principal: NamedDependency[Principal],
    contacts: NamedDependency[ContactService],
) -> Envelope[Deleted]:
    """Delete a message, and what was answered.

    An answer under way is sent all the same.
    """
    target = checked_id(contact_id)
    await contacts.delete(principal, target)
    return ok(Deleted.of(target))


@get("/dashboard/contacts", guards=[admin])
async def dashboard_contacts(
    contact_dashboard: NamedDependency[Dashboard],
) -> Envelope[ContactsPart]:
    """For the gateway, which merges it with others' (`shared/contracts/dashboard.py`)."""
    return ok(await contact_dashboard.part())


HANDLERS = (
    write_contact,
    list_contacts,
    reply_to_contact,
    move_contact,
    delete_contact,
    dashboard_contacts,
)
