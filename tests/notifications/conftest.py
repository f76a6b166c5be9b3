"""One mongod and one nats-server for the tests of notifications, which kill them now and then.
(Not the session's: there, codes that other tests ask for would come in too.)"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.stack import Stack
from shared.ids import new_id
from tests.notifications.running import Auth
from tests.notifications.smtp_peer import SmtpPeer, smtp_peer


@pytest.fixture(scope="package")
async def backbone(data_dir: Path) -> AsyncIterator[Stack]:
    folder = data_dir / "notifications"
    async with Stack({}, data_dir=folder, only=("mongod", "nats")) as stack:
        yield stack


@pytest.fixture
def prefix() -> str:
    """A database name of its own for each test."""
    return f"test_{new_id()}"


@pytest.fixture
async def auth(backbone: Stack, prefix: str) -> AsyncIterator[Auth]:
    async with Auth(backbone, prefix).running() as auth:
        yield auth


@pytest.fixture
async def peer() -> AsyncIterator[SmtpPeer]:
    async with smtp_peer() as peer:
        yield peer
