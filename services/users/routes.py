"""Users' endpoints (contract, section 3)."""

from litestar import get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody

from services.users.schemas import ChangeProfile
from services.users.service import UserService
from shared.contracts.users import User
from shared.http.envelope import Envelope, ok
from shared.http.guards import signed_in
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


HANDLERS = (me, change_me)
