from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.stack import Stack
from tests.messaging.replica import Bench


@pytest.fixture
async def bench(servers: Stack, tmp_path: Path) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path / "stack", servers.mongo_url)
    async with bench.stack, bench.exits:
        yield bench


@pytest.fixture
async def own_bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """With a mongod that the test may kill."""
    bench = Bench(tmp_path / "stack")
    async with bench.stack, bench.exits:
        yield bench
