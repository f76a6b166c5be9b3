"""Auth's endpoints member by member, as the contract shows them."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from services.auth.code_ledger import CodeExpired, EmailNotSent, SentTooOften
from services.auth.settings import AuthSettings
from shared.errors import STATUS_TEXTS
from tests.auth.service import Auth, new_email, new_number, wrong

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ID = re.compile(r"[0-9a-f]{24}")


def members(names: str) -> set[str]:
    return set(names.split())


USER = members("""
    id name surname username email countryCode phoneNumber signupSource signupCampaign profilePhoto
    availabilityStatus birthDate gender interests expertise bio instagram x tiktok snapchat facebook
    privacyPolicyAccepted privacyPolicyVersion termsOfUseAccepted termsOfUseVersion
    consentFormAccepted consentFormVersion isRegistrationComplete roles role followersCount
    followingCount minutePriceInLiveStream creditBalance lastLogin timezone language
    lastUsernameChangeDate accountDeletionStatus accountDeletionRequestedAt
    accountDeletionScheduledFor accountDeletionCancelledAt accountDeletionFinalizedAt
    createdAt updatedAt
""")
SESSION = members("id platform deviceId userAgent ip createdAt lastUsedAt expiresAt isCurrent")
AUTH_RESULT = members(
    "accessToken refreshToken expiresIn refreshExpiresIn user isRegistrationComplete isNewUser"
)


def data_of(answer: httpx.Response, status: int) -> Any:
    body = answer.json()
    assert answer.status_code == status, answer.text
    assert set(body) == {"isSuccess", "statusCode", "data", "errors", "timestamp"}
    assert body["isSuccess"] is True
    assert body["statusCode"] == status
    assert body["errors"] == []
    assert TIMESTAMP.fullmatch(body["timestamp"])
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]
    return body["data"]


def error_of(answer: httpx.Response, status: int) -> str:
    body = answer.json()
    assert answer.status_code == status, answer.text
    assert set(body) == {"isSuccess", "statusCode", "data", "errors", "code", "timestamp"}
    assert body["isSuccess"] is False
    assert body["statusCode"] == status
    assert body["data"] is None
    assert all(isinstance(line, str) for line in body["errors"])
    assert body["errors"][0] == STATUS_TEXTS[status].en
    assert TIMESTAMP.fullmatch(body["timestamp"])
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    if status == 429:
        assert int(answer.headers["retry-after"]) > 0
    return str(body["code"])


def check_auth_result(data: dict[str, Any], *, is_new: bool) -> None:
    assert set(data) == AUTH_RESULT
    assert (data["expiresIn"], data["refreshExpiresIn"]) == (3600, 2592000)
    assert data["isNewUser"] is is_new
    assert data["isRegistrationComplete"] is False
    user = data["user"]
    assert set(user) == USER
    assert ID.fullmatch(user["id"])
    assert (user["role"], user["roles"]) == ("user", ["user"])
    assert TIMESTAMP.fullmatch(user["createdAt"])
    assert TIMESTAMP.fullmatch(user["lastLogin"])


@pytest.mark.parametrize("country_code", ["90", "+90"])
async def test_sign_in_by_phone(auth: Auth, country_code: str) -> None:
    phone = {"countryCode": country_code, "phoneNumber": new_number()}
    sent = data_of(await auth.post("/auth/send-otp", phone), 201)
    assert set(sent) == {"countryCode", "phoneNumber", "code"}
    assert sent["countryCode"] == "+90"
    assert sent["phoneNumber"] == phone["phoneNumber"]
    assert re.fullmatch(r"\d{4}", sent["code"])
    bad = {**phone, "code": wrong(sent["code"])}
    assert error_of(await auth.post("/auth/verify-otp", bad), 400) == "otp_invalid"
    good = {**phone, "code": sent["code"], "signupSource": "app", "signupCampaign": "spring"}
    result = data_of(await auth.post("/auth/verify-otp", good), 200)
    check_auth_result(result, is_new=True)
    user = result["user"]
    assert (user["countryCode"], user["phoneNumber"]) == ("+90", phone["phoneNumber"])
    assert (user["email"], user["signupSource"], user["signupCampaign"]) == (None, "app", "spring")


async def test_sign_in_by_email_with_a_short_code(auth: Auth) -> None:
    email = new_email()
    sent = data_of(await auth.post("/auth/send-otp-email", {"email": f" {email.upper()}"}), 201)
    assert set(sent) == {"email", "code"}
    assert sent["email"] == email
    body = {"email": email.title(), "code": sent["code"]}
    result = data_of(await auth.post("/auth/verify-otp-email", body), 200)
    check_auth_result(result, is_new=True)
    assert result["user"]["email"] == email


async def test_sign_in_by_email_as_documented(auth: Auth) -> None:
    email = new_email()
    asked = data_of(await auth.post("/auth/otp/request", {"email": email}), 200)
    assert asked == {
        "message": "Verification code has been sent to your email address",
        "email": email,
    }
    (code,) = await auth.codes_sent(email)
    assert re.fullmatch(r"\d{6}", code)
    body = {"email": email, "code": code, "language": "tr", "signupSource": "web"}
    check_auth_result(data_of(await auth.post("/auth/otp/verify", body), 200), is_new=True)


async def test_one_identifier_is_one_account_and_its_second_sign_in_is_not_new(auth: Auth) -> None:
    email = new_email()
    first = await auth.sign_in(email)
    auth.clock.turn(seconds=61)
    await auth.post("/auth/otp/request", {"email": email})
    body = {"email": email, "code": (await auth.codes_sent(email))[-1], "signupSource": "late"}
    second = data_of(await auth.post("/auth/otp/verify", body), 200)
    check_auth_result(second, is_new=False)
    assert second["user"]["id"] == first["user"]["id"]
    assert second["user"]["signupSource"] is None
    assert second["user"]["lastLogin"] > first["user"]["lastLogin"]


async def test_refresh(auth: Auth) -> None:
    old = await auth.sign_in()
    answer = await auth.post("/auth/refresh", {"refreshToken": old["refreshToken"]})
    new = data_of(answer, 200)
    assert set(new) == {"accessToken", "refreshToken", "expiresIn", "refreshExpiresIn"}
    assert (new["expiresIn"], new["refreshExpiresIn"]) == (3600, 2592000)
    assert new["accessToken"] != old["accessToken"]
    assert new["refreshToken"] != old["refreshToken"]
    for bad in ("x", "ü" * 64, old["accessToken"][:512], "A" * 64):
        answer = await auth.post("/auth/refresh", {"refreshToken": bad})
        assert error_of(answer, 401) == "authentication_required"


async def test_a_refresh_token_is_no_access_token(auth: Auth) -> None:
    token = (await auth.sign_in())["refreshToken"]
    error_of(await auth.call("GET", "/auth/validate-token", token=token), 401)


async def test_sessions(auth: Auth) -> None:
    email = new_email()
    await auth.sign_in(email, X_Platform="web")
    auth.clock.turn(seconds=61)
    code = await auth.ask(email)
    auth.clock.ahead *= 0
    second = await auth.post(
        "/auth/verify-otp-email",
        {"email": email, "code": code},
        at="198.18.0.7",
        X_Platform="android",
        X_Device_Id="d-1",
        User_Agent="Aula/2",
    )
    token = second.json()["data"]["accessToken"]
    sessions = data_of(await auth.call("GET", "/auth/sessions", token=token), 200)
    assert [set(session) for session in sessions] == [SESSION, SESSION]
    newest, older = sessions
    assert newest["isCurrent"] is True
    assert older["isCurrent"] is False
    assert (newest["platform"], newest["deviceId"]) == ("android", "d-1")
    assert (newest["userAgent"], newest["ip"]) == ("Aula/2", "198.18.0.7")
    for time in ("createdAt", "lastUsedAt", "expiresAt"):
        assert TIMESTAMP.fullmatch(newest[time])


async def test_validate_token(auth: Auth) -> None:
    result = await auth.sign_in()
    answer = await auth.call("GET", "/auth/validate-token", token=result["accessToken"])
    data = data_of(answer, 200)
    assert set(data) == {"valid", "userId", "roles", "expiresAt"}
    assert data["valid"] is True
    assert (data["userId"], data["roles"]) == (result["user"]["id"], ["user"])
    assert TIMESTAMP.fullmatch(data["expiresAt"])


async def test_messages_of_logout_revocation_and_ended_sessions(auth: Auth) -> None:
    result = await auth.sign_in()
    token = result["accessToken"]
    sessions = (await auth.call("GET", "/auth/sessions", token=token)).json()["data"]
    path = f"/auth/sessions/{sessions[0]['id']}"
    assert set(data_of(await auth.call("DELETE", path, token=token), 200)) == {"message"}
    result = await auth.sign_in()
    token, body = result["accessToken"], {"refreshToken": result["refreshToken"]}
    revoked = await auth.post("/auth/revoke-token", body, token=token)
    assert set(data_of(revoked, 200)) == {"message"}
    answer = await auth.post("/auth/logout", {}, token=(await auth.sign_in())["accessToken"])
    assert data_of(answer, 200) == {"message": "You are signed out"}


async def test_the_key_set_is_the_one_answer_without_envelope(auth: Auth) -> None:
    answer = await auth.call("GET", "/.well-known/jwks.json")
    assert answer.status_code == 200
    assert set(answer.json()) == {"keys"}
    for key in answer.json()["keys"]:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}, "nothing private"
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert "max-age" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/auth/logout"),
        ("POST", "/auth/revoke-token"),
        ("GET", "/auth/sessions"),
        ("DELETE", "/auth/sessions/" + "a" * 24),
        ("GET", "/auth/validate-token"),
        ("PATCH", "/admin/users/" + "a" * 24 + "/email"),
        ("PATCH", "/admin/users/" + "a" * 24 + "/role"),
    ],
)
async def test_without_a_token_or_with_a_bad_one_a_protected_route_is_401(
    auth: Auth, method: str, path: str
) -> None:
    assert error_of(await auth.call(method, path, {}), 401) == "authentication_required"
    error_of(await auth.call(method, path, {}, token="bad"), 401)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/otp/request", {"email": "x@aula.test"}),
        ("/auth/refresh", {"refreshToken": "x"}),
        ("/.well-known/jwks.json", None),
    ],
)
async def test_a_bad_token_is_401_on_public_routes_too(
    auth: Auth, path: str, body: dict[str, str] | None
) -> None:
    error_of(await auth.call("POST" if body else "GET", path, body, token="bad"), 401)


async def test_the_language_of_the_body_wins_over_headers_and_unknown_ones_fall_back(
    auth: Auth,
) -> None:
    async def message(body_language: Any = None, **headers: str) -> str:
        body = {"email": new_email()}
        if body_language is not None:
            body["language"] = body_language
        answer = await auth.post("/auth/otp/request", body, **headers)
        return str(answer.json()["data"]["message"])[:12]

    english, turkish, spanish, german = (
        "Verification",
        "Doğrulama ko",
        "Se ha enviad",
        "Der Bestätig",
    )
    both = {"X_Language": "es", "Accept_Language": "tr"}
    assert await message("de", **both) == german
    assert await message(**both) == spanish
    assert await message(Accept_Language="fr, tr;q=0.5, en;q=0.2") == turkish
    assert await message("kl", **both) == spanish
    assert await message("kl", X_Language="xx", Accept_Language="yy") == english
    assert await message() == english


async def test_where_nothing_is_asked_for_people_are_answered_in_their_own_language(
    auth: Auth,
) -> None:
    email = new_email()
    result = await auth.sign_in(email, X_Language="de")
    assert result["user"]["language"] == "de"
    auth.clock.turn(seconds=61)
    await auth.post("/auth/otp/request", {"email": email})
    rows = auth.database["outbox"].find({"subject": "otp.requested"})
    mails = [row["payload"] async for row in rows if email.encode() in row["payload"]]
    assert b'"language":"de"' in mails[-1]
    answer = await auth.post("/auth/logout", None, token=result["accessToken"])
    assert data_of(answer, 200) == {"message": "Sie sind abgemeldet"}


async def test_refusals_speak_the_language_asked_for(auth: Auth) -> None:
    for language in ("en", "tr", "es", "de"):
        body = {"email": new_email()}
        await auth.post("/auth/otp/request", body)
        answer = await auth.post("/auth/otp/request", body, X_Language=language)
        assert answer.json()["errors"] == [
            getattr(STATUS_TEXTS[429], language),
            getattr(SentTooOften.text, language),
        ]
    assert CodeExpired().lines("tr")[0] == "Doğrulama başarısız"
    assert EmailNotSent().lines("tr") == ["Email gönderilirken hata oluştu"]


SENDING = [
    ("/auth/send-otp", lambda: {"countryCode": "90", "phoneNumber": new_number()}),
    ("/auth/send-otp-email", lambda: {"email": new_email()}),
    ("/auth/otp/request", lambda: {"email": new_email()}),
]


@pytest.mark.parametrize(("path", "body_of"), SENDING)
async def test_a_repeated_send_with_its_key_is_answered_again_and_done_once(
    auth: Auth, path: str, body_of: Any
) -> None:
    body, key = body_of(), f"key-{path}"
    recipient = body.get("email") or f"+90{body['phoneNumber']}"
    first = await auth.post(path, body, Idempotency_Key=key)
    again = await auth.post(path, body, Idempotency_Key=key)
    assert again.status_code == first.status_code < 300
    assert again.content == first.content
    assert len(await auth.codes_sent(recipient)) == 1
    other = await auth.post(path, body_of(), Idempotency_Key=key)
    assert error_of(other, 422) == "idempotency_key_reused"
    elsewhere = await auth.post(path, body_of(), Idempotency_Key=key, at="198.18.0.1")
    assert elsewhere.status_code < 300, "keys belong to the caller"


async def test_a_send_that_is_still_running_is_not_started_again(auth: Auth) -> None:
    body = {"email": new_email()}
    sending = (auth.post("/auth/otp/request", body, Idempotency_Key="run") for _ in range(20))
    answers = await asyncio.gather(*sending)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert 200 in {answer.status_code for answer in answers}
    assert len(await auth.codes_sent(body["email"])) == 1


async def test_without_a_database_sends_fail_as_documented(auth: Auth, servers: Any) -> None:
    nowhere: AuthSettings = auth.settings
    away = type(nowhere)(
        mongo_url="mongodb://127.0.0.1:1/?replicaSet=aula",
        nats_url=nowhere.nats_url,
        data_dir=nowhere.data_dir,
        code_key=nowhere.code_key,
    )
    async with Auth.running(away, ready=False) as lost:
        mail, other = await asyncio.gather(
            lost.post("/auth/send-otp-email", {"email": new_email()}, X_Language="tr"),
            lost.post("/auth/otp/request", {"email": new_email()}),
        )
    assert (mail.status_code, mail.json()["code"]) == (500, "email_not_sent")
    assert mail.json()["errors"] == ["Email gönderilirken hata oluştu"]
    assert error_of(other, 503) == "unavailable"
    assert other.headers["retry-after"]


async def test_the_language_of_a_body_counts_even_if_the_body_is_refused(auth: Auth) -> None:
    body = {"email": "x", "language": "tr", "code": 5}
    refused = await auth.post("/auth/otp/verify", body, Accept_Language="de")
    assert refused.json()["errors"][0] == "Doğrulama başarısız"
