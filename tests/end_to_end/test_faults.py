"""Anything may be killed, in any order, under load: every 2xx is there, every event had its effect
once, nobody had to help."""

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from deploy.stack import EVERYTHING, Stack
from shared.mongo import Client, Document, connect
from tests.end_to_end.client import code_mailed_to
from tests.eventually import eventually
from tests.notifications.smtp_peer import SmtpPeer, smtp_peer
from tests.patience import PATIENT

VICTIMS = ("nats", "auth", "users", "notifications", "gateway", "mongod")
PEOPLE_AT_ONCE = 4


@dataclass
class Load:
    """People who sign in one after the other, each with a new address; and what they were told."""

    http: httpx.AsyncClient
    promised: list[str] = field(default_factory=list)  # a code is on its way (2xx)
    signed_in: dict[str, str] = field(default_factory=dict)  # user id by email (2xx)
    refused: int = 0
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    async def run(self, until: asyncio.Event) -> None:
        await asyncio.gather(*(self._person(until) for _ in range(PEOPLE_AT_ONCE)))

    async def _person(self, until: asyncio.Event) -> None:
        while not until.is_set():
            email = f"load{next(self._numbers)}@aula.test"
            try:
                await self._sign_in(email)
            except httpx.TransportError:
                self.refused += 1
                await asyncio.sleep(0.05)

    async def _sign_in(self, email: str) -> None:
        sent = await self.http.post("/auth/send-otp-email", json={"email": email})
        if sent.status_code != 201:
            self.refused += 1
            await asyncio.sleep(0.05)
            return
        self.promised.append(email)
        body = {"email": email, "code": sent.json()["data"]["code"]}
        result = await self.http.post("/auth/verify-otp-email", json=body)
        if result.status_code == 200:
            self.signed_in[email] = result.json()["data"]["user"]["id"]


@pytest.fixture(scope="module")
async def mailbox() -> AsyncIterator[SmtpPeer]:
    async with smtp_peer() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
async def stack(data_dir: Path, mailbox: SmtpPeer) -> AsyncIterator[Stack]:
    environment = PATIENT | {"AULA_SMTP_URL": mailbox.url, "AULA_LOG_LEVEL": "warning"}
    async with Stack(environment, data_dir=data_dir / "faults", only=EVERYTHING) as stack:
        yield stack


async def test_whatever_is_killed_under_load_nothing_promised_is_lost(
    stack: Stack, mailbox: SmtpPeer
) -> None:
    over = asyncio.Event()
    mongo = connect(stack.mongo_url)
    async with httpx.AsyncClient(base_url=stack.url("gateway"), timeout=20) as http:
        load = Load(http)
        running = asyncio.create_task(load.run(over))
        order = random.sample(VICTIMS, len(VICTIMS))
        for name in order:
            count = len(load.signed_in)
            await eventually(lambda count=count: len(load.signed_in) >= count + 5, 90)
            await stack.kill(name)
            await stack.ready(name)
        count = len(load.signed_in)
        await eventually(lambda: len(load.signed_in) >= count + 5, 90)
        over.set()
        await running
    await eventually(lambda: _nothing_waits(mongo), 120)
    await _everybody_is_known_once(mongo, load)

    async def nothing_is_missing() -> bool:
        """A message that a killed process had in hand comes again after ten seconds."""
        missing = {
            email
            for email in load.promised
            if not mailbox.to(email) and not await _accounted_for(mongo, email)
        }
        assert not missing, f"codes promised and gone, after killing {order}"
        return True

    await eventually(nothing_is_missing, 90, every=0.5)
    mongo.close()


async def _nothing_waits(mongo: Client) -> bool:
    for service in ("auth", "users", "notifications"):
        if await mongo[f"aula_{service}"]["outbox"].count_documents({"state": "pending"}):
            return False
    states = ["queued", "sending", "retrying"]
    waiting = mongo["aula_notifications"]["deliveries"]
    return not await waiting.count_documents({"state": {"$in": states}})


async def _everybody_is_known_once(mongo: Client, load: Load) -> None:
    """Who was told that they are signed in has an identity, a session, and a profile that the
    registration filled."""
    ids = list(load.signed_in.values())
    assert len(set(ids)) == len(ids)
    identities = {doc["_id"]: doc async for doc in mongo["aula_auth"]["identities"].find()}
    assert not set(ids) - set(identities)
    sessions = await mongo["aula_auth"]["sessions"].distinct("user_id")
    assert not set(ids) - set(sessions)

    async def filled() -> bool:
        people: dict[str, Document] = {
            doc["_id"]: doc async for doc in mongo["aula_users"]["people"].find()
        }
        # Not only those who got their answer: every identity was registered exactly once.
        missing = set(identities) - set(people)
        assert not missing, [await _way_of_registration(mongo, each) for each in missing]
        assert set(people) == set(identities)
        return all(
            person["account"]["email"] == identities[user_id]["email"]
            and person["account"]["lastLogin"]
            for user_id, person in people.items()
        )

    await eventually(filled, 120)


async def _way_of_registration(mongo: Client, user_id: str) -> tuple[str, str, bool]:
    """How far it came: its row's state, where NATS has it, whether users handled it."""
    event = {"traces": user_id, "subject": "user.registered"}
    row = await mongo["aula_auth"]["outbox"].find_one(event) or {}
    handled = {"_id": f"users-register:{row.get('_id')}"}
    done = await mongo["aula_users"]["inbox"].find_one(handled)
    return str(row.get("state")), str(row.get("copies")), done is not None


async def _accounted_for(mongo: Client, email: str) -> bool:
    """A delivery that says what became of it: killed while handing over, it may be unknown."""
    row = await mongo["aula_notifications"]["deliveries"].find_one({"recipient": email})
    return bool(row and row["state"] in ("sent", "unknown", "expired"))


async def test_codes_are_answered_at_once_while_nats_is_away_and_mailed_when_it_is_back(
    stack: Stack, mailbox: SmtpPeer
) -> None:
    async with httpx.AsyncClient(base_url=stack.url("gateway"), timeout=20) as http:
        await stack.stop_one("nats")
        emails = [f"patient{number}@aula.test" for number in range(5)]
        took = []
        for email in emails:
            started = time.monotonic()
            answer = await http.post("/auth/otp/request", json={"email": email})
            assert answer.status_code == 200
            took.append(time.monotonic() - started)
        assert min(took) < 1  # others may have had to wait their turn; who waits for NATS waits 3 s
        assert not any(mailbox.to(email) for email in emails)
        await stack.start_one("nats")
        for email in emails:
            code = await code_mailed_to(email, mailbox)
            body = {"email": email, "code": code}

            async def verified(body: dict[str, str] = body) -> bool:
                return (await http.post("/auth/otp/verify", json=body)).status_code == 200

            await eventually(verified, within=30)
