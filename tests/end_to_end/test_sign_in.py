"""From a clean start to a signed-in person, as a client sees it."""

import re

import pytest

from shared.contracts.users import User
from tests.end_to_end.client import Json, bearer, code_mailed_to, data_of, known, sign_in
from tests.end_to_end.conftest import Aula
from tests.eventually import eventually

USER = set(User.__struct_encode_fields__)
AUTH_RESULT = {
    "accessToken",
    "refreshToken",
    "expiresIn",
    "refreshExpiresIn",
    "user",
    "isRegistrationComplete",
    "isNewUser",
}
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
async def test_a_mailed_six_digit_code_signs_in(aula: Aula, prefix: str) -> None:
    email = f"six{len(prefix)}@aula.test"
    answer = await aula.http.post(
        f"{prefix}/auth/otp/request",
        json={"email": email, "language": "tr"},
        headers={"Accept-Language": "de"},
    )
    message = "Doğrulama kodu e-posta adresinize gönderildi"
    assert data_of(answer) == {"message": message, "email": email}
    assert TIMESTAMP.fullmatch(answer.json()["timestamp"])
    code = await code_mailed_to(email, aula.mailbox)
    assert len(code) == 6
    result = data_of(
        await aula.http.post(
            f"{prefix}/auth/otp/verify",
            json={"email": email, "code": code, "signupSource": "poster"},
        )
    )
    assert set(result) == AUTH_RESULT
    assert (result["expiresIn"], result["refreshExpiresIn"]) == (3600, 2592000)
    assert (result["isNewUser"], result["isRegistrationComplete"]) == (True, False)
    assert set(result["user"]) == USER
    assert result["user"]["signupSource"] == "poster"


async def test_a_short_mailed_code_signs_in(aula: Aula) -> None:
    email = "short@aula.test"
    sent = data_of(await aula.http.post("/auth/send-otp-email", json={"email": email}), 201)
    assert set(sent) == {"email", "code"}
    assert sent["code"] == await code_mailed_to(email, aula.mailbox)
    assert re.fullmatch(r"\d{4}", sent["code"])
    body = {"email": email, "code": sent["code"]}
    assert set(data_of(await aula.http.post("/auth/verify-otp-email", json=body))) == AUTH_RESULT


async def test_a_code_by_sms_signs_in_and_can_be_read_in_the_dev_inbox(aula: Aula) -> None:
    phone = {"countryCode": "90", "phoneNumber": "5551234567"}
    sent = data_of(await aula.http.post("/auth/send-otp", json=phone), 201)
    assert (sent["countryCode"], sent["phoneNumber"]) == ("+90", "5551234567")
    result = data_of(await aula.http.post("/auth/verify-otp", json={**phone, "code": sent["code"]}))
    assert (result["user"]["phoneNumber"], result["user"]["email"]) == ("5551234567", None)

    async def arrived() -> list[Json]:
        query, headers = {"to": "+905551234567"}, {"Accept": "application/json"}
        return list(data_of(await aula.http.get("/dev/inbox", params=query, headers=headers)))

    (message,) = await eventually(arrived, within=30)
    assert message["text"].splitlines()[-1] == f"@aula.test #{sent['code']}"


async def test_the_user_of_the_sign_in_answer_is_the_user_of_me(aula: Aula) -> None:
    email = "same@aula.test"
    result = await sign_in(aula.http, aula.mailbox, email)
    await known(aula.http, bearer(result))
    me = data_of(await aula.http.get("/me", headers=bearer(result)))
    assert set(me) == USER
    assert me == result["user"]
    for path in ("/auth/me", "/api/v1/me"):
        assert data_of(await aula.http.get(path, headers=bearer(result))) == me


async def test_a_profile_shows_in_the_next_sign_in(aula: Aula) -> None:
    first = await short_sign_in(aula, "known@aula.test")
    await known(aula.http, bearer(first))
    changes = {"name": "Ada", "surname": "Lovelace", "timezone": "Europe/London", "language": "de"}
    changed = data_of(await aula.http.patch("/me", headers=bearer(first), json=changes))
    auth = aula.database("auth")

    async def auth_heard_of_it() -> bool:
        identity = await auth["identities"].find_one({"_id": changed["id"]})
        return bool(identity and identity["profile_version"])

    await eventually(auth_heard_of_it, within=30)
    # A second code would have to wait a minute: forget the first as time would.
    await auth["code_ledgers"].delete_one({"_id": "email:known@aula.test"})
    again = await short_sign_in(aula, "known@aula.test")
    assert again["isNewUser"] is False
    assert again["user"] == {**changed, "lastLogin": again["user"]["lastLogin"]}


async def short_sign_in(aula: Aula, email: str) -> Json:
    sent = data_of(await aula.http.post("/auth/send-otp-email", json={"email": email}), 201)
    body = {"email": email, "code": sent["code"]}
    result: Json = data_of(await aula.http.post("/auth/verify-otp-email", json=body))
    return result


async def test_refresh_logout_and_sessions_through_the_gateway(aula: Aula) -> None:
    first = await sign_in(aula.http, aula.mailbox, "sessions@aula.test")
    refreshed = data_of(
        await aula.http.post("/auth/refresh", json={"refreshToken": first["refreshToken"]})
    )
    assert set(refreshed) == {"accessToken", "refreshToken", "expiresIn", "refreshExpiresIn"}
    sessions = data_of(await aula.http.get("/auth/sessions", headers=bearer(refreshed)))
    assert [session["isCurrent"] for session in sessions] == [True]
    assert set(sessions[0]) == {
        *("id", "platform", "deviceId", "userAgent", "ip"),
        *("createdAt", "lastUsedAt", "expiresAt", "isCurrent"),
    }
    valid = data_of(await aula.http.get("/auth/validate-token", headers=bearer(refreshed)))
    assert set(valid) == {"valid", "userId", "roles", "expiresAt"}
    ended = await aula.http.delete(f"/auth/sessions/{sessions[0]['id']}", headers=bearer(refreshed))
    assert set(data_of(ended)) == {"message"}


async def test_public_keys_come_bare_and_cacheable(aula: Aula) -> None:
    answer = await aula.http.get("/.well-known/jwks.json")
    assert set(answer.json()) == {"keys"}
    assert "max-age" in answer.headers["cache-control"]
    (key,) = answer.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"]) == ("EC", "P-256", "ES256")
    assert "d" not in key
