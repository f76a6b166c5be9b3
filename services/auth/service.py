"""What auth does: sign people in, and change who they are."""

from datetime import datetime

import msgspec

from services.auth.code_ledger import Purpose
from services.auth.domain import Device, EmailTaken, Identity, LastSuperadmin, OwnRole, Session
from services.auth.identifiers import Email, Identifier, Phone
from services.auth.one_time_codes import OneTimeCodes
from services.auth.repository import Identities, Ledgers
from services.auth.sessions import SessionService
from shared.audit import AuditLog
from shared.clock import Clock, timestamp
from shared.contracts.auth import UserEmailChanged, UserRegistered, UserRoleChanged
from shared.contracts.users import UserProfileUpdated
from shared.errors import InsufficientPermissions, NotFound
from shared.ids import new_id
from shared.languages import DEFAULT, Language
from shared.messaging import Outbox, Transaction
from shared.mongo import DuplicateKeyError
from shared.races import until_first
from shared.roles import Role, outranks
from shared.tokens import Principal


class Signup(msgspec.Struct, frozen=True):
    """What a new account remembers of where it came from."""

    source: str | None
    campaign: str | None
    language: Language | None


class SignedIn(msgspec.Struct, frozen=True):
    identity: Identity
    session: Session
    is_new: bool


class SignIn:
    """From a proven code to a session: registration and sign-in are one."""

    def __init__(
        self,
        codes: OneTimeCodes,
        identities: Identities,
        sessions: SessionService,
        outbox: Outbox,
        bootstrap_superadmins: frozenset[Email],
        clock: Clock,
    ) -> None:
        self._codes = codes
        self._identities = identities
        self._sessions = sessions
        self._outbox = outbox
        self._superadmins = bootstrap_superadmins
        self._clock = clock

    async def verify(
        self, identifier: Identifier, purpose: Purpose, code: str, device: Device, signup: Signup
    ) -> SignedIn:
        """Raises CodeInvalid, CodeExpired, TriesUsedUp."""
        client = device.ip or ""
        challenge_id = await self._codes.check(identifier, purpose, code, client)

        async def work(transaction: Transaction) -> SignedIn:
            await self._codes.use_up(identifier, purpose, challenge_id, transaction)
            now = self._clock()
            known = await self._identities.find_by(identifier, transaction.session)
            identity = (
                await self._welcome_back(known, identifier, now, transaction)
                if known
                else await self._register(identifier, signup, now, transaction)
            )
            session = await self._sessions.open(identity, device, now, transaction)
            return SignedIn(identity, session, is_new=known is None)

        return await until_first(lambda: self._outbox.commit(work))

    async def _register(
        self, identifier: Identifier, signup: Signup, now: datetime, transaction: Transaction
    ) -> Identity:
        phone = identifier if isinstance(identifier, Phone) else None
        identity = Identity(
            id=new_id(),
            version=1,
            email=identifier.address if isinstance(identifier, Email) else None,
            phone=phone.e164 if phone else None,
            country_code=phone.country_code if phone else None,
            phone_number=phone.number if phone else None,
            role="superadmin" if identifier in self._superadmins else "user",
            language=signup.language or DEFAULT,
            signup_source=signup.source,
            signup_campaign=signup.campaign,
            created_at=now,
            last_login=now,
        )
        await self._identities.insert(identity, transaction.session)
        transaction.record(
            UserRegistered(
                user_id=identity.id,
                version=identity.version,
                email=identity.email,
                country_code=identity.country_code,
                phone_number=identity.phone_number,
                role=identity.role,
                language=identity.language,
                signup_source=identity.signup_source,
                signup_campaign=identity.signup_campaign,
                registered_at=timestamp(now),
            )
        )
        return identity

    async def _welcome_back(
        self, known: Identity, proven: Identifier, now: datetime, transaction: Transaction
    ) -> Identity:
        identity = msgspec.structs.replace(known, last_login=now)
        # It takes the proof of the address itself, and an account that nothing else opens: the
        # address may have been given to it by an admin, the phone may be somebody else's.
        if proven in self._superadmins and known.phone is None and known.role != "superadmin":
            identity = _with_role(identity, "superadmin", transaction)
            await self._sessions.end_all_in(transaction, identity.id, "role_changed")
        # Written even if nothing but the time changed: a role or email change that runs beside
        # this sign-in then conflicts with it, and no session starts with what was before.
        await self._identities.replace(identity, transaction.session)
        return identity


