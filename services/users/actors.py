"""Admins at work: who they are now, and whom they may change."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.users.domain import Person
from services.users.patience import patiently
from services.users.profiles import Profiles
from services.users.repository import People
from shared.errors import InsufficientPermissions, NotFound
from shared.messaging import Outbox, Transaction
from shared.roles import Role, outranks
from shared.tokens import Principal

T = TypeVar("T")


class Actors:
    """A token may be older than a demotion that users has heard of, so it is not enough."""

    def __init__(self, people: People, profiles: Profiles, outbox: Outbox) -> None:
        self._people = people
        self._profiles = profiles
        self._outbox = outbox

    async def require(self, principal: Principal, least: Role) -> None:
        """For what is only read. Raises InsufficientPermissions, AuthenticationRequired."""
        person = await self._heard_of(principal, least)
        if outranks(least, person.account.role):
            raise InsufficientPermissions

    async def commit(
        self,
        principal: Principal,
        least: Role,
        work: Callable[[Person, Transaction], Awaitable[T]],
    ) -> T:
        """`Outbox.commit` with a `work` that is also handed who acts, as they are now.
        Raises InsufficientPermissions (less than `least`), AuthenticationRequired (gone)."""
        await self._heard_of(principal, least)

        async def acting(transaction: Transaction) -> T:
            known = await self._profiles.known(principal, transaction)
            actor = _as_they_are(principal, known)
            if outranks(least, actor.account.role):
                raise InsufficientPermissions
            return await work(actor, transaction)

        return await self._outbox.commit(acting)

    async def target(self, actor: Person, user_id: str, transaction: Transaction) -> Person:
        """Whom `actor` is about to change. Raises NotFound, and InsufficientPermissions where the
        rank forbids it: others of one's own rank or above are for superadmins to change."""
        person = await self._people.find(user_id, transaction.session)
        if person is None:
            raise NotFound
        if not (
            actor.account.role == "superadmin"
            or actor.id == person.id
            or outranks(actor.account.role, person.account.role)
        ):
            raise InsufficientPermissions
        return person

    async def _heard_of(self, principal: Principal, least: Role) -> Person:
        """The caller, once we have heard that they are `least`; or as they are after a while: a
        role just given is in the token before `user.role_changed` is here."""

        async def look() -> Person:
            return _as_they_are(principal, await self._profiles.of(principal))

        return await patiently(look, lambda person: not outranks(least, person.account.role))


def _as_they_are(principal: Principal, known: Person | None) -> Person:
    """Where auth has said nothing of their role yet, the token is all there is."""
    if known and known.knows_role:
        return known
    return Person.of_token(principal.user_id, principal.role)
