"""Identities and sessions. Plain values, no clock of their own, no database."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from shared.clock import timestamp
from shared.contracts.users import Account, Profile, User
from shared.errors import Conflict
from shared.languages import Language, Text
from shared.roles import Role

_FORMER_EMAILS_KEPT = 10

EndReason = Literal["logout", "revoked", "refresh_reuse", "email_changed", "role_changed"]


class EmailTaken(Conflict):
    code = "email_taken"
    text = Text(
        en="This email belongs to another account",
        tr="Bu e-posta adresi başka bir hesaba ait",
        es="Este correo pertenece a otra cuenta",
        de="Diese E-Mail-Adresse gehört zu einem anderen Konto",
    )


class OwnRole(Conflict):
    code = "own_role"
    text = Text(
        en="Nobody can change their own role",
        tr="Kimse kendi rolünü değiştiremez",
        es="Nadie puede cambiar su propio rol",
        de="Niemand kann die eigene Rolle ändern",
    )


class LastSuperadmin(Conflict):
    code = "last_superadmin"
    text = Text(
        en="The last superadmin must stay one",
        tr="Son süper yönetici rolünü korumalıdır",
        es="El último superadministrador debe seguir siéndolo",
        de="Der letzte Superadmin muss Superadmin bleiben",
    )


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who may sign in: with which email or phone, in which role. `language` is the one they
    registered in; `profile` is the copy of what users says of them, as of `profile_version`.
    `former_emails`, the newest last, are there to find what an erasure must find."""

    id: str
    version: int
    email: str | None
    phone: str | None
    country_code: str | None
    phone_number: str | None
    role: Role
    language: Language
    signup_source: str | None
    signup_campaign: str | None
    created_at: datetime
    last_login: datetime | None = None
    profile: Profile = Profile()
    profile_version: int = 0
    former_emails: tuple[str, ...] = ()

    @property
    def speaks(self) -> Language:
        return self.profile.language or self.language

    def with_email(self, email: str) -> "Identity":
        former = [*self.former_emails, *([self.email] if self.email else [])]
        return msgspec.structs.replace(
            self,
            email=email,
            former_emails=tuple(former[-_FORMER_EMAILS_KEPT:]),
            version=self.version + 1,
        )

    def user(self) -> User:
        account = Account(
            id=self.id,
            email=self.email,
            country_code=self.country_code,
            phone_number=self.phone_number,
            signup_source=self.signup_source,
            signup_campaign=self.signup_campaign,
            roles=(self.role,),
            role=self.role,
            last_login=timestamp(self.last_login) if self.last_login else None,
            created_at=timestamp(self.created_at),
        )
        # Until users has said something, what it will say: it starts from the same registration.
        profile = msgspec.structs.replace(
            self.profile,
            language=self.speaks,
            updated_at=self.profile.updated_at or account.created_at,
        )
        return User.of(account, profile)


class SessionPolicy(msgspec.Struct, frozen=True, kw_only=True):
    refresh_life: timedelta = timedelta(days=30)
    longest: timedelta = timedelta(days=90)
    grace: timedelta = timedelta(seconds=20)


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """What a client says of itself, and where it calls from."""

    platform: str | None = None
    device_id: str | None = None
    user_agent: str | None = None
    ip: str | None = None

    def or_as(self, before: "Device") -> "Device":
        """What is not said this time is as it was before."""
        return Device(
            platform=self.platform or before.platform,
            device_id=self.device_id or before.device_id,
            user_agent=self.user_agent or before.user_agent,
            ip=self.ip or before.ip,
        )


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in device. `generation` counts its refresh tokens; only the newest, whose hash is
    kept, works, and for a short grace the one before it."""

    id: str
    user_id: str
    salt: str
    generation: int
    token_hash: str
    device: Device
    created_at: datetime
    last_used_at: datetime
    rotated_at: datetime
    expires_at: datetime
    ends_at: datetime  # the absolute end, however often it is refreshed
    ended_at: datetime | None = None
    end_reason: EndReason | None = None

    def lives(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at

    def rotated(
        self, token_hash: str, device: Device, now: datetime, policy: SessionPolicy
    ) -> "Session":
        return msgspec.structs.replace(
            self,
            generation=self.generation + 1,
            token_hash=token_hash,
            device=device.or_as(self.device),
            last_used_at=now,
            rotated_at=now,
            expires_at=min(now + policy.refresh_life, self.ends_at),
        )

    def ended(self, reason: EndReason, now: datetime) -> "Session":
        return msgspec.structs.replace(self, ended_at=now, end_reason=reason)

    def in_grace(self, generation: int, now: datetime, policy: SessionPolicy) -> bool:
        """Whether a token of `generation` is the one before the newest, presented soon enough."""
        return generation == self.generation - 1 and now - self.rotated_at <= policy.grace
