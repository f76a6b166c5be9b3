"""Endpoints of the inbox (contract, section 5)."""

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.notifications.inbox.preferences import AlwaysSent
from services.notifications.inbox.schemas import (
    ChangePreferences,
    CreateNotification,
    DeleteThese,
    MarkRead,
    Preferences,
    Removed,
    Shown,
    Unread,
    wanted_notifications,
)
from services.notifications.inbox.service import InboxService
from shared.errors import NotFound
from shared.http.envelope import Envelope, created, ok
from shared.http.guards import admin, signed_in
from shared.http.pagination import Page
from shared.http.reference import refuses
from shared.ids import checked_id
from shared.tokens import Principal


@get("/notifications", guards=[signed_in])
async def list_notifications(
    principal: NamedDependency[Principal],
    inbox: NamedDependency[InboxService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
    type: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
    read: FromQuery[bool | None] = None,
) -> Envelope[Page[Shown]]:
    """List what you were told.

    The newest first. `type` says what happened, `metadata` is what an app needs to open it.

    Of `tests`: `test_submitted` (with `resultId`, `testId`, `targetLanguage`, `level` and
    `totalScore`). Of `materials`: `material_assigned` and `material_unassigned` (`materialId`). Of
    `account`: `welcome`, `email_changed`, `deletion_requested` (`scheduledFor`),
    `deletion_cancelled`, `export_ready` (`expiresAt`; `GET /users/me/export` has the link), and
    `session_stopped`, a session that was ended because its token came a second time. Admins write
    types, categories and metadata of their own.
    """
    wanted = wanted_notifications(principal.user_id, page, limit, type, category, read)
    return ok(Shown.page(await inbox.page(wanted)))


@get("/notifications/unread-count", guards=[signed_in])
async def count_unread(
    principal: NamedDependency[Principal], inbox: NamedDependency[InboxService]
) -> Envelope[Unread]:
    """Count what you have not read."""
    return ok(Unread(count=await inbox.unread(principal.user_id)))


@patch("/notifications/{entry_id:str}/read", guards=[signed_in])
async def mark_notification(
    entry_id: FromPath[str],
    data: JSONBody[MarkRead],
    principal: NamedDependency[Principal],
    inbox: NamedDependency[InboxService],
) -> Envelope[Shown]:
    """Mark a notification as read, or as unread.

    Repeating it is fine.
    """
    target = checked_id(entry_id)
    return ok(Shown.of(await inbox.mark(principal.user_id, target, read=data.is_read)))


@delete("/notifications/bulk", status_code=200, guards=[signed_in])
async def delete_notifications(
    data: JSONBody[DeleteThese],
    principal: NamedDependency[Principal],
    inbox: NamedDependency[InboxService],
) -> Envelope[Removed]:
    """Delete some of your notifications.

    Up to 100 at once. Those that are not yours, or not there any more, are passed over: `deleted`
    says how many went.
    """
    these = [each.lower() for each in data.ids]
    return ok(Removed(deleted=await inbox.delete(principal.user_id, these)))


@post("/notifications", guards=[admin], opt={"idempotent": True, **refuses(NotFound)})
async def create_notification(
    data: JSONBody[CreateNotification],
    principal: NamedDependency[Principal],
    inbox: NamedDependency[InboxService],
) -> Envelope[Shown]:
    """Tell somebody something.

    In your words. They find it among their notifications, and get a mail and a push, as they
    prefer for the category; the answer is what they are told, also where they want none of it.
    """
    return created(Shown.of(await inbox.tell(principal, data.notice())))


@get("/notifications/preferences", guards=[signed_in])
async def read_preferences(
    principal: NamedDependency[Principal], inbox: NamedDependency[InboxService]
) -> Envelope[Preferences]:
    """Show which messages you want.

    By category, and by way. `fixed` names those that cannot be switched off: codes, and mails on
    the end of your account or a copy of your data.
    """
    return ok(Preferences.of(await inbox.preferences(principal.user_id)))


@patch("/notifications/preferences", guards=[signed_in], opt=refuses(AlwaysSent))
async def change_preferences(
    data: JSONBody[ChangePreferences],
    principal: NamedDependency[Principal],
    inbox: NamedDependency[InboxService],
) -> Envelope[Preferences]:
    """Choose which messages you want.

    What you leave out stays as it is. Messages of a category that is not listed go by `other`.
    """
    return ok(Preferences.of(await inbox.choose(principal.user_id, data.said)))


HANDLERS = (
    list_notifications,
    count_unread,
    mark_notification,
    delete_notifications,
    create_notification,
    read_preferences,
    change_preferences,
)