class AccountService:
    """Changes to who somebody is; and the copy of their profile that sign-in answers with."""

    def __init__(
        self,
        identities: Identities,
        ledgers: Ledgers,
        sessions: SessionService,
        outbox: Outbox,
        audit: AuditLog,
        bootstrap_superadmins: frozenset[Email],
    ) -> None:
        self._identities = identities
        self._ledgers = ledgers
        self._sessions = sessions
        self._outbox = outbox
        self._audit = audit
        self._superadmins = bootstrap_superadmins

    async def change_email(self, principal: Principal, user_id: str, email: Email) -> Identity:
        """Ends the user's sessions. Raises NotFound, EmailTaken, InsufficientPermissions (an
        account of one's own rank or above, except one's own, and an address that makes a superadmin
        are for superadmins)."""

        async def work(transaction: Transaction) -> Identity:
            actor = await self._acting(principal, "admin", transaction)
            known = await self._identities.find(user_id, transaction.session)
            if known is None:
                raise NotFound
            if not self._may_give(actor, email, known):
                raise InsufficientPermissions
            if known.email == email.address:
                return known
            identity = known.with_email(email.address)
            try:
                await self._identities.replace(identity, transaction.session)
            except DuplicateKeyError:
                raise EmailTaken from None
            if known.email:  # a code on its way there must not open a second account
                await self._ledgers.remove(Email(known.email).key, transaction.session)
            await self._audit.append(
                transaction.session,
                actor=actor.id,
                action="user.email_changed",
                target=user_id,
                members=("email",),
            )
            transaction.record(
                UserEmailChanged(
                    user_id=user_id,
                    version=identity.version,
                    email=email.address,
                    previous_email=known.email,
                )
            )
            await self._sessions.end_all_in(transaction, user_id, "email_changed")
            return identity

        return await self._outbox.commit(work)

    async def change_role(self, principal: Principal, user_id: str, role: Role) -> Identity:
        """Ends the user's sessions. Raises NotFound, OwnRole, LastSuperadmin,
        InsufficientPermissions (one's own role was taken away meanwhile)."""
        if principal.user_id == user_id:
            raise OwnRole

        async def work(transaction: Transaction) -> Identity:
            others = await self._identities.superadmins_besides(user_id, transaction.session)
            actor = await self._acting(principal, "superadmin", transaction)
            known = await self._identities.find(user_id, transaction.session)
            if known is None:
                raise NotFound
            if known.role == role:
                return known
            if known.role == "superadmin" and not others:
                raise LastSuperadmin
            identity = _with_role(known, role, transaction)
            await self._identities.replace(identity, transaction.session)
            await self._sessions.end_all_in(transaction, user_id, "role_changed")
            await self._audit.append(
                transaction.session,
                actor=actor.id,
                action="user.role_changed",
                target=user_id,
                members=("role",),
            )
            return identity

        return await self._outbox.commit(work)

    async def language_of(self, user_id: str) -> Language | None:
        """The user's own."""
        known = await self._identities.find(user_id)
        return known.speaks if known else None

    async def _acting(
        self, principal: Principal, least: Role, transaction: Transaction
    ) -> Identity:
        """Who acts, as they are now: a token may say what they were a moment ago."""
        actor = await self._identities.find(principal.user_id, transaction.session)
        if actor is None or outranks(least, actor.role):
            raise InsufficientPermissions
        return actor

    def _may_give(self, actor: Identity, email: Email, to: Identity) -> bool:
        if actor.role == "superadmin":
            return True
        if email in self._superadmins:
            return False
        return actor.id == to.id or outranks(actor.role, to.role)

    async def keep_profile(self, event: UserProfileUpdated, transaction: Transaction) -> None:
        await self._identities.keep_profile(
            event.user_id, event.version, event.profile, transaction.session
        )


def _with_role(identity: Identity, role: Role, transaction: Transaction) -> Identity:
    changed = msgspec.structs.replace(identity, role=role, version=identity.version + 1)
    transaction.record(UserRoleChanged(user_id=identity.id, version=changed.version, role=role))
    return changed
