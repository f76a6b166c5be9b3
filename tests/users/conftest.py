import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.stack import Stack
from shared.messaging import Broker, Outbox, Relay
from shared.mongo import connect
from tests.tokens import Signer, publish_keys


@dataclass
class Users:
    """The users service on its own, and what stands for auth: an outbox and a signing key."""

    http: httpx.AsyncClient
    issuer: Signer
    auth: Outbox
    stack: Stack


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
        yield Users(http, issuer, Outbox(client["test_auth"], "auth", relay), stack)
    await relay.drain(2)
    await broker.close()
    client.close()
