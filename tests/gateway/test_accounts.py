"""Who is about to leave may look, and change their mind; who is gone is nobody. At every gateway,
within a second, and whatever restarts."""

import asyncio
import itertools
import time
from pathlib import Path

import pytest

from gateway.accounts import Accounts
from gateway.errors import AccountDeletionPending
from gateway.table import TABLE, Route
from shared.errors import AuthenticationRequired
from shared.ids import new_id
from shared.languages import LANGUAGES
from shared.pseudonyms import Pseudonyms
from tests.eventually import eventually
from tests.gateway.client import ask
from tests.gateway.conftest import House, running_house
from tests.gateway.test_routes import example

GATEWAYS = ("gateway", "gateway-2")
PSEUDONYMS = Pseudonyms("key")

# Everything else is barred.
MAY_STILL = {
    "POST /auth/logout",
    "POST /auth/revoke-token",
    "GET /auth/sessions",
    "DELETE /auth/sessions/{id}",
    "GET /auth/validate-token",
    "GET /me",
    "GET /users/me/account-deletion",
    "POST /users/me/account-deletion",
    "DELETE /users/me/account-deletion",
    "POST /users/me/account-deletion/finalize-now",
    "GET /users/me/export",
}


async def test_accounts_are_known_everywhere_and_through_restarts(tmp_path: Path) -> None:
    """One story, because each step of it starts real processes."""
    async with running_house(tmp_path, GATEWAYS) as house:
        leaver, changes_mind, goner, stayer = people = [new_id() for _ in range(4)]
        token = {person: house.signer.token(user=person) for person in people}
        took: list[float] = []

        async def become(person: str, *wanted: int) -> None:
            """Of `PATCH /me`, `GET /me`, and a public route, at both gateways."""
            started = time.monotonic()
            await eventually(lambda: _answers(house, token[person], wanted))
            took.append(time.monotonic() - started)

        await house.leaves(leaver, "first")
        await become(leaver, 403, 200, 200)
        await house.leaves(changes_mind, "second")
        await become(changes_mind, 403, 200, 200)
        await house.goes(goner)
        await become(goner, 401, 401, 401)
        await house.stays("second")
        await become(changes_mind, 200, 200, 200)
        # And again: each request to leave has an id of its own.
        await house.leaves(changes_mind, "third")
        await become(changes_mind, 403, 200, 200)
        assert sorted(took)[2] < 1, "most of them; now and then the machine itself takes longer"
        await become(stayer, 200, 200, 200)

        # A gateway that joins late, and both after a restart of NATS, know the same.
        await house.stack.kill("gateway-2")
        await house.nats.kill("nats")
        await house.nats.ready("nats")
        await house.stays("third")
        await house.stack.ready("gateway-2")
        for person, wanted in (
            (leaver, (403, 200, 200)),
            (changes_mind, (200, 200, 200)),
            (goner, (401, 401, 401)),
            (stayer, (200, 200, 200)),
        ):
            await eventually(lambda p=person, w=wanted: _answers(house, token[p], w))


async def _answers(house: House, token: str, wanted: tuple[int, ...]) -> bool:
    requests = (("PATCH", "/me"), ("GET", "/me"), ("GET", "/.well-known/jwks.json"))
    answers = await asyncio.gather(
        *(
            ask(house.stack.ports[gateway], method, path, token=token)
            for gateway in GATEWAYS
            for method, path in requests
        )
    )
    return [answer.status for answer in answers] == [*wanted, *wanted]


async def test_who_is_leaving_is_told_what_they_may_still_do(house: House) -> None:
    person = new_id()
    token = house.signer.token(user=person)
    await house.leaves(person, new_id())
    texts = set()
    for language in LANGUAGES:

        async def refused(language: str = language) -> str:
            answer = await ask(
                house.port, "PATCH", "/me", f"X-Language: {language}", token=token, body=b"{}"
            )
            assert (answer.status, answer.code) == (403, "account_deletion_pending")
            return str(answer.json["errors"][1])

        texts.add(await eventually(refused))
    assert len(texts) == len(LANGUAGES)


async def test_what_is_open_to_those_who_leave_is_this_and_nothing_else(house: House) -> None:
    person = new_id()
    token = house.signer.token(user=person, roles=("superadmin",))
    await house.leaves(person, new_id())

    async def heard() -> bool:
        return (await ask(house.port, "PATCH", "/me", token=token)).status == 403

    await eventually(heard)
    routes = [route for route in TABLE if route.role is not None]

    async def status(route: Route) -> int:
        body = None if route.method == "GET" else b"{}"
        answer = await ask(house.port, route.method, example(route), token=token, body=body)
        return answer.status

    found = await asyncio.gather(*map(status, routes))
    names = [f"{route.method} {route.path}" for route in routes]
    assert {name for name, status in zip(names, found, strict=True) if status == 200} == MAY_STILL
    assert set(found) == {200, 403}


PERSON, OTHER = "p" * 24, "q" * 24
KEYS = {
    "leaving.a": PSEUDONYMS.of(PERSON).encode(),
    "stays.a": b"",
    "leaving.b": PSEUDONYMS.of(PERSON).encode(),
    "stays.b": b"",
}


@pytest.mark.parametrize("order", list(itertools.permutations(KEYS)))
def test_the_order_in_which_keys_come_changes_nothing(order: tuple[str, ...]) -> None:
    accounts = Accounts(PSEUDONYMS)
    heard = set()
    for key in order:
        accounts.put(key, KEYS[key])
        heard.add(key)
        leaving = any(f"leaving.{d}" in heard and f"stays.{d}" not in heard for d in "ab")
        assert _standing(accounts, PERSON) == ("leaving" if leaving else "there")
        assert _standing(accounts, OTHER) == "there"
    for key, value in KEYS.items():  # after an outage, the bucket is read again as a whole
        accounts.put(key, value)
    assert _standing(accounts, PERSON) == "there"


def test_who_is_gone_is_so_whatever_else_is_said() -> None:
    accounts = Accounts(PSEUDONYMS)
    for key in (f"gone.{PSEUDONYMS.of(PERSON)}", *KEYS):
        accounts.put(key, KEYS.get(key, b""))
        assert _standing(accounts, PERSON) == "gone"
    assert _standing(accounts, OTHER) == "there"


def test_a_bucket_that_forgets_leaves_nothing_behind() -> None:
    accounts = Accounts(PSEUDONYMS)
    accounts.put("leaving.a", PSEUDONYMS.of(PERSON).encode())
    accounts.remove("leaving.a")
    assert _standing(accounts, PERSON) == "there"
    accounts.put("stays.b", b"")
    accounts.remove("stays.b")
    accounts.put("leaving.b", PSEUDONYMS.of(PERSON).encode())
    assert _standing(accounts, PERSON) == "leaving"
    accounts.put(f"gone.{PSEUDONYMS.of(OTHER)}", b"")
    accounts.remove(f"gone.{PSEUDONYMS.of(OTHER)}")
    assert _standing(accounts, OTHER) == "there"


@pytest.mark.parametrize("key", ["", "leaving", "leaving.", "gone.", "stays.x.y", "else.x"])
def test_a_key_that_says_nothing_harms_nobody(key: str) -> None:
    accounts = Accounts(PSEUDONYMS)
    accounts.put(key, b"\xff")
    assert _standing(accounts, PERSON) == "there"
    accounts.remove(key)


def _standing(accounts: Accounts, user_id: str) -> str:
    try:
        accounts.require_there(user_id)
        accounts.require_staying(user_id)
    except AuthenticationRequired:
        return "gone"
    except AccountDeletionPending:
        return "leaving"
    return "there"
