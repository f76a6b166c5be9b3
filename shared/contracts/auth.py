"""Events of `auth`: identity, one-time codes, sessions.

`version` counts the changes of one identity: a fact with a lower one never overwrites a higher one.
Times are UTC timestamps with milliseconds, as in the API.
"""

from typing import ClassVar, Literal

from shared.contracts.event import Event, PersonEvent
from shared.languages import Language
from shared.roles import Role


class OtpRequested(Event, frozen=True, kw_only=True):
    """A one-time code is to be delivered. `sealed_code` opens with the key of auth and
    notifications (`AULA_CODE_KEY`), for the context `challenge_id` only."""

    subject: ClassVar[str] = "otp.requested"
    owner: ClassVar[str] = "auth"

    challenge_id: str
    channel: Literal["email", "sms"]
    recipient: str  # email address, or phone number in E.164
    sealed_code: str
    language: Language
    expires_at: str

    @property
    def about(self) -> str:
        return self.challenge_id

    @property
    def traces(self) -> tuple[str, ...]:
        return (self.recipient,)


class IdentityEvent(PersonEvent, frozen=True, kw_only=True):
    owner: ClassVar[str] = "auth"

    version: int


class UserRegistered(IdentityEvent, frozen=True, kw_only=True):
    """Somebody proved an email or a phone number for the first time."""

    subject: ClassVar[str] = "user.registered"

    email: str | None
    country_code: str | None  # "+90"
    phone_number: str | None  # "5551234567"
    role: Role
    language: Language
    signup_source: str | None
    signup_campaign: str | None
    registered_at: str


class UserSignedIn(PersonEvent, frozen=True, kw_only=True):
    subject: ClassVar[str] = "user.signed_in"
    owner: ClassVar[str] = "auth"

    session_id: str
    signed_in_at: str


class SessionRevoked(PersonEvent, frozen=True, kw_only=True):
    subject: ClassVar[str] = "session.revoked"
    owner: ClassVar[str] = "auth"

    session_id: str
    reason: Literal[
        "logout", "revoked", "refresh_reuse", "email_changed", "role_changed", "deleted"
    ]
    revoked_at: str

    @property
    def about(self) -> str:
        return self.session_id


class UserEmailChanged(IdentityEvent, frozen=True, kw_only=True):
    """`previous_email`: the one until now, if there was any."""

    subject: ClassVar[str] = "user.email_changed"

    email: str
    previous_email: str | None = None


class UserRoleChanged(IdentityEvent, frozen=True, kw_only=True):
    subject: ClassVar[str] = "user.role_changed"

    role: Role
