"""Refresh tokens: rotation, the grace for a lost answer, and what reuse does."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.auth.service import Auth, session_of
from tests.eventually import eventually

T = TypeVar("T")
MONTH, QUARTER = timedelta(days=30), timedelta(days=90)


class RefreshFamily(RuleBasedStateMachine):
    """One session over real sockets, beside a model of which of its tokens may work."""

    auth: ClassVar[Auth]
    loop: ClassVar[asyncio.AbstractEventLoop]

    @initialize()
    def sign_in(self) -> None:
        self.auth.clock.reset()
        self.auth.clock.stop()
        result = self.run(self.auth.sign_in())
        self.access_token = result["accessToken"]
        self.tokens = [result["refreshToken"]]
        self.rotated = self.signed_in = timedelta(0)
        self.over: str | None = None

    # No sum of these is 20 s, 30 days or 90 days.
    @rule(seconds=st.sampled_from((3, 31, 86_400 + 421, 19 * 86_400)))
    def wait(self, seconds: int) -> None:
        self.auth.clock.turn(seconds=seconds)

    @rule()
    def refresh_with_the_newest(self) -> None:
        answer = self.refresh(self.tokens[-1])
        if not self.lives():
            assert answer.status_code == 401
            return
        assert answer.status_code == 200, answer.text
        data = answer.json()["data"]
        assert data["refreshToken"] not in self.tokens
        left = min(MONTH, self.signed_in + QUARTER - self.now)
        assert data["refreshExpiresIn"] == left.total_seconds()
        self.tokens.append(data["refreshToken"])
        self.rotated = self.now

    @precondition(lambda self: len(self.tokens) > 1)
    @rule()
    def refresh_with_the_one_before(self) -> None:
        answer = self.refresh(self.tokens[-2])
        if self.lives() and self.now - self.rotated <= timedelta(seconds=20):
            assert answer.status_code == 200
            assert answer.json()["data"]["refreshToken"] == self.tokens[-1], "one successor"
        else:
            assert answer.status_code == 401
            self.end("refresh_reuse")

    @precondition(lambda self: len(self.tokens) > 2)
    @rule(back=st.integers(min_value=3, max_value=9))
    def refresh_with_an_older_one(self, back: int) -> None:
        assert self.refresh(self.tokens[-min(back, len(self.tokens))]).status_code == 401
        self.end("refresh_reuse")

    @rule(place=st.integers(min_value=0, max_value=63), by=st.sampled_from("AQgw_-9z"))
    def refresh_with_a_forged_one(self, place: int, by: str) -> None:
        token = self.tokens[-1]
        forged = token[:place] + by + token[place + 1 :]
        if forged not in self.tokens:
            assert self.refresh(forged).status_code == 401  # and it does not end the session

    @precondition(lambda self: len(self.tokens) > 4)  # or most histories would be over at once
    @rule()
    def log_out(self) -> None:
        body = {"scope": "current"}
        answer = self.run(self.auth.post("/auth/logout", body, token=self.access_token))
        assert answer.status_code == 200
        self.end("logout")

    def teardown(self) -> None:
        if hasattr(self, "access_token"):
            events = self.run(self.auth.events(session_of(self.access_token)))
            expected = [self.over] if self.over else []
            assert [event["reason"] for _, event in events] == expected

    def refresh(self, token: str) -> httpx.Response:
        return self.run(self.auth.post("/auth/refresh", {"refreshToken": token}))

    def end(self, reason: str) -> None:
        if self.lives():
            self.over = reason

    def lives(self) -> bool:
        expires = min(self.rotated + MONTH, self.signed_in + QUARTER)
        return self.over is None and self.now < expires

    @property
    def now(self) -> timedelta:
        return self.auth.clock.ahead

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(90)


async def test_only_the_newest_token_works_and_for_a_moment_the_one_before(auth: Auth) -> None:
    RefreshFamily.auth = auth
    RefreshFamily.loop = asyncio.get_running_loop()
    few = settings(max_examples=40, stateful_step_count=20, deadline=None)
    await asyncio.to_thread(run_state_machine_as_test, RefreshFamily, settings=few)


async def refresh(auth: Auth, token: str) -> httpx.Response:
    return await auth.post("/auth/refresh", {"refreshToken": token})


async def test_fifty_parallel_refreshes_get_one_successor(auth: Auth) -> None:
    first = (await auth.sign_in())["refreshToken"]
    answers = await asyncio.gather(*(refresh(auth, first) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    successors = {answer.json()["data"]["refreshToken"] for answer in answers}
    assert len(successors) == 1
    auth.clock.turn(seconds=21)
    assert (await refresh(auth, first)).status_code == 401
    assert (await refresh(auth, successors.pop())).status_code == 401, "ended with its parent"


async def test_a_lost_answer_is_given_again_for_twenty_seconds(auth: Auth) -> None:
    auth.clock.stop()
    for late, status in ((19, 200), (21, 401)):
        first = (await auth.sign_in())["refreshToken"]
        second = (await refresh(auth, first)).json()["data"]["refreshToken"]
        auth.clock.turn(seconds=late)
        again = await refresh(auth, first)
        assert again.status_code == status
        if status == 200:
            assert again.json()["data"]["refreshToken"] == second
        assert (await refresh(auth, second)).status_code == status


async def test_nothing_minted_after_a_logout_verifies(auth: Auth) -> None:
    """Refresh racing logout, 200 rounds, in tens so that they also race each other."""

    async def round_of(number: int) -> None:
        result = await auth.sign_in()
        access, token = result["accessToken"], result["refreshToken"]
        racing = asyncio.create_task(refresh(auth, token))
        if number % 3:
            await asyncio.sleep(0.002 * (number % 5))
        assert (await auth.post("/auth/logout", None, token=access)).status_code == 200
        answer = await racing
        minted = [access]
        if answer.status_code == 200:
            minted.append(answer.json()["data"]["accessToken"])
            token = answer.json()["data"]["refreshToken"]
        assert answer.status_code in (200, 401)
        for each in minted:
            seen = await auth.call("GET", "/auth/validate-token", token=each)
            assert seen.status_code == 401
        assert (await refresh(auth, token)).status_code == 401
        gone = await auth.database["outbox"].find_one(
            {"subject": f"$KV.revocations.session.{session_of(access)}"}
        )
        assert gone is not None

    for start in range(0, 200, 10):
        await asyncio.gather(*(round_of(number) for number in range(start, start + 10)))


async def test_a_revocation_reaches_the_bucket_that_the_gateway_watches(auth: Auth) -> None:
    access = (await auth.sign_in())["accessToken"]
    await auth.post("/auth/logout", None, token=access)
    row = {"subject": f"$KV.revocations.session.{session_of(access)}", "state": "sent"}
    await eventually(lambda: auth.database["outbox"].find_one(row))


async def test_the_session_ends_ninety_days_after_it_began_and_its_access_tokens_with_it(
    auth: Auth,
) -> None:
    token = (await auth.sign_in())["refreshToken"]
    for _ in range(3):
        auth.clock.turn(days=29.9)
        data = (await refresh(auth, token)).json()["data"]
        token = data["refreshToken"]
    auth.clock.turn(days=0.3 - 1 / 48)  # half an hour before the end
    data = (await refresh(auth, token)).json()["data"]
    assert 0 < data["expiresIn"] <= 1800
    assert 0 < data["refreshExpiresIn"] <= 1800
    auth.clock.turn(minutes=31)
    assert (await refresh(auth, data["refreshToken"])).status_code == 401


async def test_what_a_device_does_not_repeat_is_kept(auth: Auth) -> None:
    result = await auth.sign_in(X_Platform="ios", X_Device_Id="phone-1", User_Agent="Aula/1")
    data = (await refresh(auth, result["refreshToken"])).json()["data"]
    sessions = await auth.call("GET", "/auth/sessions", token=data["accessToken"])
    (session,) = sessions.json()["data"]
    assert (session["platform"], session["deviceId"]) == ("ios", "phone-1")


async def test_refresh_tokens_are_not_stored(auth: Auth) -> None:
    result = await auth.sign_in()
    token = result["refreshToken"]
    stored = await auth.database["sessions"].find_one({"_id": session_of(result["accessToken"])})
    assert stored is not None
    assert token not in str(stored)
    assert token[16:] not in str(stored)
