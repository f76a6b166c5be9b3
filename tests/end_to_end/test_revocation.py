"""A token that was ended stays ended: within a second, on every gateway, across restarts."""

import asyncio
import os
import signal

from tests.end_to_end.client import Json, bearer, data_of, refused, sign_in
from tests.end_to_end.conftest import GRACE, Aula
from tests.eventually import eventually

SECOND = 1.0


async def accepted_everywhere(aula: Aula, token: dict[str, str]) -> None:
    for gateway in (aula.http, aula.other_gateway):
        data_of(await gateway.get("/me", headers=token))


async def refused_everywhere(aula: Aula, token: dict[str, str]) -> None:
    await asyncio.gather(
        refused(aula.http, token, SECOND), refused(aula.other_gateway, token, SECOND)
    )


async def test_logout_reaches_both_gateways_within_a_second(aula: Aula) -> None:
    person = await sign_in(aula.http, aula.mailbox, "leaver@aula.test")
    await accepted_everywhere(aula, bearer(person))
    data_of(await aula.http.post("/auth/logout", headers=bearer(person)))
    await refused_everywhere(aula, bearer(person))
    refresh = await aula.http.post("/auth/refresh", json={"refreshToken": person["refreshToken"]})
    assert refresh.status_code == 401


async def test_a_new_role_ends_the_old_tokens(aula: Aula, superadmin: Json) -> None:
    person = await sign_in(aula.http, aula.mailbox, "promoted@aula.test")
    await accepted_everywhere(aula, bearer(person))
    path = f"/admin/users/{person['user']['id']}/role"
    changed = await aula.http.patch(path, headers=bearer(superadmin), json={"role": "admin"})
    assert data_of(changed)["role"] == "admin"
    await refused_everywhere(aula, bearer(person))


async def test_a_new_email_ends_the_old_tokens_and_shows_in_the_profile(
    aula: Aula, superadmin: Json
) -> None:
    person = await sign_in(aula.http, aula.mailbox, "renamed@aula.test")
    path = f"/admin/users/{person['user']['id']}/email"
    body = {"email": "Renamed.Again@Aula.Test"}
    changed = await aula.http.patch(path, headers=bearer(superadmin), json=body)
    assert data_of(changed)["email"] == "renamed.again@aula.test"
    await refused_everywhere(aula, bearer(person))
    again = await sign_in(aula.http, aula.mailbox, "renamed.again@aula.test")
    assert again["user"]["id"] == person["user"]["id"]

    async def shown() -> bool:
        me = data_of(await aula.http.get("/me", headers=bearer(again)))
        return bool(me["email"] == "renamed.again@aula.test")

    await eventually(shown)


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
    await refused_everywhere(aula, token)
    for name in ("gateway", "nats", "auth"):
        await aula.stack.kill(name)
        await aula.stack.ready(name)

        async def answers() -> bool:
            status = (await aula.http.get("/me", headers=token)).status_code
            assert status != 200
            return status == 401

        await eventually(answers)


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
        await eventually(lambda: all_answer("/me", 503), within=GRACE + 2 * SECOND)
        ready = await aula.http.get("/readyz")
        assert ready.status_code == 503
        assert "no word from NATS" in ready.json()["data"]["checks"]["revocations"]
        public = await aula.http.post("/auth/otp/request", json={"email": "public@aula.test"})
        assert public.status_code == 200
    finally:
        os.kill(aula.stack.pids["nats"], signal.SIGCONT)
    await eventually(lambda: all_answer("/me", 200))
