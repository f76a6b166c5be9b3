import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.stack import Stack
from shared.contracts.auth import UserRegistered
from shared.messaging import Broker, Outbox, Relay, Transaction
from shared.mongo import connect
from tests.eventually import eventually
from tests.tokens import Signer, publish_keys


@dataclass
class Users:
    """The users service on its own, and what stands for auth: an outbox and a signing key."""

    http: httpx.AsyncClient
    issuer: Signer
    auth: Outbox
    stack: Stack

    async def register(self, user_id: str) -> None:
        """Say what auth says when somebody signs in for the first time."""
        event = UserRegistered(
            user_id=user_id,
            version=1,
            email=f"{user_id}@aula.test",
            country_code=None,
            phone_number=None,
            role="user",
            language="tr",
            signup_source=None,
            signup_campaign=None,
            registered_at="2026-01-01T00:00:00.000Z",
        )

        async def work(transaction: Transaction) -> None:
            transaction.record(event)

        await self.auth.commit(work)

    async def has_caught_up(self) -> None:
        """Other tests left events in the stream: returns when they are handled."""
        last = os.urandom(12).hex()
        await self.register(last)

        async def handled() -> bool:
            answer = await self.http.get("/me", headers=self.issuer.bearer(last))
            return answer.json()["data"]["email"] is not None

        await eventually(handled, within=30)


@pytest.fixture(scope="session")
async def users(data_dir: Path, servers: Stack) -> AsyncIterator[Users]:
    issuer = Signer(f"users-{os.getpid()}")
    await publish_keys(servers.nats_url, issuer)
    environment = {"AULA_MONGO_URL": servers.mongo_url, "AULA_NATS_URL": servers.nats_url}
    client = connect(servers.mongo_url)
    broker = Broker(servers.nats_url, "test-auth")
    await broker.start()
    await broker.ready.wait()
    relay = Relay(client["test_auth"], broker)
    async with (
        Stack(environment, data_dir=data_dir / "users", only=("users",)) as stack,
        httpx.AsyncClient(base_url=stack.url("users")) as http,
    ):
        users = Users(http, issuer, Outbox(client["test_auth"], "auth", relay), stack)
        await users.has_caught_up()
        yield users
    await relay.drain(2)
    await broker.close()
    client.close()
