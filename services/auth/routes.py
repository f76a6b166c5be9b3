"""Auth's endpoints (contract, section 2). A route decodes, calls one method, encodes."""

from typing import Any, Literal

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, UnsetType

from services.auth.domain import Device
from services.auth.identifiers import Phone, parse_email, parse_phone
from services.auth.one_time_codes import OneTimeCodes
from services.auth.schemas import (
    AuthResult,
    ChangeEmail,
    ChangeRole,
    LogOut,
    Message,
    OtpMailed,
    OtpRequestedAnswer,
    OtpSent,
    Refreshed,
    RefreshTokenBody,
    RequestOtp,
    SendOtp,
    SendOtpEmail,
    SessionView,
    TokenValidity,
    VerifyOtp,
    VerifyOtpEmail,
    VerifyRequestedOtp,
)
from services.auth.service import AccountService, SignedIn, SignIn, Signup
from services.auth.sessions import SessionService
from services.auth.settings import AuthSettings
from services.auth.signing_keys import SigningKeys
from services.auth.texts import CODE_SENT, LOGGED_OUT, SESSION_ENDED
from shared import languages
from shared.clock import from_seconds, timestamp
from shared.contracts.users import User
from shared.http.envelope import Envelope, created, ok
from shared.http.guards import admin, signed_in, superadmin
from shared.ids import checked_id
from shared.tokens import Principal

SENDS = {"idempotent": True}


@post("/auth/send-otp", opt=SENDS)
async def send_otp(
    data: JSONBody[SendOtp],
    client: NamedDependency[str],
    codes: NamedDependency[OneTimeCodes],
    settings: NamedDependency[AuthSettings],
) -> Envelope[OtpSent]:
    phone = _phone(data.country_code, data.phone_number, settings)
    code = await codes.send(phone, "sms", client, languages.asked())
    return created(
        OtpSent(
            country_code=phone.country_code,
            phone_number=phone.number,
            code=_shown(code, settings),
        )
    )


@post("/auth/verify-otp", status_code=200)
async def verify_otp(
    data: JSONBody[VerifyOtp],
    device: NamedDependency[Device],
    sign_in: NamedDependency[SignIn],
    sessions: NamedDependency[SessionService],
    settings: NamedDependency[AuthSettings],
) -> Envelope[AuthResult]:
    phone = _phone(data.country_code, data.phone_number, settings)
    signup = Signup(data.signup_source, data.signup_campaign, languages.asked())
    return _result(await sign_in.verify(phone, "sms", data.code, device, signup), sessions)


@post("/auth/send-otp-email", opt=SENDS)
async def send_otp_email(
    data: JSONBody[SendOtpEmail],
    client: NamedDependency[str],
    codes: NamedDependency[OneTimeCodes],
    settings: NamedDependency[AuthSettings],
) -> Envelope[OtpMailed]:
    email = parse_email(data.email, test_domains=not settings.is_production)
    code = await codes.send(email, "short_mail", client, languages.asked())
    return created(OtpMailed(email=email.address, code=_shown(code, settings)))


@post("/auth/verify-otp-email", status_code=200)
async def verify_otp_email(
    data: JSONBody[VerifyOtpEmail],
    device: NamedDependency[Device],
    sign_in: NamedDependency[SignIn],
    sessions: NamedDependency[SessionService],
    settings: NamedDependency[AuthSettings],
) -> Envelope[AuthResult]:
    email = parse_email(data.email, test_domains=not settings.is_production)
    signup = Signup(data.signup_source, data.signup_campaign, languages.asked())
    return _result(await sign_in.verify(email, "short_mail", data.code, device, signup), sessions)


@post("/auth/otp/request", status_code=200, opt=SENDS)
async def request_otp(
    data: JSONBody[RequestOtp],
    client: NamedDependency[str],
    codes: NamedDependency[OneTimeCodes],
    settings: NamedDependency[AuthSettings],
) -> Envelope[OtpRequestedAnswer]:
    _use_language(data.language)
    email = parse_email(data.email, test_domains=not settings.is_production)
    await codes.send(email, "mail", client, languages.asked())
    message = CODE_SENT.in_(languages.current())
    return ok(OtpRequestedAnswer(message=message, email=email.address))


@post("/auth/otp/verify", status_code=200)
async def verify_requested_otp(
    data: JSONBody[VerifyRequestedOtp],
    device: NamedDependency[Device],
    sign_in: NamedDependency[SignIn],
    sessions: NamedDependency[SessionService],
    settings: NamedDependency[AuthSettings],
) -> Envelope[AuthResult]:
    _use_language(data.language)
    email = parse_email(data.email, test_domains=not settings.is_production)
    signup = Signup(data.signup_source, data.signup_campaign, languages.asked())
    return _result(await sign_in.verify(email, "mail", data.code, device, signup), sessions)


@post("/auth/refresh", status_code=200)
async def refresh(
    data: JSONBody[RefreshTokenBody],
    device: NamedDependency[Device],
    sessions: NamedDependency[SessionService],
) -> Envelope[Refreshed]:
    tokens = await sessions.refresh(data.refresh_token, device)
    return ok(
        Refreshed(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_in=tokens.expires_in,
            refresh_expires_in=tokens.refresh_expires_in,
        )
    )


