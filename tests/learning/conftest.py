from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec
import pytest

from deploy.stack import Stack
from shared.audit import AuditLog
from shared.contracts.event import Event
from shared.ids import new_id
from shared.messaging import Outbox
from shared.mongo import Database, connect
from shared.pseudonyms import Pseudonyms
from shared.roles import Role
from tests.eventually import eventually
from tests.neighbours import outbox_of, say
from tests.persistence import Persistent
from tests.tokens import Signer, publish_keys

E = TypeVar("E", bound=Event)

PRIVACY_KEY = "a-key-of-the-tests-" + "0" * 32


@dataclass
class Learning:
    """The learning service on its own, and what stands for the others: an outbox and a signing
    key."""

    http: httpx.AsyncClient
    issuer: Signer
    others: Outbox
    stack: Stack
    database: Database  # what learning stores, for tests that look behind the answers
    audit: AuditLog

    def bearer(self, role: Role = "admin", user_id: str | None = None) -> dict[str, str]:
        """Headers that somebody sends."""
        return self.issuer.bearer(user_id, role)

    async def data(self, answer: httpx.Response, status: int = 200) -> Any:
        """Of an answer with this status."""
        assert answer.status_code == status, answer.text
        assert answer.json()["statusCode"] == status
        return answer.json()["data"]

    async def say(self, event: Event) -> None:
        """Say something in another service's place."""
        await say(self.others, event)

    async def said(self, about: str, event: type[E]) -> list[E]:
        """What learning has said about something, oldest first."""
        rows = self.database["outbox"].find({"subject": event.subject})
        rows = rows.sort("created_at", 1)
        payloads = [row["payload"] async for row in rows if row["headers"]["ce-subject"] == about]
        return [msgspec.json.decode(payload, type=event) for payload in payloads]


@asynccontextmanager
async def running(
    folder: Path, mongo_url: str, nats_url: str, environment: dict[str, str]
) -> AsyncIterator[Learning]:
    """The learning service beside servers that run already."""
    issuer = Signer(f"learning-{new_id()}")
    await publish_keys(nats_url, issuer)
    environment = {
        "AULA_MONGO_URL": mongo_url,
        "AULA_NATS_URL": nats_url,
        "AULA_PRIVACY_KEY": PRIVACY_KEY,
        **environment,
    }
    client = connect(mongo_url)
    async with (
        outbox_of("others", client["test_others"], nats_url) as others,
        Stack(environment, data_dir=folder, only=("learning",)) as stack,
        httpx.AsyncClient(
            base_url=stack.url("learning"),
            timeout=60,
            transport=Persistent(httpx.AsyncHTTPTransport()),
        ) as http,
    ):
        database = client["aula_learning"]
        audit = AuditLog(database["audit"], Pseudonyms(PRIVACY_KEY), PRIVACY_KEY)
        learning = Learning(http, issuer, others, stack, database, audit)
        token = learning.bearer("user")

        async def knows_the_key() -> bool:
            answer = await http.get("/courses", headers=token)
            return answer.status_code == 200

        await eventually(knows_the_key, within=30)
        yield learning
    client.close()


@pytest.fixture(scope="package")
async def learning(data_dir: Path, servers: Stack) -> AsyncIterator[Learning]:
    folder = data_dir / "learning"
    async with running(folder, servers.mongo_url, servers.nats_url, {}) as learning:
        yield learning
