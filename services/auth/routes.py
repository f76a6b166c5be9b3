"""Auth's endpoints (contract, section 2). A route decodes, calls one method, encodes."""

from typing import Any, Literal

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, UnsetType

from services.auth.code_ledger import (
    CodeExpired,
    CodeInvalid,
    EmailNotSent,
    SentTooOften,
    TriesUsedUp,
)
from services.auth.domain import Device, EmailTaken, LastSuperadmin, OwnRole
from services.auth.identifiers import Phone, PhoneNotSupported, parse_email, parse_phone
from services.auth.one_time_codes import OneTimeCodes
from services.auth.schemas import (
    AuthResult,
    ChangeEmail,
    ChangeRole,
    KeySet,
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
from shared.errors import NotFound
from shared.http.envelope import Envelope, created, ok
from shared.http.guards import admin, signed_in, superadmin
from shared.http.reference import refuses
from shared.ids import checked_id
from shared.tokens import Principal

SENDS = {"idempotent": True}


@post("/auth/send-otp", opt=SENDS | refuses(PhoneNotSupported, SentTooOften))
async def send_otp(
    data: JSONBody[SendOtp],
    client: NamedDependency[str],
    codes: NamedDependency[OneTimeCodes],
    settings: NamedDependency[AuthSettings],
) -> Envelope[OtpSent]:
    """Send a sign-in code by SMS.

    Four digits, good for five minutes and for one sign-in. Asking again while a code lives
    sends the same one, at most once a minute; known and unknown numbers are answered alike. In
    development the answer has the `code` in it.
    """
    phone = _phone(data.country_code, data.phone_number, settings)
    code = await codes.send(phone, "sms", client, languages.asked())
    return created(
        OtpSent(
            country_code=phone.country_code,
            phone_number=phone.number,
            code=_shown(code, settings),
        )
    )


@post(
    "/auth/verify-otp",
    status_code=200,
    opt=refuses(CodeInvalid, CodeExpired, TriesUsedUp, PhoneNotSupported),
)
async def verify_otp(
    data: JSONBody[VerifyOtp],
    device: NamedDependency[Device],
    sign_in: NamedDependency[SignIn],
    sessions: NamedDependency[SessionService],
    settings: NamedDependency[AuthSettings],
) -> Envelope[AuthResult]:
    """Sign in with a code from an SMS.

    Whoever is new is registered by it: `isNewUser` says so, and `isRegistrationComplete` is
    false until `POST /auth/registration/complete`. After five wrong tries from one address the
    right code fails too.
    """
    phone = _phone(data.country_code, data.phone_number, settings)
    signup = Signup(data.signup_source, data.signup_campaign, languages.asked())
    return _result(await sign_in.verify(phone, "sms", data.code, device, signup), sessions)


@post("/auth/send-otp-email", opt=SENDS | refuses(SentTooOften, EmailNotSent))
async def send_otp_email(
    data: JSONBody[SendOtpEmail],
    client: NamedDependency[str],
    codes: NamedDependency[OneTimeCodes],
    settings: NamedDependency[AuthSettings],
) -> Envelope[OtpMailed]:
    """Send a sign-in code of four digits by mail.

    As `POST /auth/send-otp`, for an email address. In development the answer has the `code` in
    it.
    """
    email = parse_email(data.email, test_domains=not settings.is_production)
    code = await codes.send(email, "short_mail", client, languages.asked())
    return created(OtpMailed(email=email.address, code=_shown(code, settings)))


@post("/auth/verify-otp-email", status_code=200, opt=refuses(CodeInvalid, CodeExpired, TriesUsedUp))
async def verify_otp_email(
    data: JSONBody[VerifyOtpEmail],
    device: NamedDependency[Device],
    sign_in: NamedDependency[SignIn],
    sessions: NamedDependency[SessionService],
    settings: NamedDependency[AuthSettings],
) -> Envelope[AuthResult]:
    """Sign in with a code of four digits from a mail.

    As `POST /auth/verify-otp`, for a code from `POST /auth/send-otp-email`.
    """
    email = parse_email(data.email, test_domains=not settings.is_production)
    signup = Signup(data.signup_source, data.signup_campaign, languages.asked())
    return _result(await sign_in.verify(email, "short_mail", data.code, device, signup), sessions)


@post("/auth/otp/request", status_code=200, opt=SENDS | refuses(SentTooOften))
async def request_otp(
    data: JSONBody[RequestOtp],
    client: NamedDependency[str],
    codes: NamedDependency[OneTimeCodes],
    settings: NamedDependency[AuthSettings],
) -> Envelope[OtpRequestedAnswer]:
    """Send a sign-in code of six digits by mail.

    The usual way to sign in. The mail is in the language that is asked for. Known and unknown
    addresses are answered alike.
    """
    _use_language(data.language)
    email = parse_email(data.email, test_domains=not settings.is_production)
    await codes.send(email, "mail", client, languages.asked())
    message = CODE_SENT.in_(languages.current())
    return ok(OtpRequestedAnswer(message=message, email=email.address))


@post("/auth/otp/verify", status_code=200, opt=refuses(CodeInvalid, CodeExpired, TriesUsedUp))
async def verify_requested_otp(
    data: JSONBody[VerifyRequestedOtp],
    device: NamedDependency[Device],
    sign_in: NamedDependency[SignIn],
    sessions: NamedDependency[SessionService],
    settings: NamedDependency[AuthSettings],
) -> Envelope[AuthResult]:
    """Sign in with a code of six digits from a mail.

    As `POST /auth/verify-otp`, for a code from `POST /auth/otp/request`. Keep both tokens: the
    `accessToken` goes with every request, the `refreshToken` gets the next one.
    """
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
    """Get new tokens for a refresh token.

    Both are new, and the old refresh token is spent. A retry within 20 seconds gets the same
    answer; to use an old one later ends the session.
    """
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
    """Sign out.

    `all` sessions (unless said otherwise), only the `current` one, or all `others`. Their
    tokens are refused within a second. Repeating it is fine.
    """
    scope: Literal["all", "current", "others"] = data.scope if data else "all"
    await sessions.log_out(principal, scope)
    return ok(Message(LOGGED_OUT.in_(languages.current())))


@post("/auth/revoke-token", status_code=200, guards=[signed_in], opt=refuses(NotFound))
async def revoke_token(
    data: JSONBody[RefreshTokenBody],
    caller: NamedDependency[Principal],
    sessions: NamedDependency[SessionService],
) -> Envelope[Message]:
    """End the session of one refresh token.

    It has to be one of your own; with somebody else's, or one that has ended, it is a 404.
    """
    await sessions.revoke(caller, data.refresh_token)
    return ok(Message(SESSION_ENDED.in_(languages.current())))


@get("/auth/sessions", guards=[signed_in])
async def list_sessions(
    caller: NamedDependency[Principal], sessions: NamedDependency[SessionService]
) -> Envelope[list[SessionView]]:
    """List where you are signed in.

    One entry for each living session: the device, its address, and when it was used last.
    """
    living = await sessions.living(caller.user_id)
    return ok([SessionView.of(session, caller.session_id) for session in living])


@delete("/auth/sessions/{session_id:str}", status_code=200, guards=[signed_in])
async def end_session(
    session_id: FromPath[str],
    caller: NamedDependency[Principal],
    sessions: NamedDependency[SessionService],
) -> Envelope[Message]:
    """End one of your sessions.

    Its tokens are refused within a second.
    """
    await sessions.end_one(caller.user_id, checked_id(session_id))
    return ok(Message(SESSION_ENDED.in_(languages.current())))


@get("/auth/validate-token", guards=[signed_in])
async def validate_token(caller: NamedDependency[Principal]) -> Envelope[TokenValidity]:
    """Look at your access token.

    Says whose it is, which roles it has and until when it lives. One that is no longer good is
    a 401.
    """
    return ok(
        TokenValidity(
            valid=True,
            user_id=caller.user_id,
            roles=caller.roles,
            expires_at=timestamp(from_seconds(caller.expires_at)),
        )
    )


@get("/.well-known/jwks.json")
async def jwks(keys: NamedDependency[SigningKeys]) -> Response[KeySet]:
    """Get the keys that access tokens are signed with.

    A JSON Web Key Set (RFC 7517), for those who check tokens themselves: the one answer without
    an envelope.
    """
    return Response(
        KeySet(list(keys.public().values())), headers={"Cache-Control": "public, max-age=300"}
    )


@patch("/admin/users/{user_id:str}/email", guards=[admin], opt=refuses(EmailTaken))
async def change_email(
    user_id: FromPath[str],
    data: JSONBody[ChangeEmail],
    caller: NamedDependency[Principal],
    accounts: NamedDependency[AccountService],
    settings: NamedDependency[AuthSettings],
) -> Envelope[User]:
    """Change somebody's email address.

    Ends all their sessions: they sign in again with the new one.
    """
    email = parse_email(data.email, test_domains=not settings.is_production)
    identity = await accounts.change_email(caller, checked_id(user_id), email)
    return ok(identity.user())


@patch("/admin/users/{user_id:str}/role", guards=[superadmin], opt=refuses(OwnRole, LastSuperadmin))
async def change_role(
    user_id: FromPath[str],
    data: JSONBody[ChangeRole],
    caller: NamedDependency[Principal],
    accounts: NamedDependency[AccountService],
) -> Envelope[User]:
    """Change somebody's role.

    Ends all their sessions. Never one's own role, and a superadmin always remains.
    """
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
