"""Endpoints of contacts (contract, section 5), and their part of the dashboard."""

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.notifications.contact.dashboard import Dashboard
from services.notifications.contact.schemas import (
    ContactView,
    DeletedContact,
    MoveContact,
    ReplyToContact,
    WriteContact,
    wanted_contacts,
)
from services.notifications.contact.service import Answered, ContactService
from services.notifications.settings import NotificationsSettings
from shared.contracts.dashboard import ContactsPart
from shared.http.envelope import Envelope, created, ok
from shared.http.guards import admin
from shared.http.pagination import Page
from shared.ids import checked_id
from shared.tokens import Principal


@post("/contact", opt={"idempotent": True})
async def write_contact(
    data: JSONBody[WriteContact],
    visitor: NamedDependency[Principal | None],
    client: NamedDependency[str],
    contacts: NamedDependency[ContactService],
    settings: NamedDependency[NotificationsSettings],
) -> Envelope[ContactView]:
    written = data.written(test_domains=not settings.is_production)
    contact = await contacts.write(written, visitor, client)
    return created(ContactView.to_writer(Answered(contact)))


@get("/contact", guards=[admin])
async def list_contacts(
    contacts: NamedDependency[ContactService],
    status: FromQuery[str | None] = None,
    search: FromQuery[str | None] = None,
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ContactView]]:
    found = await contacts.page(wanted_contacts(page, limit, status, search))
    return ok(Page([ContactView.of(each) for each in found.list], found.pagination))


@post(
    "/contact/{contact_id:str}/reply",
    status_code=200,
    guards=[admin],
    opt={"idempotent": True},
)
async def reply_to_contact(
    contact_id: FromPath[str],
    data: JSONBody[ReplyToContact],
    principal: NamedDependency[Principal],
    contacts: NamedDependency[ContactService],
) -> Envelope[ContactView]:
    target = checked_id(contact_id)
    return ok(ContactView.of(await contacts.reply(principal, target, data.text(), data.title())))


@patch("/contact/{contact_id:str}/status", guards=[admin])
async def move_contact(
    contact_id: FromPath[str],
    data: JSONBody[MoveContact],
    principal: NamedDependency[Principal],
    contacts: NamedDependency[ContactService],
) -> Envelope[ContactView]:
    return ok(ContactView.of(await contacts.move(principal, checked_id(contact_id), data.status)))


@delete("/contact/{contact_id:str}", status_code=200, guards=[admin])
async def delete_contact(
    contact_id: FromPath[str],
    principal: NamedDependency[Principal],
    contacts: NamedDependency[ContactService],
) -> Envelope[DeletedContact]:
    target = checked_id(contact_id)
    await contacts.delete(principal, target)
    return ok(DeletedContact.of(target))


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
