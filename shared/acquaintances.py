"""A service's copy of people: kept by the events of auth and users, and taken in hand by whoever
writes something about a person, so that their erasure cannot overlook it."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from shared.acquaintance import Acquaintance
from shared.contracts.auth import UserEmailChanged, UserRegistered
from shared.contracts.users import UserProfileUpdated
from shared.documents import from_document
from shared.messaging import Subscription, Transaction
from shared.mongo import Collection, Document, IndexModel, Session, save_newer
from shared.personal_data import Holding
from shared.tombstones import Tombstones

A = TypeVar("A", bound=Acquaintance)

# Two owners, and what auth says in two events, of which the second may come first.
_REGISTERED, _EMAIL, _PROFILE = "registered_version", "email_version", "profile_version"


class NotKnownYet(Exception):
    """An event on a person came before the one that introduces them: try again."""


class People(Generic[A]):
    """Where the copy lies; each owner's facts have their own version. `emails`: all that were ever
    theirs, by which an erasure finds what went there."""

    INDEXES = (IndexModel([("email", 1)], name="by_email"),)
    INNER: ClassVar = (_REGISTERED, _EMAIL, _PROFILE, "told_at")

    def __init__(self, collection: Collection, kind: type[A]) -> None:
        self._people = collection
        self._kind = kind

    async def learn(
        self, user_id: str, values: Document, *, version: int, facts: str, session: Session
    ) -> None:
        """Keep those of `values` that this service wants, unless a later version of these `facts`
        is there."""
        kept = {name: each for name, each in values.items() if name in self._kind.__struct_fields__}
        await save_newer(self._people, user_id, kept, version=version, session=session, field=facts)

    async def remember_email(self, user_id: str, email: str, session: Session) -> None:
        """After `learn`, whichever version they have now."""
        theirs = {"$addToSet": {"emails": email}}
        await self._people.update_one({"_id": user_id}, theirs, session=session)

    async def take(self, user_id: str, session: Session, values: Document) -> A | None:
        """The person, whose document this transaction has then written, `values` too."""
        document = await self._people.find_one({"_id": user_id}, session=session)
        if document is None:
            return None
        await self._write(user_id, session, values)
        return from_document(self._kind, document)

    async def take_those(self, user_ids: Sequence[str], session: Session) -> dict[str, A]:
        """As `take`, of many: by their ids those who are known, and not gone."""
        found = self._people.find({"_id": {"$in": list(user_ids)}}, session=session)
        documents = [document async for document in found]
        # Of those who are being erased too: what goes with them is written in turn.
        await self._people.update_many(
            {"_id": {"$in": [each["_id"] for each in documents]}},
            {"$currentDate": {"told_at": True}},
            session=session,
        )
        return {
            each["_id"]: from_document(self._kind, each)
            for each in documents
            if not each.get("erased")
        }

    async def meet(self, user_id: str, session: Session, values: Document) -> A:
        """As `take`, but a person of whom nothing was heard yet has a document from now on."""
        met = await self.take(user_id, session, values)
        if met is None:
            await self._write(user_id, session, values)
        return met or self._kind(id=user_id)

    async def find(self, user_id: str) -> A | None:
        return (await self.those([user_id])).get(user_id)

    async def those(self, user_ids: Sequence[str]) -> dict[str, A]:
        """By their ids; without those who are not known, or gone."""
        found = self._people.find({"_id": {"$in": list(user_ids)}, "erased": {"$ne": True}})
        return {each["_id"]: from_document(self._kind, each) async for each in found}

    async def _write(self, user_id: str, session: Session, values: Document) -> None:
        await self._people.update_one(
            {"_id": user_id},
            {"$currentDate": {"told_at": True}} | ({"$set": values} if values else {}),
            upsert=True,
            session=session,
        )


class Acquaintances(Generic[A]):
    """Handlers of what is told about people. Whoever is gone stays gone."""

    def __init__(self, people: People[A], tombstones: Tombstones) -> None:
        self._people = people
        self._tombstones = tombstones

    def subscriptions(self, service: str) -> list[Subscription]:
        return [
            Subscription(f"{service}-keep-person", UserRegistered, self.register),
            Subscription(f"{service}-keep-email", UserEmailChanged, self.change_email),
            Subscription(f"{service}-keep-profile", UserProfileUpdated, self.change_profile),
        ]

    async def register(self, event: UserRegistered, transaction: Transaction) -> None:
        phone = f"{event.country_code}{event.phone_number}" if event.phone_number else None
        values = {"phone": phone, "signup_language": event.language}
        await self._learn(event.user_id, values, event.version, _REGISTERED, transaction.session)
        await self._learn_email(event.user_id, event.email, event.version, transaction.session)

    async def change_email(self, event: UserEmailChanged, transaction: Transaction) -> None:
        session = transaction.session
        await self._learn_email(event.user_id, event.email, event.version, session)
        if event.previous_email:  # which may not have been heard of here
            await self._people.remember_email(event.user_id, event.previous_email, session)

    async def change_profile(self, event: UserProfileUpdated, transaction: Transaction) -> None:
        profile = event.profile
        values = {
            "name": profile.name,
            "surname": profile.surname,
            "language": profile.language,
            "timezone": profile.timezone,
        }
        await self._learn(event.user_id, values, event.version, _PROFILE, transaction.session)

    async def take(self, user_id: str, transaction: Transaction, **values: object) -> A | None:
        """The person, to write something about them in this transaction, and `values` into their
        document; None if they are gone for good. Raises NotKnownYet."""
        if await self._tombstones.has(user_id, transaction.session):
            return None
        person = await self._people.take(user_id, transaction.session, values)
        if person is None or not person.is_known:
            raise NotKnownYet
        return person

    async def meet(self, user_id: str, transaction: Transaction, **values: object) -> A | None:
        """As `take`, for the bearer of a token: they exist, whether it was heard here or not."""
        if await self._tombstones.has(user_id, transaction.session):
            return None
        return await self._people.meet(user_id, transaction.session, values)

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


def copy_in(people: Collection, user_id: str, hidden: Sequence[str] = ()) -> Holding:
    """The copy, for a service's `personal_data`."""
    return Holding("person", people, {"_id": user_id}, hidden=(*People.INNER, *hidden))
