"""What users does: keep profiles."""

from collections.abc import Callable

from services.users.domain import Person
from services.users.profiles import Profiles
from services.users.repository import People
from services.users.usernames import UsernameTaken, has_form
from shared.clock import Clock
from shared.contracts.auth import UserEmailChanged, UserRegistered, UserRoleChanged, UserSignedIn
from shared.contracts.event import Event
from shared.contracts.users import User, UserRegistrationCompleted
from shared.errors import NotFound
from shared.languages import Language
from shared.messaging import Outbox, Transaction
from shared.mongo import DuplicateKeyError
from shared.tokens import Principal
from shared.tombstones import Tombstones


class UserService:
    def __init__(
        self,
        people: People,
        profiles: Profiles,
        tombstones: Tombstones,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._people = people
        self._profiles = profiles
        self._tombstones = tombstones
        self._outbox = outbox
        self._clock = clock

    async def me(self, principal: Principal) -> User:
        return (await self._profiles.of(principal)).user

    async def visiting(self, principal: Principal | None) -> User | None:
        return await self.me(principal) if principal else None

    async def change_me(self, principal: Principal, changes: dict[str, object]) -> User:
        """`changes`: members of Profile and their new values. Raises InvalidFields,
        ConsentVersionLowered."""
        return await self._change(
            principal, lambda person: person.with_profile(changes, self._clock())
        )

    async def missing_fields(self, principal: Principal) -> tuple[str, ...]:
        """What registration still wants: nothing where it is complete."""
        return (await self._profiles.of(principal)).missing_fields

    async def complete_registration(self, principal: Principal, answers: dict[str, object]) -> User:
        """`answers`: members of Profile. Raises RegistrationComplete, InvalidFields,
        ConsentVersionLowered."""
        return await self._change(
            principal,
            lambda person: person.with_registration(answers, self._clock()),
            lambda person: UserRegistrationCompleted(
                user_id=person.id, completed_at=person.profile.updated_at or ""
            ),
        )

    async def change_username(self, principal: Principal, wanted: str) -> User:
        """Raises InvalidFields, UsernameTaken, UsernameChangedRecently."""
        try:
            return await self._change(
                principal, lambda person: person.with_username(wanted, self._clock())
            )
        except DuplicateKeyError:
            raise UsernameTaken from None

    async def named(self, username: str) -> User:
        """Whoever goes by this name, whatever its case, and is not about to leave. Raises
        NotFound."""
        username = username.lower()
        person = await self._people.find_by_username(username) if has_form(username) else None
        if person is None or person.is_leaving:
            raise NotFound
        return person.user

    async def _change(
        self,
        principal: Principal,
        change: Callable[[Person], Person],
        *said: Callable[[Person], Event],
    ) -> User:
        """Apply `change` to the caller and say so, and what else is `said`; where it changes
        nothing, nothing."""
        await self._profiles.of(principal)

        async def work(transaction: Transaction) -> Person:
            known = await self._profiles.known(principal, transaction)
            before = known or Person.of_token(principal.user_id, principal.role)
            person = change(before)
            if person is not before:
                await self._profiles.save(person, transaction, before=known)
                for event in said:
                    transaction.record(event(person))
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
