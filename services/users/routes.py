"""Users' endpoints (contract, section 3)."""

from litestar import get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.users.administration import Administration
from services.users.directory import Directory
from services.users.schemas import ChangeProfile, Sort, wanted_list
from services.users.service import UserService
from shared.contracts.users import User
from shared.http.envelope import Envelope, ok
from shared.http.guards import admin, signed_in
from shared.http.pagination import Page
from shared.ids import checked_id
from shared.roles import Role
from shared.tokens import Principal


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
    return ok(await users.change_me(principal, data.changes()))


@get("/admin/users", guards=[admin])
async def people(
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


HANDLERS = (
    me,
    change_me,
    people,
    find_user,
    change_profile,
)
