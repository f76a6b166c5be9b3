"""Ending sessions: by logout, by revocation, one's own only."""

from typing import Any

import pytest

from tests.auth.service import Auth, new_email, session_of


async def three_sessions(auth: Auth) -> list[dict[str, Any]]:
    email, results = new_email(), []
    for _ in range(3):
        results.append(await auth.sign_in(email))
        auth.clock.turn(seconds=61)
    auth.clock.ahead *= 0
    return results


async def alive(auth: Auth, results: list[dict[str, Any]]) -> list[bool]:
    """By refresh token, because access tokens of the turned clock are from the future."""
    ids = [session_of(result["accessToken"]) for result in results]
    found = [await auth.database["sessions"].find_one({"_id": each}) for each in ids]
    return [session is not None and session["ended_at"] is None for session in found]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (None, [False, False, False]),
        ({}, [False, False, False]),
        ({"scope": "all"}, [False, False, False]),
        ({"scope": "current"}, [False, True, True]),
        ({"scope": "others"}, [True, False, False]),
    ],
)
async def test_logout_ends_the_sessions_in_its_scope(
    auth: Auth, body: dict[str, str] | None, left: list[bool]
) -> None:
    results = await three_sessions(auth)
    answer = await auth.post("/auth/logout", body, token=results[0]["accessToken"])
    assert answer.status_code == 200
    assert await alive(auth, results) == left
    for result, stays in zip(results, left, strict=True):
        events = await auth.events(session_of(result["accessToken"]))
        assert [(subject, event["reason"]) for subject, event in events] == (
            [] if stays else [("session.revoked", "logout")]
        )
        refreshed = await auth.post("/auth/refresh", {"refreshToken": result["refreshToken"]})
        assert refreshed.status_code == (200 if stays else 401)


async def test_logout_can_be_repeated_and_then_has_no_say_over_newer_sessions(auth: Auth) -> None:
    email = new_email()
    token = (await auth.sign_in(email))["accessToken"]
    assert (await auth.post("/auth/logout", None, token=token)).status_code == 200
    auth.clock.turn(seconds=61)
    newer = await auth.sign_in(email)
    for body in (None, {"scope": "all"}, {"scope": "others"}, {"scope": "current"}):
        assert (await auth.post("/auth/logout", body, token=token)).status_code == 200
    assert await alive(auth, [newer]) == [True]


async def test_an_unknown_scope_is_refused(auth: Auth) -> None:
    token = (await auth.sign_in())["accessToken"]
    for scope in ("everyone", "", None, 1, ["all"]):
        answer = await auth.post("/auth/logout", {"scope": scope}, token=token)
        assert answer.status_code == 400
    assert (await auth.call("GET", "/auth/validate-token", token=token)).status_code == 200


async def test_revoking_a_refresh_token_ends_its_session_only(auth: Auth) -> None:
    results = await three_sessions(auth)
    body = {"refreshToken": results[1]["refreshToken"]}
    answer = await auth.post("/auth/revoke-token", body, token=results[0]["accessToken"])
    assert answer.status_code == 200
    assert await alive(auth, results) == [True, False, True]
    again = await auth.post("/auth/revoke-token", body, token=results[0]["accessToken"])
    assert again.status_code == 200
    events = await auth.events(session_of(results[1]["accessToken"]))
    assert [event["reason"] for _, event in events] == ["revoked"]


async def test_others_refresh_tokens_and_sessions_are_not_found(auth: Auth) -> None:
    mine, theirs = await auth.sign_in(), await auth.sign_in()
    token, their_session = mine["accessToken"], session_of(theirs["accessToken"])
    body = {"refreshToken": theirs["refreshToken"]}
    assert (await auth.post("/auth/revoke-token", body, token=token)).status_code == 404
    forged = {"refreshToken": mine["refreshToken"][:-4] + "AAAA"}
    assert (await auth.post("/auth/revoke-token", forged, token=token)).status_code == 404
    for session_id, status in [(their_session, 404), ("a" * 24, 404), ("xyz", 400)]:
        answer = await auth.call("DELETE", f"/auth/sessions/{session_id}", token=token)
        assert answer.status_code == status
    assert await alive(auth, [mine, theirs]) == [True, True]


async def test_a_session_is_ended_by_its_id(auth: Auth) -> None:
    results = await three_sessions(auth)
    token, other = results[0]["accessToken"], session_of(results[2]["accessToken"])
    answer = await auth.call("DELETE", f"/auth/sessions/{other.upper()}", token=token)
    assert answer.status_code == 200
    assert await alive(auth, results) == [True, True, False]
    listed = (await auth.call("GET", "/auth/sessions", token=token)).json()["data"]
    assert other not in [session["id"] for session in listed]


async def test_tokens_of_an_ended_session_open_nothing(auth: Auth) -> None:
    result = await auth.sign_in()
    token = result["accessToken"]
    await auth.post("/auth/logout", {"scope": "current"}, token=token)
    refresh = {"refreshToken": result["refreshToken"]}
    for method, path, body in [
        ("GET", "/auth/sessions", None),
        ("GET", "/auth/validate-token", None),
        ("DELETE", f"/auth/sessions/{session_of(token)}", None),
        ("POST", "/auth/revoke-token", refresh),
        ("POST", "/auth/refresh", refresh),
    ]:
        sent = "" if path == "/auth/refresh" else token
        answer = await auth.call(method, path, body, token=sent)
        assert answer.status_code == 401, path
