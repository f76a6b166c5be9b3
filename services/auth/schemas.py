"""What auth's endpoints take and give (contract, section 2)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.auth.domain import Session
from shared.clock import timestamp
from shared.contracts.users import User
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


class Request(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """A body: unknown members are refused."""


class SendOtp(Request, frozen=True, kw_only=True):
    country_code: CountryCode
    phone_number: PhoneNumber


class VerifyOtp(Request, frozen=True, kw_only=True):
    country_code: CountryCode
    phone_number: PhoneNumber
    code: Code
    signup_source: Origin | None = None
    signup_campaign: Origin | None = None


class SendOtpEmail(Request, frozen=True, kw_only=True):
    email: EmailText


class VerifyOtpEmail(Request, frozen=True, kw_only=True):
    email: EmailText
    code: Code
    signup_source: Origin | None = None
    signup_campaign: Origin | None = None


class RequestOtp(Request, frozen=True, kw_only=True):
    email: EmailText
    language: str | None = None


class VerifyRequestedOtp(Request, frozen=True, kw_only=True):
    email: EmailText
    code: Code
    language: str | None = None
    signup_source: Origin | None = None
    signup_campaign: Origin | None = None


class RefreshTokenBody(Request, frozen=True, kw_only=True):
    refresh_token: Annotated[str, Meta(min_length=1, max_length=512)]


class LogOut(Request, frozen=True, kw_only=True):
    scope: Literal["all", "current", "others"] = "all"


class ChangeEmail(Request, frozen=True, kw_only=True):
    email: EmailText


class ChangeRole(Request, frozen=True, kw_only=True):
    role: Role


class OtpSent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """`code` is there in development only."""

    country_code: str
    phone_number: str
    code: str | UnsetType = UNSET


class OtpMailed(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    code: str | UnsetType = UNSET


class OtpRequestedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    message: str
    email: str


class AuthResult(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Lives of the tokens in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    user: User
    is_registration_complete: bool
    is_new_user: bool


class Refreshed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int


class Message(msgspec.Struct, frozen=True):
    message: str


class SessionView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
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


class TokenValidity(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    valid: bool
    user_id: str
    roles: tuple[Role, ...]
    expires_at: str
