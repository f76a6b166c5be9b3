"""Users' endpoints (contract, section 3)."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from services.users.administration import Administration
from services.users.dashboard import Dashboard
from services.users.deletions import DeletionService
from services.users.directory import Directory
from services.users.erasures.service import ErasureService
from services.users.exports.service import ExportService
from services.users.schemas import (
    ChangeProfile,
    ChangeUsername,
    CompleteRegistration,
    Deleted,
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
from shared import languages
from shared.clock import timestamp
from shared.contracts.dashboard import UsersPart
from shared.contracts.users import User
from shared.http.envelope import Envelope, ok
from shared.http.guards import admin, signed_in
from shared.http.pagination import Page, PageRequest, page_of
from shared.ids import checked_id
from shared.roles import Role
from shared.tokens import Principal

DOWNLOAD = {
    "Content-Disposition": 'attachment; filename="aula-export.zip"',
    "Cache-Control": "no-store",
}


@get("/me", guards=[signed_in])
async def me(
    principal: NamedDependency[Principal], users: NamedDependency[UserService]
) -> Envelope[User]:
    return ok(await users.me(principal))


@patch("/me", guards=[signed_in])
async def change_me(
    data: JSONBody[ChangeProfile],
    principal: NamedDependency[Principal],
    users: NamedDependency[UserService],
) -> Envelope[User]:
    languages.use(data.language or languages.asked())
    return ok(await users.change_me(principal, data.changes()))


@get("/auth/registration/status", guards=[signed_in])
async def registration_status(
    principal: NamedDependency[Principal], users: NamedDependency[UserService]
) -> Envelope[RegistrationStatus]:
    return ok(RegistrationStatus.of(await users.missing_fields(principal)))


@post("/auth/registration/complete", status_code=200, guards=[signed_in], opt={"idempotent": True})
async def complete_registration(
    data: JSONBody[CompleteRegistration],
    principal: NamedDependency[Principal],
    users: NamedDependency[UserService],
) -> Envelope[Registered]:
    languages.use(data.language or languages.asked())
    user = await users.complete_registration(principal, data.changes())
    return ok(Registered(message=REGISTERED.in_(languages.current()), user=user))


@patch("/users/username", guards=[signed_in])
async def change_username(
    data: JSONBody[ChangeUsername],
    principal: NamedDependency[Principal],
    users: NamedDependency[UserService],
) -> Envelope[User]:
    return ok(await users.change_username(principal, data.new_username))


@get("/users/profile/username/{username:str}")
async def public_profile(
    username: FromPath[str], users: NamedDependency[UserService]
) -> Envelope[PublicProfile]:
    return ok(PublicProfile.of(await users.named(username)))


@get("/users/optional-auth")
async def optional_auth(
    visitor: NamedDependency[Principal | None], users: NamedDependency[UserService]
) -> Envelope[Visit]:
    user = await users.visiting(visitor)
    message = (SIGNED_IN if user else GUEST).in_(languages.current())
    return ok(Visit(is_authenticated=user is not None, user=user, message=message))


@post("/users/me/account-deletion", status_code=200, guards=[signed_in], opt={"idempotent": True})
async def request_deletion(
    principal: NamedDependency[Principal], deletions: NamedDependency[DeletionService]
) -> Envelope[Deletion]:
    return ok(Deletion.of(await deletions.request(principal)))


@get("/users/me/account-deletion", guards=[signed_in])
async def deletion_state(
    principal: NamedDependency[Principal], deletions: NamedDependency[DeletionService]
) -> Envelope[DeletionState]:
    return ok(DeletionState.of(await deletions.state(principal)))


@delete("/users/me/account-deletion", status_code=200, guards=[signed_in])
async def cancel_deletion(
    principal: NamedDependency[Principal], deletions: NamedDependency[DeletionService]
) -> Envelope[DeletionState]:
    return ok(DeletionState.of(await deletions.cancel(principal)))


@post("/users/me/account-deletion/finalize-now", status_code=200, guards=[signed_in])
async def finalize_now(
    principal: NamedDependency[Principal], deletions: NamedDependency[DeletionService]
) -> Envelope[Finalized]:
    finalized_at = await deletions.finalize_now(principal)
    return ok(Finalized(user_id=principal.user_id, finalized_at=timestamp(finalized_at)))


@get("/users/me/export", status_code=202, guards=[signed_in])
async def export_me(
    principal: NamedDependency[Principal], exports: NamedDependency[ExportService]
) -> Envelope[ExportState]:
    export = await exports.request(principal)
    return ok(ExportState.of(export, exports.path(export)), 202)


@get("/users/exports/{token:str}")
async def download_export(token: FromPath[str], exports: NamedDependency[ExportService]) -> Stream:
    return Stream(await exports.open(token), media_type="application/zip", headers=DOWNLOAD)


@get("/admin/users", guards=[admin])
async def list_people(
    principal: NamedDependency[Principal],
    directory: NamedDependency[Directory],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
    search: FromQuery[str | None] = None,
    role: FromQuery[Role | None] = None,
    isRegistrationComplete: FromQuery[bool | None] = None,  # noqa: N803  refusals name it so
    sort: FromQuery[Sort] = "-createdAt",
) -> Envelope[Page[User]]:
    wanted = wanted_list(page, limit, search, role, isRegistrationComplete, sort)
    return ok(await directory.list(principal, wanted))


@get("/admin/users/{user_id:str}", guards=[admin])
async def find_user(
    user_id: FromPath[str],
    principal: NamedDependency[Principal],
    administration: NamedDependency[Administration],
) -> Envelope[User]:
    return ok(await administration.user(principal, checked_id(user_id)))


@patch("/admin/users/{user_id:str}/profile", guards=[admin])
async def change_profile(
    user_id: FromPath[str],
    data: JSONBody[ChangeProfile],
    principal: NamedDependency[Principal],
    administration: NamedDependency[Administration],
) -> Envelope[User]:
    return ok(await administration.change_profile(principal, checked_id(user_id), data.changes()))


@delete("/admin/users/{user_id:str}", status_code=200, guards=[admin])
async def delete_user(
    user_id: FromPath[str],
    principal: NamedDependency[Principal],
    deletions: NamedDependency[DeletionService],
) -> Envelope[Deleted]:
    target = checked_id(user_id)
    await deletions.delete(principal, target)
    return ok(Deleted(message=USER_DELETED.in_(languages.current()), id=target))


@get("/admin/erasures", guards=[admin])
async def list_erasures(
    principal: NamedDependency[Principal],
    erasures: NamedDependency[ErasureService],
    # Not as a State: a refusal would call it by the name here, and `state` is the framework's.
    wanted: Annotated[str | None, QueryParameter(name="state")] = None,
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ErasureView]]:
    asked = PageRequest.of(page, limit)
    found, total = await erasures.page(principal, known_state(wanted), asked.skip, asked.limit)
    return ok(page_of([ErasureView.of(erasure) for erasure in found], total, asked))


@get("/admin/users/{user_id:str}/erasure", guards=[admin])
async def find_erasure(
    user_id: FromPath[str],
    principal: NamedDependency[Principal],
    erasures: NamedDependency[ErasureService],
) -> Envelope[ErasureView]:
    return ok(ErasureView.of(await erasures.of(principal, checked_id(user_id))))


@get("/dashboard/users", guards=[admin])
async def dashboard_users(dashboard: NamedDependency[Dashboard]) -> Envelope[UsersPart]:
    """For the gateway, which merges it with others' (`shared/contracts/dashboard.py`)."""
    return ok(await dashboard.part())


HANDLERS = (
    me,
    change_me,
    registration_status,
    complete_registration,
    change_username,
    public_profile,
    optional_auth,
    request_deletion,
    deletion_state,
    cancel_deletion,
    finalize_now,
    export_me,
    download_export,
    list_people,
    find_user,
    change_profile,
    delete_user,
    list_erasures,
    find_erasure,
    dashboard_users,
)