@post("/auth/logout", status_code=200, guards=[signed_in])
async def log_out(
    principal: NamedDependency[Principal],
    sessions: NamedDependency[SessionService],
    data: JSONBody[LogOut | None] = None,
) -> Envelope[Message]:
    scope: Literal["all", "current", "others"] = data.scope if data else "all"
    await sessions.log_out(principal, scope)
    return ok(Message(LOGGED_OUT.in_(languages.current())))


@post("/auth/revoke-token", status_code=200, guards=[signed_in])
async def revoke_token(
    data: JSONBody[RefreshTokenBody],
    caller: NamedDependency[Principal],
    sessions: NamedDependency[SessionService],
) -> Envelope[Message]:
    await sessions.revoke(caller, data.refresh_token)
    return ok(Message(SESSION_ENDED.in_(languages.current())))


@get("/auth/sessions", guards=[signed_in])
async def list_sessions(
    caller: NamedDependency[Principal], sessions: NamedDependency[SessionService]
) -> Envelope[list[SessionView]]:
    living = await sessions.living(caller.user_id)
    return ok([SessionView.of(session, caller.session_id) for session in living])


@delete("/auth/sessions/{session_id:str}", status_code=200, guards=[signed_in])
async def end_session(
    session_id: FromPath[str],
    caller: NamedDependency[Principal],
    sessions: NamedDependency[SessionService],
) -> Envelope[Message]:
    await sessions.end_one(caller.user_id, checked_id(session_id))
    return ok(Message(SESSION_ENDED.in_(languages.current())))


@get("/auth/validate-token", guards=[signed_in])
async def validate_token(caller: NamedDependency[Principal]) -> Envelope[TokenValidity]:
    return ok(
        TokenValidity(
            valid=True,
            user_id=caller.user_id,
            roles=caller.roles,
            expires_at=timestamp(from_seconds(caller.expires_at)),
        )
    )


@get("/.well-known/jwks.json")
async def jwks(keys: NamedDependency[SigningKeys]) -> Response[dict[str, Any]]:
    return Response(
        {"keys": list(keys.public().values())}, headers={"Cache-Control": "public, max-age=300"}
    )


@patch("/admin/users/{user_id:str}/email", guards=[admin])
async def change_email(
    user_id: FromPath[str],
    data: JSONBody[ChangeEmail],
    caller: NamedDependency[Principal],
    accounts: NamedDependency[AccountService],
    settings: NamedDependency[AuthSettings],
) -> Envelope[User]:
    email = parse_email(data.email, test_domains=not settings.is_production)
    identity = await accounts.change_email(caller, checked_id(user_id), email)
    return ok(identity.user())


@patch("/admin/users/{user_id:str}/role", guards=[superadmin])
async def change_role(
    user_id: FromPath[str],
    data: JSONBody[ChangeRole],
    caller: NamedDependency[Principal],
    accounts: NamedDependency[AccountService],
) -> Envelope[User]:
    identity = await accounts.change_role(caller, checked_id(user_id), data.role)
    return ok(identity.user())


HANDLERS = (
    send_otp,
    verify_otp,
    send_otp_email,
    verify_otp_email,
    request_otp,
    verify_requested_otp,
    refresh,
    log_out,
    revoke_token,
    list_sessions,
    end_session,
    validate_token,
    jwks,
    change_email,
    change_role,
)


async def caller_of(
    principal: NamedDependency[Principal], sessions: NamedDependency[SessionService]
) -> Principal:
    """Dependency `caller`: the principal, if their session still lives. Auth knows at once what the
    gateway learns a moment later."""
    await sessions.require_living(principal)
    return principal


def device_of(request: Request[Any, Any, Any]) -> Device:
    """Dependency `device`: what the client says of itself in headers, and its address."""
    headers = request.headers
    return Device(
        platform=_short(headers.get("x-platform")),
        device_id=_short(headers.get("x-device-id")),
        user_agent=_short(headers.get("user-agent")),
        ip=request.scope["state"]["client"],
    )


def _short(header: str | None) -> str | None:
    return header[:200] if header else None


def _use_language(wanted: str | None) -> None:
    """The body's language wins over the headers', if it is one of ours."""
    if language := languages.known(wanted):
        languages.use(language)


def _phone(country_code: str, number: str, settings: AuthSettings) -> Phone:
    return parse_phone(country_code, number, countries=settings.sms_countries)


def _shown(code: str, settings: AuthSettings) -> str | UnsetType:
    return code if settings.expose_codes and not settings.is_production else UNSET


def _result(signed: SignedIn, sessions: SessionService) -> Envelope[AuthResult]:
    tokens = sessions.tokens(signed.session, signed.identity.role)
    user = signed.identity.user()
    return ok(
        AuthResult(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_in=tokens.expires_in,
            refresh_expires_in=tokens.refresh_expires_in,
            user=user,
            is_registration_complete=user.is_registration_complete,
            is_new_user=signed.is_new,
        )
    )
