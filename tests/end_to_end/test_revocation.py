"""A token that was ended stays ended: within a second, on every gateway, across restarts."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import httpx

from tests.end_to_end.client import Json, barred, bearer, data_of, refused, sign_in
from tests.end_to_end.conftest import GRACE, Aula
from tests.eventually import eventually

SECOND = 1.0
TRIES = (
    5  # of which one must keep the second: in the others something may have had to wait its turn
)
DELETION = "/users/me/account-deletion"


async def accepted_everywhere(aula: Aula, token: dict[str, str]) -> None:
    for gateway in (aula.http, aula.other_gateway):
        data_of(await gateway.get("/me", headers=token))


async def everywhere(
    aula: Aula,
    token: dict[str, str],
    closed: Callable[[httpx.AsyncClient, dict[str, str]], Awaitable[float]] = refused,
) -> float:
    """Returns once both gateways are `closed` to the token: after how many seconds."""
    return max(await asyncio.gather(closed(aula.http, token), closed(aula.other_gateway, token)))


async def test_logout_reaches_both_gateways_within_a_second(aula: Aula) -> None:
    for number in range(TRIES):
        person = await sign_in(aula.http, aula.mailbox, f"leaver{number}@aula.test")
        await accepted_everywhere(aula, bearer(person))
        data_of(await aula.http.post("/auth/logout", headers=bearer(person)))
        took = await everywhere(aula, bearer(person))
        body = {"refreshToken": person["refreshToken"]}
        assert (await aula.http.post("/auth/refresh", json=body)).status_code == 401
        if took < SECOND:
            return
    raise AssertionError("none of them within a second")


async def test_leaving_reaches_both_gateways_within_a_second(aula: Aula) -> None:
    for number in range(TRIES):
        token = bearer(await sign_in(aula.http, aula.mailbox, f"goes{number}@aula.test"))
        await accepted_everywhere(aula, token)
        data_of(await aula.http.post(DELETION, headers=token))
        is_barred = await everywhere(aula, token, barred)
        data_of(await aula.http.post(f"{DELETION}/finalize-now", headers=token))
        is_gone = await everywhere(aula, token)
        if max(is_barred, is_gone) < SECOND:
            return
    raise AssertionError("none of them within a second")


async def test_a_new_role_ends_the_old_tokens(aula: Aula, superadmin: Json) -> None:
    person = await sign_in(aula.http, aula.mailbox, "promoted@aula.test")
    await accepted_everywhere(aula, bearer(person))
    path = f"/admin/users/{person['user']['id']}/role"
    changed = await aula.http.patch(path, headers=bearer(superadmin), json={"role": "admin"})
    assert data_of(changed)["role"] == "admin"
    await everywhere(aula, bearer(person))


async def test_a_new_email_ends_the_old_tokens_and_shows_in_the_profile(
    aula: Aula, superadmin: Json
) -> None:
    person = await sign_in(aula.http, aula.mailbox, "renamed@aula.test")
    path = f"/admin/users/{person['user']['id']}/email"
    body = {"email": "Renamed.Again@Aula.Test"}
    changed = await aula.http.patch(path, headers=bearer(superadmin), json=body)
    assert data_of(changed)["email"] == "renamed.again@aula.test"
    await everywhere(aula, bearer(person))
    again = await sign_in(aula.http, aula.mailbox, "renamed.again@aula.test")
    assert again["user"]["id"] == person["user"]["id"]

    async def shown() -> bool:
        me = data_of(await aula.http.get("/me", headers=bearer(again)))
        return bool(me["email"] == "renamed.again@aula.test")

    await eventually(shown, within=30)


async def test_a_taken_email_is_a_conflict(aula: Aula, superadmin: Json) -> None:
    person = await sign_in(aula.http, aula.mailbox, "wants@aula.test")
    path = f"/admin/users/{person['user']['id']}/email"
    taken = await aula.http.patch(
        path, headers=bearer(superadmin), json={"email": "admin@aula.test"}
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")


async def test_no_restart_brings_a_token_back(aula: Aula) -> None:
    person = await sign_in(aula.http, aula.mailbox, "gone@aula.test")
    token = bearer(person)
    data_of(await aula.http.post("/auth/logout", headers=token))
    await everywhere(aula, token)
    statuses = set()

    async def answers() -> bool:
        status = (await aula.http.get("/me", headers=token)).status_code
        statuses.add(status)
        return status == 401

    for name in ("gateway", "nats", "auth"):
        await aula.stack.kill(name)
        await aula.stack.ready(name)
        await eventually(answers, within=30)
    assert 200 not in statuses


async def test_a_nats_that_hangs_closes_the_gateways_as_soon_as_they_cannot_know(
    aula: Aula,
) -> None:
    token = bearer(await sign_in(aula.http, aula.mailbox, "hanging@aula.test"))
    gateways = (aula.http, aula.other_gateway)

    async def all_answer(path: str, status: int) -> bool:
        answers = [await gateway.get(path, headers=token) for gateway in gateways]
        return all(answer.status_code == status for answer in answers)

    os.kill(aula.stack.pids["nats"], signal.SIGSTOP)
    try:
        # Without heeding its silence: once the connection is given up, and the grace after that.
        await eventually(lambda: all_answer("/me", 503), within=GRACE + 3 * SECOND)
        ready = await aula.http.get("/readyz")
        assert ready.status_code == 503
        assert "no word from NATS" in ready.json()["data"]["checks"]["revocations"]
        public = await aula.http.post("/auth/otp/request", json={"email": "public@aula.test"})
        assert public.status_code == 200
    finally:
        os.kill(aula.stack.pids["nats"], signal.SIGCONT)
    await eventually(lambda: all_answer("/me", 200), within=30)
