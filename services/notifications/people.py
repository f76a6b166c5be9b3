"""Keeping the copy of people that mails need, by the events of auth and users."""

from services.notifications.domain import Person
from services.notifications.repository import People
from shared.contracts.auth import UserEmailChanged, UserRegistered
from shared.contracts.users import UserProfileUpdated
from shared.messaging import Transaction
from shared.mongo import Document, Session
from shared.tombstones import Tombstones

# Two owners, and what auth says in two events, of which the second may come first.
_REGISTERED, _EMAIL, _PROFILE = "registered_version", "email_version", "profile_version"


class NotKnownYet(Exception):
    """An event on a person came before the one that introduces them: try again."""


class Acquaintances:
    """Handlers of what is told about people. Whoever is gone stays gone."""

    def __init__(self, people: People, tombstones: Tombstones) -> None:
        self._people = people
        self._tombstones = tombstones

    async def register(self, event: UserRegistered, transaction: Transaction) -> None:
        phone = f"{event.country_code}{event.phone_number}" if event.phone_number else None
        values = {"phone": phone, "signup_language": event.language}
        await self._learn(event.user_id, values, event.version, _REGISTERED, transaction.session)
        await self._learn_email(event.user_id, event.email, event.version, transaction.session)

    async def change_email(self, event: UserEmailChanged, transaction: Transaction) -> None:
        await self._learn_email(event.user_id, event.email, event.version, transaction.session)

    async def change_profile(self, event: UserProfileUpdated, transaction: Transaction) -> None:
        profile = event.profile
        values = {
            "name": profile.name,
            "language": profile.language,
            "timezone": profile.timezone,
        }
        await self._learn(event.user_id, values, event.version, _PROFILE, transaction.session)

    async def take(self, user_id: str, transaction: Transaction, **values: object) -> Person | None:
        """The person, to write something about them in this transaction, and `values` into their
        document; None if they are gone for good. Raises NotKnownYet."""
        if await self._tombstones.has(user_id, transaction.session):
            return None
        person = await self._people.take(user_id, transaction.session, **values)
        if person is None or not person.is_known:
            raise NotKnownYet
        return person

    async def _learn_email(
        self, user_id: str, email: str | None, version: int, session: Session
    ) -> None:
        await self._learn(user_id, {"email": email}, version, _EMAIL, session)
        if email:
            await self._people.remember_email(user_id, email, session)

    async def _learn(
        self, user_id: str, values: Document, version: int, facts: str, session: Session
    ) -> None:
        if not await self._tombstones.has(user_id, session):
            await self._people.learn(user_id, values, version=version, facts=facts, session=session)
