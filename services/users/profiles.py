"""People, as every use case of users finds and saves them."""

import asyncio

from services.users.domain import Person
from services.users.repository import People
from shared.contracts.users import UserProfileUpdated
from shared.errors import AuthenticationRequired
from shared.messaging import Transaction
from shared.tokens import Principal
from shared.tombstones import Tombstones

# How long a first look at a profile waits for `user.registered`, which is milliseconds away
# unless NATS is.
_PATIENCE = 0.5
_LOOK_AGAIN = 0.02


class Profiles:
    def __init__(self, people: People, tombstones: Tombstones) -> None:
        self._people = people
        self._tombstones = tombstones

    async def of(self, principal: Principal) -> Person:
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

    async def known(self, principal: Principal, transaction: Transaction) -> Person | None:
        """The caller, if there is a document on them yet. Raises AuthenticationRequired if they
        are gone."""
        known = await self._people.find(principal.user_id, transaction.session)
        if known is None and await self._tombstones.has(principal.user_id, transaction.session):
            raise AuthenticationRequired
        return known

    async def save(
        self, person: Person, transaction: Transaction, *, before: Person | None
    ) -> None:
        """Save a changed profile, and say so. In the transaction that read `before`."""
        await self._people.save(person, transaction.session, before=before)
        transaction.record(
            UserProfileUpdated(user_id=person.id, version=person.version, profile=person.profile)
        )
