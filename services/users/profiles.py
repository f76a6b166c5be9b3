"""People, as every use case of users finds and saves them."""

from datetime import datetime

from services.users.consents import (
    Choice,
    Consent,
    ConsentVersionLowered,
    GivenBy,
    changed_choices,
    is_lower,
)
from services.users.domain import Person
from services.users.patience import patiently
from services.users.repository import Consents, People
from shared.contracts.users import Profile, UserProfileUpdated
from shared.errors import AuthenticationRequired
from shared.ids import new_id
from shared.messaging import Transaction
from shared.mongo import Session
from shared.tokens import Principal
from shared.tombstones import Tombstones


class Profiles:
    def __init__(self, people: People, consents: Consents, tombstones: Tombstones) -> None:
        self._people = people
        self._consents = consents
        self._tombstones = tombstones

    async def of(self, principal: Principal) -> Person:
        """The caller; if `user.registered` does not come in time, as their token has them.
        Raises AuthenticationRequired if they are gone."""

        async def look() -> Person | None:
            return await self._found(principal)

        person = await patiently(look, lambda found: found is not None and found.is_registered)
        return person or Person.of_token(principal.user_id, principal.role)

    async def heard_of(self, user_id: str) -> Person | None:
        """Somebody else, for whom the same is true as for the caller: they may just have come."""

        async def look() -> tuple[Person | None, bool]:
            person = await self._people.find(user_id)
            return person, person is not None or await self._tombstones.has(user_id)

        person, _ = await patiently(look, lambda found: found[1])
        return person

    async def known(self, principal: Principal, transaction: Transaction) -> Person | None:
        """The caller, if there is a document on them yet. Raises AuthenticationRequired if they
        are gone."""
        return await self._found(principal, transaction.session)

    async def save(
        self,
        person: Person,
        transaction: Transaction,
        *,
        before: Person | None,
        by: GivenBy = "self",
    ) -> None:
        """Save a changed profile and the consents in it, and say so. In the transaction that read
        `before`. Raises ConsentVersionLowered."""
        await self._people.save(person, transaction.session, before=before)
        for choice in changed_choices(before.profile if before else Profile(), person.profile):
            await self._note(choice, person, by, transaction.session)
        transaction.record(
            UserProfileUpdated(user_id=person.id, version=person.version, profile=person.profile)
        )

    async def _found(self, principal: Principal, session: Session | None = None) -> Person | None:
        person = await self._people.find(principal.user_id, session)
        if person is None and await self._tombstones.has(principal.user_id, session):
            raise AuthenticationRequired
        return person

    async def _note(self, choice: Choice, person: Person, by: GivenBy, session: Session) -> None:
        last = await self._consents.accepted_last(person.id, choice.document, session)
        if last and last.version and is_lower(choice.version or "", last.version):
            raise ConsentVersionLowered
        consent = Consent(
            id=new_id(),
            user_id=person.id,
            document=choice.document,
            accepted=choice.accepted,
            version=choice.version,
            at=datetime.fromisoformat(person.profile.updated_at or ""),
            by=by,
            change=person.version,
        )
        await self._consents.add(consent, session)
