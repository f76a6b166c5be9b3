import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec
import pytest

from deploy.stack import Stack
from shared.audit import AuditLog
from shared.contracts.auth import UserRegistered
from shared.contracts.event import Event
from shared.ids import new_id
from shared.messaging import Outbox
from shared.mongo import Database, connect
from shared.pseudonyms import Pseudonyms
from shared.roles import Role
from tests.eventually import eventually
from tests.neighbours import outbox_of, say
from tests.tokens import Signer, publish_keys

E = TypeVar("E", bound=Event)

PRIVACY_KEY = "a-key-of-the-tests-" + "0" * 32


@dataclass
class Users:
    """The users service on its own, and what stands for auth: an outbox and a signing key."""

    http: httpx.AsyncClient
    issuer: Signer
    auth: Outbox
    stack: Stack
    database: Database  # what users stores, for tests that look behind the answers
    audit: AuditLog
    pseudonyms: Pseudonyms
    other: httpx.AsyncClient  # the other replica, where there is one

    async def register(self, user_id: str, role: Role = "user") -> None:
        """Say what auth says when somebody signs in for the first time."""
        await self.say(_registration(user_id, role))

    async def say(self, event: Event) -> None:
        """Say something in auth's place."""
        await say(self.auth, event)

    async def somebody(self, role: Role = "user") -> tuple[str, dict[str, str]]:
        """The id of somebody who has registered, and headers that they send."""
        user_id = new_id()
        await self.register(user_id, role)
        bearer = self.issuer.bearer(user_id, role)

        async def is_known() -> bool:
            data = (await self.http.get("/me", headers=bearer)).json()["data"]
            return data["email"] is not None

        await eventually(is_known, within=30)
        return user_id, bearer

    async def said(self, trace: str, event: type[E]) -> list[E]:
        """What users has said about a person, or an erasure, oldest first."""
        rows = self.database["outbox"].find({"subject": event.subject, "traces": trace})
        payloads = [row["payload"] async for row in rows.sort("created_at", 1)]
        return [msgspec.json.decode(payload, type=event) for payload in payloads]

    async def has_heard(self, user_id: str) -> None:
        """Returns when all that auth has said about somebody is handled."""
        heard_by = ("register", "note-sign-in", "change-email", "change-role")
        rows = self.database.client["test_auth"]["outbox"].find({"traces": user_id}, {"_id": 1})
        events = [row["_id"] async for row in rows]
        inbox = {"_id": {"$in": [f"users-{by}:{event}" for by in heard_by for event in events]}}

        async def handled() -> bool:
            return await self.database["inbox"].count_documents(inbox) == len(events)

        await eventually(handled, within=30)

    async def has_caught_up(self) -> None:
        """Other tests left events in the stream: returns when they are handled."""
        last = os.urandom(12).hex()
        await self.register(last)

        async def handled() -> bool:
            answer = await self.http.get("/me", headers=self.issuer.bearer(last))
            return answer.json()["data"]["email"] is not None

        await eventually(handled, within=60)


def _registration(user_id: str, role: Role) -> UserRegistered:
    return UserRegistered(
        user_id=user_id,
        version=1,
        email=f"{user_id}@aula.test",
        country_code=None,
        phone_number=None,
        role=role,
        language="tr",
        signup_source=None,
        signup_campaign=None,
        registered_at="2026-01-01T00:00:00.000Z",
    )


@asynccontextmanager
async def running(
    folder: Path, mongo_url: str, nats_url: str, environment: dict[str, str], *replicas: str
) -> AsyncIterator[Users]:
    """The users service beside servers that run already."""
    issuer = Signer(f"users-{new_id()}")
    await publish_keys(nats_url, issuer)
    environment = {
        "AULA_MONGO_URL": mongo_url,
        "AULA_NATS_URL": nats_url,
        "AULA_PRIVACY_KEY": PRIVACY_KEY,
        **environment,
    }
    client = connect(mongo_url)
    async with (
        outbox_of("auth", client["test_auth"], nats_url) as auth,
        Stack(environment, data_dir=folder, only=replicas) as stack,
        httpx.AsyncClient(base_url=stack.url(replicas[0]), timeout=30) as http,
        httpx.AsyncClient(base_url=stack.url(replicas[-1]), timeout=30) as other,
    ):
        database = client["aula_users"]
        pseudonyms = Pseudonyms(PRIVACY_KEY)
        audit = AuditLog(database["audit"], pseudonyms, PRIVACY_KEY)
        users = Users(http, issuer, auth, stack, database, audit, pseudonyms, other)
        await users.has_caught_up()
        yield users
    client.close()


@pytest.fixture(scope="package")
async def users_servers(data_dir: Path) -> AsyncIterator[Stack]:
    """Not those of all tests: services that other tests started would answer there."""
    async with Stack({}, data_dir=data_dir / "users-servers", only=("mongod", "nats")) as stack:
        yield stack


@pytest.fixture(scope="package")
async def users(data_dir: Path, users_servers: Stack) -> AsyncIterator[Users]:
    urls = users_servers.mongo_url, users_servers.nats_url
    async with running(data_dir / "users", *urls, {}, "users") as users:
        yield users


@pytest.fixture(scope="package")
async def hasty(data_dir: Path, users_servers: Stack, users: Users) -> AsyncIterator[Users]:
    """Another replica of `users`, with which whoever leaves has left."""
    environment = {"AULA_ACCOUNT_DELETION_DAYS": "0", "AULA_ALLOW_FINALIZE_NOW": "false"}
    urls = users_servers.mongo_url, users_servers.nats_url
    async with running(data_dir / "hasty", *urls, environment, "users") as hasty:
        yield hasty


@pytest.fixture(scope="package")
async def own_servers(data_dir: Path) -> AsyncIterator[Stack]:
    """That a test may kill; nobody else is there."""
    async with Stack({}, data_dir=data_dir / "own-servers", only=("mongod", "nats")) as stack:
        yield stack


@pytest.fixture(scope="package")
async def pair(data_dir: Path, own_servers: Stack) -> AsyncIterator[Users]:
    """Two replicas of users on servers of their own."""
    urls = own_servers.mongo_url, own_servers.nats_url
    async with running(data_dir / "pair", *urls, {}, "users", "users-2") as pair:
        yield pair
