"""Users' endpoints (contract, section 3)."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from services.users.administration import Administration
from services.users.consents import ConsentVersionLowered
from services.users.dashboard import Dashboard
from services.users.deletions import (
    AccountDeletionFinalized,
    DeletionNotPending,
    DeletionService,
    FinalizeNowDisabled,
    OwnAccount,
)
from services.users.directory import Directory
from services.users.domain import RegistrationComplete
from services.users.erasures.service import ErasureService
from services.users.exports.service import ExportService
from services.users.finalization import SuperadminStays
from services.users.schemas import (
    ChangeProfile,
    ChangeUsername,
    CompleteRegistration,
    Deletion,
    DeletionState,
    ErasureView,
    ExportState,
    Finalized,
    PublicProfile,
    Registered,
    RegistrationStatus,
    Sort,
    Visit,
    known_state,
    wanted_list,
)
from services.users.service import UserService
from services.users.texts import GUEST, REGISTERED, SIGNED_IN, USER_DELETED
from services.users.usernames import UsernameChangedRecently, UsernameTaken
from shared import languages
from shared.clock import timestamp
from shared.contracts.dashboard import UsersPart
from shared.contracts.users import User
from shared.http.envelope import Envelope, ok
from shared.http.guards import admin, signed_in
from shared.http.pagination import Page, PageRequest, page_of
from shared.http.reference import refuses
from shared.http.schemas import Deleted
from shared.ids import checked_id
from shared.roles import Role
from shared.tokens import Principal

ONCE = {"idempotent": True}
DOWNLOAD = {
    "Content-Disposition": 'attachment; filename="aula-export.zip"',
    "Cache-Control": "no-store",
}


@get("/me", guards=[signed_in])
async def find_me(
    principal: NamedDependency[Principal], users: NamedDependency[UserService]
) -> Envelope[User]:
    """Get your own profile."""
    return ok(await users.me(principal))


@patch("/me", guards=[signed_in], opt=refuses(ConsentVersionLowered))
async def change_me(
    data: JSONBody[ChangeProfile],
    principal: NamedDependency[Principal],
    users: NamedDependency[UserService],
) -> Envelope[User]:
    """Change your profile.

    Only what is sent is changed; null clears a member. A consent can be given for a newer
    version of the form, never for an older one.
    """
    languages.use(data.language or languages.asked())
    return ok(await users.change_me(principal, data.changes()))


@get("/auth/registration/status", guards=[signed_in])
async def find_registration_status(
    principal: NamedDependency[Principal], users: NamedDependency[UserService]
) -> Envelope[RegistrationStatus]:
    """Ask what your registration still needs."""
    return ok(RegistrationStatus.of(await users.missing_fields(principal)))


@post(
    "/auth/registration/complete",
    status_code=200,
    guards=[signed_in],
    opt=ONCE | refuses(RegistrationComplete, ConsentVersionLowered),
)
async def complete_registration(
    data: JSONBody[CompleteRegistration],
    principal: NamedDependency[Principal],
    users: NamedDependency[UserService],
) -> Envelope[Registered]:
    """Complete your registration.

    Once: name, and consent to the privacy policy and the terms of use, each with its version.
    What can be changed in `PATCH /me` may come along.
    """
    languages.use(data.language or languages.asked())
    user = await users.complete_registration(principal, data.changes())
    return ok(Registered(message=REGISTERED.in_(languages.current()), user=user))


@patch("/users/username", guards=[signed_in], opt=refuses(UsernameTaken, UsernameChangedRecently))
async def change_username(
    data: JSONBody[ChangeUsername],
    principal: NamedDependency[Principal],
    users: NamedDependency[UserService],
) -> Envelope[User]:
    """Choose your username.

    3 to 30 of a-z, 0-9, `_` and `.`; whatever the case, nobody else has it. At most once in 30
    days.
    """
    return ok(await users.change_username(principal, data.new_username))


@get("/users/profile/username/{username:str}")
async def find_public_profile(
    username: FromPath[str], users: NamedDependency[UserService]
) -> Envelope[PublicProfile]:
    """Look at somebody's public profile.

    What a person shows of themself on purpose.
    """
    return ok(PublicProfile.of(await users.named(username)))


@get("/users/optional-auth")
async def visit(
    visitor: NamedDependency[Principal | None], users: NamedDependency[UserService]
) -> Envelope[Visit]:
    """Ask who you are, signed in or not.

    For pages that are open to all: without a token you are a guest, with one the answer has
    your profile.
    """
    user = await users.visiting(visitor)
    message = (SIGNED_IN if user else GUEST).in_(languages.current())
    return ok(Visit(is_authenticated=user is not None, user=user, message=message))


@post(
    "/users/me/account-deletion",
    status_code=200,
    guards=[signed_in],
    opt=ONCE | refuses(SuperadminStays),
)
async def request_deletion(
    principal: NamedDependency[Principal], deletions: NamedDependency[DeletionService]
) -> Envelope[Deletion]:
    """Ask for the deletion of your account.

    It is carried out after 28 days, unless you cancel it. Until then you can look at the
    account, export your data and cancel. Asking again changes nothing.
    """
    return ok(Deletion.of(await deletions.request(principal)))


@get("/users/me/account-deletion", guards=[signed_in])
async def find_deletion(
    principal: NamedDependency[Principal], deletions: NamedDependency[DeletionService]
) -> Envelope[DeletionState]:
    """Look at the deletion of your account.

    What became of the last request; all null where there was none.
    """
    return ok(DeletionState.of(await deletions.state(principal)))


@delete(
    "/users/me/account-deletion",
    status_code=200,
    guards=[signed_in],
    opt=refuses(DeletionNotPending, AccountDeletionFinalized),
)
async def cancel_deletion(
    principal: NamedDependency[Principal], deletions: NamedDependency[DeletionService]
) -> Envelope[DeletionState]:
    """Cancel the deletion of your account.

    Everything is as it was. Repeating it is fine; once it was carried out it is too late.
    """
    return ok(DeletionState.of(await deletions.cancel(principal)))


@post(
    "/users/me/account-deletion/finalize-now",
    status_code=200,
    guards=[signed_in],
    opt=refuses(FinalizeNowDisabled, DeletionNotPending, AccountDeletionFinalized, SuperadminStays),
)
async def finalize_deletion(
    principal: NamedDependency[Principal], deletions: NamedDependency[DeletionService]
) -> Envelope[Finalized]:
    """Delete your account now.

    Does not wait for the 28 days; the deletion has to be asked for before. It cannot be undone.
    Installations can switch this off.
    """
    finalized_at = await deletions.finalize_now(principal)
    return ok(Finalized(user_id=principal.user_id, finalized_at=timestamp(finalized_at)))


@get("/users/me/export", status_code=202, guards=[signed_in])
async def export_me(
    principal: NamedDependency[Principal], exports: NamedDependency[ExportService]
) -> Envelope[ExportState]:
    """Ask for a copy of all your data.

    Everything that every service holds on you, as one zip of JSON. When it is ready, the link
    comes by mail. Asking again within a day finds the same copy.
    """
    export = await exports.request(principal)
    return ok(ExportState.of(export, exports.path(export)), 202)


@get("/users/exports/{token:str}", media_type="application/zip")
async def download_export(token: FromPath[str], exports: NamedDependency[ExportService]) -> Stream:
    """Download a copy of your data.

    The link is in the mail. It is secret, and good for a week.
    """
    return Stream(await exports.open(token), media_type="application/zip", headers=DOWNLOAD)


@get("/admin/users", guards=[admin])
async def list_users(
    principal: NamedDependency[Principal],
    directory: NamedDependency[Directory],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
    search: FromQuery[str | None] = None,
    role: FromQuery[Role | None] = None,
    isRegistrationComplete: FromQuery[bool | None] = None,  # noqa: N803  refusals name it so
    sort: FromQuery[Sort] = "-createdAt",
) -> Envelope[Page[User]]:
    """List people.

    The newest first, unless sorted otherwise. `search` finds the beginnings of names,
    usernames, addresses and numbers.
    """
    wanted = wanted_list(page, limit, search, role, isRegistrationComplete, sort)
    return ok(await directory.list(principal, wanted))


@get("/admin/users/{user_id:str}", guards=[admin])
async def find_user(
    user_id: FromPath[str],
    principal: NamedDependency[Principal],
    administration: NamedDependency[Administration],
) -> Envelope[User]:
    """Get somebody's profile."""
    return ok(await administration.user(principal, checked_id(user_id)))


