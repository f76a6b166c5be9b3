"""A gateway process of its own, its services played by raw servers, on a real nats-server."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import nats
import pytest
from nats.js import JetStreamContext
from nats.js.kv import KeyValue

from deploy.ports import LOOPBACK, free_ports
from deploy.probes import http_ready
from deploy.stack import Stack
from shared.messaging import ACCOUNTS, REVOCATIONS
from shared.pseudonyms import Pseudonyms
from tests.eventually import eventually
from tests.gateway.upstream import Upstream
from tests.tokens import Signer, publish_keys

ORIGIN = "https://app.example"
GRACE = "5"  # seconds; a machine busy with other tests may keep NATS from a word for two
PRIVACY_KEY = secrets.token_urlsafe(48)


class House:
    """What a test has: the signer, the services, and the gateways to be asked."""

    def __init__(
        self, stack: Stack, nats_server: Stack, signer: Signer, services: dict[str, Upstream]
    ) -> None:
        self.stack = stack
        self.nats = nats_server
        self.signer = signer
        self.services = services
        self.auth, self.users = services["auth"], services["users"]
        self.learning, self.notifications = services["learning"], services["notifications"]
        self.pseudonyms = Pseudonyms(PRIVACY_KEY)

    @property
    def port(self) -> int:
        return self.stack.ports["gateway"]

    @property
    def variables(self) -> dict[str, str]:
        """For another gateway in front of the same services."""
        return {
            "AULA_NATS_URL": self.nats.nats_url,
            "AULA_AUTH_URL": self.auth.url,
            "AULA_USERS_URL": self.users.url,
            "AULA_LEARNING_URL": self.learning.url,
            "AULA_NOTIFICATIONS_URL": self.notifications.url,
            "AULA_CORS_ORIGINS": ORIGIN,
            "AULA_PRIVACY_KEY": PRIVACY_KEY,
            "AULA_REVOCATION_GRACE": GRACE,
        }

    async def bucket(self, name: str) -> tuple[nats.NATS, KeyValue]:
        client = await nats.connect(self.stack.nats_url)
        context: JetStreamContext = client.jetstream()
        return client, await context.key_value(name)

    async def revoke(self, key: str, value: bytes) -> None:
        await self._put(REVOCATIONS.name, key, value)

    async def leaves(self, user_id: str, deletion: str) -> None:
        """What users says when somebody asks to be deleted."""
        pseudonym = self.pseudonyms.of(user_id)
        await self._put(ACCOUNTS.name, f"leaving.{deletion}", pseudonym.encode())

    async def stays(self, deletion: str) -> None:
        """What it says when they change their mind."""
        await self._put(ACCOUNTS.name, f"stays.{deletion}", b"")

    async def goes(self, user_id: str) -> None:
        """What it says when they are gone."""
        await self._put(ACCOUNTS.name, f"gone.{self.pseudonyms.of(user_id)}", b"")

    async def _put(self, bucket_name: str, key: str, value: bytes) -> None:
        client, bucket = await self.bucket(bucket_name)
        await bucket.put(key, value)
        await client.close()


@asynccontextmanager
async def program(module: str, **variables: str) -> AsyncIterator[tuple[int, int]]:
    """A gateway as a process of its own, without a stack around it: its port and process id."""
    (port,) = free_ports(1)
    environment = {**os.environ, "AULA_LISTEN_PORT": str(port), **variables}
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", module, env=environment)
    try:
        await eventually(lambda: _ready(port), within=60)
        yield port, child.pid
    finally:
        child.terminate()
        await child.wait()


async def _ready(port: int) -> bool:
    return await http_ready(LOOPBACK, port, "/readyz") is None


@pytest.fixture(scope="package")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One gateway for most tests; the ones that break things make their own."""
    async with running_house(tmp_path_factory.mktemp("gateway")) as house:
        yield house


@pytest.fixture(scope="package")
async def quick(house: House) -> AsyncIterator[int]:
    """The port of a gateway whose routes have short times; its services are those of `house`."""
    async with program("tests.gateway.quick", **house.variables) as (port, _):
        yield port


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest) -> None:
    """Forget what earlier tests told the services to do."""
    if "house" in request.fixturenames:
        house: House = request.getfixturevalue("house")
        for service in house.services.values():
            service.reset()


@asynccontextmanager
async def running_house(
    folder: Path, gateways: tuple[str, ...] = ("gateway",), **variables: str
) -> AsyncIterator[House]:
    """nats-server, four services and one gateway (or more: `gateways`) with these variables."""
    async with AsyncExitStack() as everything:
        enter = everything.enter_async_context
        names = ("auth", "users", "learning", "notifications")
        services = {name: await enter(Upstream()) for name in names}
        nats_server = await enter(Stack({}, data_dir=folder / "nats", only=("nats",)))
        signer = Signer()
        await publish_keys(nats_server.nats_url, signer)
        environment = {
            "AULA_NATS_URL": nats_server.nats_url,
            **{f"AULA_{name.upper()}_URL": service.url for name, service in services.items()},
            "AULA_CORS_ORIGINS": ORIGIN,
            "AULA_PRIVACY_KEY": PRIVACY_KEY,
            "AULA_REVOCATION_GRACE": GRACE,
            **variables,
        }
        stack = await enter(Stack(environment, data_dir=folder / "gateway", only=gateways))
        yield House(stack, nats_server, signer, services)


__all__ = ["ORIGIN", "House", "program", "publish_keys", "running_house"]
