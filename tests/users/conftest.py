import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.stack import Stack
from shared.audit import AuditLog
from shared.contracts.auth import UserRegistered
from shared.contracts.event import Event
from shared.ids import new_id
from shared.messaging import Broker, Outbox, Relay, Transaction
from shared.mongo import Database, connect
from shared.pseudonyms import Pseudonyms
from shared.roles import Role
from tests.eventually import eventually
from tests.tokens import Signer, publish_keys

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

    async def register(self, user_id: str, role: Role = "user") -> None:
        """Say what auth says when somebody signs in for the first time."""
        await self.say(_registration(user_id, role))

    async def say(self, event: Event) -> None:
        """Say something in auth's place."""

        async def work(transaction: Transaction) -> None:
            transaction.record(event)

        await self.auth.commit(work)

    async def somebody(self, role: Role = "user") -> tuple[str, dict[str, str]]:
        """The id of somebody who has registered, and headers that they send."""
        user_id = new_id()
        await self.register(user_id, role)
        bearer = self.issuer.bearer(user_id, role)

        async def is_known() -> bool:
            data = (await self.http.get("/me", headers=bearer)).json()["data"]
            return data["email"] is not None

        await eventually(is_known)
        return user_id, bearer

    async def has_caught_up(self) -> None:
        """Other tests left events in the stream: returns when they are handled."""
        last = os.urandom(12).hex()
        await self.register(last)

        async def handled() -> bool:
            answer = await self.http.get("/me", headers=self.issuer.bearer(last))
            return answer.json()["data"]["email"] is not None

        await eventually(handled, within=30)


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


@pytest.fixture(scope="session")
async def users(data_dir: Path, servers: Stack) -> AsyncIterator[Users]:
    issuer = Signer(f"users-{os.getpid()}")
    await publish_keys(servers.nats_url, issuer)
    environment = {
        "AULA_MONGO_URL": servers.mongo_url,
        "AULA_NATS_URL": servers.nats_url,
        "AULA_PRIVACY_KEY": PRIVACY_KEY,
    }
    client = connect(servers.mongo_url)
    broker = Broker(servers.nats_url, "test-auth")
    await broker.start()
    await broker.ready.wait()
    relay = Relay(client["test_auth"], broker)
    async with (
        Stack(environment, data_dir=data_dir / "users", only=("users",)) as stack,
        httpx.AsyncClient(base_url=stack.url("users")) as http,
    ):
        database = client["aula_users"]
        audit = AuditLog(database["audit"], Pseudonyms(PRIVACY_KEY), PRIVACY_KEY)
        auth = Outbox(client["test_auth"], "auth", relay)
        users = Users(http, issuer, auth, stack, database, audit)
        await users.has_caught_up()
        yield users
    await relay.drain(2)
    await broker.close()
    client.close()
