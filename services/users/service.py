"""What users does: keep profiles."""

import asyncio
from collections.abc import Callable

from services.users.domain import Person
from services.users.repository import People
from shared.clock import Clock
from shared.contracts.auth import UserEmailChanged, UserRegistered, UserRoleChanged, UserSignedIn
from shared.contracts.users import User, UserProfileUpdated
from shared.errors import AuthenticationRequired
from shared.languages import Language
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal
from shared.tombstones import Tombstones

# How long a first look at a profile waits for `user.registered`, which is milliseconds away
# unless NATS is.
_PATIENCE = 0.5
_LOOK_AGAIN = 0.02


class UserService:
    def __init__(
        self, people: People, tombstones: Tombstones, outbox: Outbox, clock: Clock
    ) -> None:
        self._people = people
        self._tombstones = tombstones
        self._outbox = outbox
        self._clock = clock

    async def me(self, principal: Principal) -> User:
        return (await self._registered(principal)).user

    async def change_me(self, principal: Principal, changes: dict[str, object]) -> User:
        """`changes`: members of Profile and their new values. Raises InvalidFields."""
        await self._registered(principal)

        async def work(transaction: Transaction) -> Person:
            known = await self._find_or_refuse(principal.user_id, transaction)
            person = known or Person.of_token(principal.user_id, principal.role)
            person = person.with_profile(changes, self._clock())
            await self._people.save(person, transaction.session, before=known)
            transaction.record(
                UserProfileUpdated(
                    user_id=person.id, version=person.version, profile=person.profile
                )
            )
            return person

        return (await self._outbox.commit(work)).user

    async def language_of(self, user_id: str) -> Language | None:
        person = await self._people.find(user_id)
        return person.profile.language if person else None

    async def register(self, event: UserRegistered, transaction: Transaction) -> None:
        await self._learn(event.user_id, lambda person: person.registered(event), transaction)

    async def note_sign_in(self, event: UserSignedIn, transaction: Transaction) -> None:
        await self._learn(event.user_id, lambda person: person.signed_in(event), transaction)

    async def change_email(self, event: UserEmailChanged, transaction: Transaction) -> None:
        await self._learn(event.user_id, lambda person: person.email_changed(event), transaction)

    async def change_role(self, event: UserRoleChanged, transaction: Transaction) -> None:
        await self._learn(event.user_id, lambda person: person.role_changed(event), transaction)

    async def _learn(
        self, user_id: str, fact: Callable[[Person], Person], transaction: Transaction
    ) -> None:
        """Apply what auth said, to somebody we may not have heard of before."""
        known = await self._people.find(user_id, transaction.session)
        if known is None and await self._tombstones.has(user_id, transaction.session):
            return
        person = fact(known or Person.of_token(user_id, "user"))
        if person != known:
            await self._people.save(person, transaction.session, before=known)

    async def _find_or_refuse(self, user_id: str, transaction: Transaction) -> Person | None:
        """The person, if known here yet. Raises AuthenticationRequired if they are gone."""
        known = await self._people.find(user_id, transaction.session)
        if known is None and await self._tombstones.has(user_id, transaction.session):
            raise AuthenticationRequired
        return known

    async def _registered(self, principal: Principal) -> Person:
        """The caller; if `user.registered` does not come in time, as their token has them.
        Raises AuthenticationRequired if they are gone."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while True:
            person = await self._people.find(principal.user_id)
            if person and person.is_registered:
                return person
            if person is None and await self._tombstones.has(principal.user_id):
                raise AuthenticationRequired
            if asyncio.get_running_loop().time() > deadline:
                return person or Person.of_token(principal.user_id, principal.role)
            await asyncio.sleep(_LOOK_AGAIN)
