"""What admins do with people's profiles."""

from services.users.actors import Actors
from services.users.consents import GivenBy
from services.users.domain import Person
from services.users.profiles import Profiles
from shared.audit import AuditLog
from shared.clock import Clock
from shared.contracts.users import Profile, User
from shared.errors import NotFound
from shared.messaging import Transaction
from shared.tokens import Principal

_JSON_NAMES = dict(zip(Profile.__struct_fields__, Profile.__struct_encode_fields__, strict=True))


class Administration:
    def __init__(self, profiles: Profiles, actors: Actors, audit: AuditLog, clock: Clock) -> None:
        self._profiles = profiles
        self._actors = actors
        self._audit = audit
        self._clock = clock

    async def user(self, principal: Principal, user_id: str) -> User:
        """Raises NotFound, InsufficientPermissions."""
        await self._actors.require(principal, "admin")
        person = await self._profiles.heard_of(user_id)
        if person is None:
            raise NotFound
        return person.user

    async def change_profile(
        self, principal: Principal, user_id: str, changes: dict[str, object]
    ) -> User:
        """`changes`: members of Profile and their new values. Raises InvalidFields, NotFound,
        InsufficientPermissions."""
        await self._profiles.heard_of(user_id)

        async def work(actor: Person, transaction: Transaction) -> Person:
            known = await self._actors.target(actor, user_id, transaction)
            person = known.with_profile(changes, self._clock())
            await self._profiles.save(person, transaction, before=known, by=_by(actor, person))
            await self._audit.append(
                transaction.session,
                actor=actor.id,
                action="user.profile_changed",
                target=person.id,
                members=[_JSON_NAMES[name] for name in changes],
            )
            return person

        return (await self._actors.commit(principal, "admin", work)).user


def _by(actor: Person, person: Person) -> GivenBy:
    return "self" if actor.id == person.id else "admin"
