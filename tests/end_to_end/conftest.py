from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.stack import EVERYTHING, Stack
from shared.mongo import Client, Database, connect
from tests.end_to_end.client import Json, sign_in
from tests.notifications.smtp_peer import SmtpPeer, smtp_peer

GRACE = 5.0  # seconds: two that have to wait their turn, one after the other, are no outage


@dataclass
class Aula:
    """The whole of it, as `make run` starts it, with a second gateway and a real mail server."""

    stack: Stack
    http: httpx.AsyncClient
    other_gateway: httpx.AsyncClient
    mailbox: SmtpPeer
    mongo: Client

    def database(self, service: str) -> Database:
        """What a service has stored, for tests that look behind the answers."""
        return self.mongo[f"aula_{service}"]


@pytest.fixture(scope="package")
async def aula(data_dir: Path) -> AsyncIterator[Aula]:
    async with smtp_peer() as mailbox:
        stack = Stack(
            {"AULA_SMTP_URL": mailbox.url, "AULA_REVOCATION_GRACE": str(GRACE)},
            data_dir=data_dir / "aula",
            only=(*EVERYTHING, "gateway-2"),
        )
        async with (
            stack,
            httpx.AsyncClient(base_url=stack.url("gateway"), timeout=30) as http,
            httpx.AsyncClient(base_url=stack.url("gateway-2"), timeout=30) as other,
        ):
            mongo = connect(stack.mongo_url)
            yield Aula(stack, http, other, mailbox, mongo)
            mongo.close()


@pytest.fixture(scope="package")
async def superadmin(aula: Aula) -> Json:
    """The one there is from the start."""
    return await sign_in(aula.http, aula.mailbox, "admin@aula.test")