@patch("/admin/users/{user_id:str}/profile", guards=[admin], opt=refuses(ConsentVersionLowered))
async def change_profile(
    user_id: FromPath[str],
    data: JSONBody[ChangeProfile],
    principal: NamedDependency[Principal],
    administration: NamedDependency[Administration],
) -> Envelope[User]:
    """Change somebody's profile.

    As `PATCH /me`, for people below one's own rank.
    """
    return ok(await administration.change_profile(principal, checked_id(user_id), data.changes()))


@delete("/admin/users/{user_id:str}", status_code=200, guards=[admin], opt=refuses(OwnAccount))
async def delete_user(
    user_id: FromPath[str],
    principal: NamedDependency[Principal],
    deletions: NamedDependency[DeletionService],
) -> Envelope[Deleted]:
    """Delete somebody's account.

    At once and for good, for people below one's own rank. `GET /admin/users/{id}/erasure` shows
    how every service forgets them.
    """
    target = checked_id(user_id)
    await deletions.delete(principal, target)
    return ok(Deleted.of(target, USER_DELETED))


@get("/admin/erasures", guards=[admin])
async def list_erasures(
    principal: NamedDependency[Principal],
    erasures: NamedDependency[ErasureService],
    # Not as a State: a refusal would call it by the name here, and `state` is the framework's.
    wanted: Annotated[str | None, QueryParameter(name="state")] = None,
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ErasureView]]:
    """List the erasures of people.

    The newest first.
    """
    asked = PageRequest.of(page, limit)
    found, total = await erasures.page(principal, known_state(wanted), asked.skip, asked.limit)
    return ok(page_of([ErasureView.of(erasure) for erasure in found], total, asked))


@get("/admin/users/{user_id:str}/erasure", guards=[admin])
async def find_erasure(
    user_id: FromPath[str],
    principal: NamedDependency[Principal],
    erasures: NamedDependency[ErasureService],
) -> Envelope[ErasureView]:
    """Follow the erasure of a person.

    Which services have confirmed that they hold nothing any more, and which are still missing.
    """
    return ok(ErasureView.of(await erasures.of(principal, checked_id(user_id))))


@get("/dashboard/users", guards=[admin])
async def dashboard_users(dashboard: NamedDependency[Dashboard]) -> Envelope[UsersPart]:
    """For the gateway, which merges it with others' (`shared/contracts/dashboard.py`)."""
    return ok(await dashboard.part())


HANDLERS = (
    find_me,
    change_me,
    find_registration_status,
    complete_registration,
    change_username,
    find_public_profile,
    visit,
    request_deletion,
    find_deletion,
    cancel_deletion,
    finalize_deletion,
    export_me,
    download_export,
    list_users,
    find_user,
    change_profile,
    delete_user,
    list_erasures,
    find_erasure,
    dashboard_users,
)
