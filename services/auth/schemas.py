"""What auth's endpoints take and give (contract, section 2)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.auth.domain import Session
from shared.clock import timestamp
from shared.contracts.users import User
from shared.http.schemas import Answer, Body
from shared.roles import Role

# Not `$`, which lets a line feed follow.
Code = Annotated[
    str, Meta(pattern=r"^[0-9]{4,8}(?![\s\S])", description="As it stands in the message")
]
CountryCode = Annotated[
    str, Meta(min_length=1, max_length=32, description="Such as `90`, with or without `+`")
]
PhoneNumber = Annotated[
    str, Meta(min_length=1, max_length=32, description="Without the country's code")
]
EmailText = Annotated[str, Meta(min_length=3, max_length=512)]
Origin = Annotated[
    str, Meta(max_length=100, description="Where they come from; kept when they are new")
]


class SendOtp(Body, frozen=True, kw_only=True):
    country_code: CountryCode
    phone_number: PhoneNumber


class VerifyOtp(Body, frozen=True, kw_only=True):
    country_code: CountryCode
    phone_number: PhoneNumber
    code: Code
    signup_source: Origin | None = None
    signup_campaign: Origin | None = None


class SendOtpEmail(Body, frozen=True, kw_only=True):
    email: EmailText


class VerifyOtpEmail(Body, frozen=True, kw_only=True):
    email: EmailText
    code: Code
    signup_source: Origin | None = None
    signup_campaign: Origin | None = None


class RequestOtp(Body, frozen=True, kw_only=True):
    email: EmailText
    language: str | None = None


class VerifyRequestedOtp(Body, frozen=True, kw_only=True):
    email: EmailText
    code: Code
    language: str | None = None
    signup_source: Origin | None = None
    signup_campaign: Origin | None = None


class RefreshTokenBody(Body, frozen=True, kw_only=True):
    refresh_token: Annotated[str, Meta(min_length=1, max_length=512)]


class LogOut(Body, frozen=True, kw_only=True):
    scope: Literal["all", "current", "others"] = "all"


class ChangeEmail(Body, frozen=True, kw_only=True):
    email: EmailText


class ChangeRole(Body, frozen=True, kw_only=True):
    role: Role


class OtpSent(Answer, frozen=True, kw_only=True):
    """`code` is there in development only."""

    country_code: str
    phone_number: str
    code: str | UnsetType = UNSET


class OtpMailed(Answer, frozen=True, kw_only=True):
    email: str
    code: str | UnsetType = UNSET


class OtpRequestedAnswer(Answer, frozen=True, kw_only=True):
    message: str
    email: str


class AuthResult(Answer, frozen=True, kw_only=True):
    """Lives of the tokens in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    user: User
    is_registration_complete: bool
    is_new_user: bool


class Refreshed(Answer, frozen=True, kw_only=True):
    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int


class Message(msgspec.Struct, frozen=True):
    message: str


class SessionView(Answer, frozen=True, kw_only=True):
    id: str
    platform: str | None
    device_id: str | None
    user_agent: str | None
    ip: str | None
    created_at: str
    last_used_at: str
    expires_at: str
    is_current: bool

    @classmethod
    def of(cls, session: Session, current_id: str) -> "SessionView":
        return cls(
            id=session.id,
            platform=session.device.platform,
            device_id=session.device.device_id,
            user_agent=session.device.user_agent,
            ip=session.device.ip,
            created_at=timestamp(session.created_at),
            last_used_at=timestamp(session.last_used_at),
            expires_at=timestamp(session.expires_at),
            is_current=session.id == current_id,
        )


class KeySet(msgspec.Struct, frozen=True):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, str]]


class TokenValidity(Answer, frozen=True, kw_only=True):
    valid: bool
    user_id: str
    roles: tuple[Role, ...]
    expires_at: str
