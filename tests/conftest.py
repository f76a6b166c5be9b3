"""What the tests stand on: a real mongod and nats-server on free ports, started once a session."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from deploy.stack import Stack

# A property holds or not; how long an example takes is the machine's affair.
hypothesis.settings.register_profile(
    "aula", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("aula")


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="aula-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
async def servers(data_dir: Path) -> AsyncIterator[Stack]:
    """mongod and nats-server alone; `servers.mongo_url`, `servers.nats_url`."""
    async with Stack({}, data_dir=data_dir / "servers", only=("mongod", "nats")) as stack:
        yield stack
