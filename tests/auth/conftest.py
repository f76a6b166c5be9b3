"""One auth for all these tests; each uses identifiers of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.stack import Stack
from tests.auth.service import Auth, settings_for


@pytest.fixture(scope="package")
async def one_auth(servers: Stack, data_dir: Path) -> AsyncIterator[Auth]:
    settings = settings_for(servers, data_dir / "auth", "authtest")
    async with Auth.running(settings) as auth:
        yield auth


@pytest.fixture
async def auth(one_auth: Auth) -> AsyncIterator[Auth]:
    """With the clock at the real time before and after each test."""
    yield one_auth
    one_auth.clock.reset()
