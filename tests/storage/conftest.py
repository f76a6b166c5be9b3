"""The learning service as a process, its files in a folder or on a real S3 server."""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.ports import LOOPBACK
from deploy.stack import Stack
from shared.contracts.event import Event
from shared.ids import new_id
from shared.messaging import Outbox
from shared.mongo import Database, connect
from shared.roles import Role
from tests.eventually import eventually
from tests.neighbours import outbox_of, say
from tests.tokens import Signer, publish_keys

S3_KEY, S3_SECRET = "ACCESSKEYOFTHETESTS", "a/secret+of the tests"


@dataclass
class Storage:
    """`kind`: `folder` or `s3`. `folder`: where its files end up, whatever is in between. `data`:
    the service's own."""

    kind: str
    http: httpx.AsyncClient
    signer: Signer
    stack: Stack
    database: Database
    folder: Path
    data: Path
    others: Outbox

    @property
    def port(self) -> int:
        return self.stack.ports["learning"]

    @property
    def pid(self) -> int:
        return self.stack.pids["learning"]

    def bearer(self, role: Role = "admin", user: str | None = None) -> dict[str, str]:
        return self.signer.bearer(user, role)

    async def upload(
        self, content: bytes, name: str = "name.bin", folder: str | None = None, **more: Any
    ) -> httpx.Response:
        return await self.http.post(
            "/storage/upload",
            files={"file": (name, content)},
            data={"folder": folder} if folder else None,
            headers=self.bearer(),
            **more,
        )

    async def uploaded(self, content: bytes, name: str = "name.bin", folder: str = "public") -> Any:
        """What is said of it."""
        answer = await self.upload(content, name, folder)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    async def fetched(self, url: str, **headers: str) -> httpx.Response:
        """As a client does it, who follows to where the file lies."""
        return await self.http.get(url, headers=headers, follow_redirects=True)

    def objects(self) -> list[str]:
        """The paths of all that lies in the store."""
        found = os.walk(self.folder)  # what goes meanwhile is no trouble to it
        files = [Path(place) / name for place, _, names in found for name in names]
        return sorted(str(path.relative_to(self.folder)) for path in files)

    async def at_rest(self) -> list[str]:
        """As `objects`, once none is on its way out any more that other tests have left."""

        async def rests() -> bool:
            return not await self.loose()

        await eventually(rests, within=30)
        return self.objects()

    def spooled(self) -> list[Path]:
        return list((self.data / "spool").glob("*"))

    async def loose(self) -> list[str]:
        return [row["_id"] async for row in self.database["loose_objects"].find()]

    async def say(self, event: Event) -> None:
        """Say something in another service's place."""
        await say(self.others, event)


@asynccontextmanager
async def s3_server(folder: Path) -> AsyncIterator[str]:
    """A real one on `folder`; yields its address as AULA_STORAGE_URL wants it."""
    (folder / "bucket").mkdir(parents=True)
    log = folder.parent / "s3.log"
    with log.open("wb") as errors:
        server = await asyncio.create_subprocess_exec(
            str(Path(os.sys.executable).parent / "rclone"),  # type: ignore[attr-defined]
            *("serve", "s3", "--addr", f"{LOOPBACK}:0", "--auth-key", f"{S3_KEY},{S3_SECRET}"),
            *("--config", os.devnull, "--cache-dir", str(folder / "cache"), str(folder)),
            stderr=errors,
        )

    def listens() -> str | None:
        """Where it says that it does."""
        found = re.search(r"\[http://[^]]*:(\d+)/\]", log.read_text())
        return found and found[1]

    try:
        port = await eventually(listens, within=60)
        secret = httpx.URL("http://x", username=S3_KEY, password=S3_SECRET).userinfo.decode()
        yield f"s3://{secret}@bucket/files?endpoint=http://{LOOPBACK}:{port}"
    finally:
        server.terminate()
        await server.wait()


@asynccontextmanager
async def running(
    servers: Stack, nats_url: str, data: Path, url: str, folder: Path, components: Sequence[str]
) -> AsyncIterator[Storage]:
    """A learning service with a database of its own."""
    kind = "s3" if url else "folder"
    signer = Signer(f"storage-{new_id()}")
    await publish_keys(nats_url, signer)
    prefix = f"storage_{secrets.token_hex(4)}"
    environment = {
        "AULA_MONGO_URL": servers.mongo_url,
        "AULA_NATS_URL": nats_url,
        "AULA_DATABASE_PREFIX": prefix,
        "AULA_STORAGE_URL": url,
    }
    client = connect(servers.mongo_url)
    try:
        async with (
            outbox_of("others", client[f"{prefix}_others"], nats_url) as others,
            Stack(environment, data_dir=data, only=components) as stack,
            httpx.AsyncClient(base_url=stack.url("learning"), timeout=60) as http,
        ):
            database = client[f"{prefix}_learning"]
            yield Storage(kind, http, signer, stack, database, folder, data, others)
    finally:
        client.close()


@asynccontextmanager
async def stored_in(
    kind: str, servers: Stack, folder: Path, components: Sequence[str] = ("learning",)
) -> AsyncIterator[Storage]:
    async with AsyncExitStack() as everything:
        enter = everything.enter_async_context
        data = folder / "data"
        if kind == "s3":
            url, place = await enter(s3_server(folder / "s3")), folder / "s3" / "bucket"
        else:
            url, place = "", data / "files"
        # Of its own: other learning services would take its events.
        nats = await enter(Stack({}, data_dir=folder / "nats", only=("nats",)))
        yield await enter(running(servers, nats.nats_url, data, url, place, components))


@pytest.fixture(scope="package", params=["folder", "s3"])
async def storage(
    request: pytest.FixtureRequest, servers: Stack, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Storage]:
    """Every test that asks for this is one of both."""
    async with stored_in(request.param, servers, tmp_path_factory.mktemp("storage")) as storage:
        yield storage


@pytest.fixture(scope="package")
async def local(servers: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Storage]:
    async with stored_in("folder", servers, tmp_path_factory.mktemp("local")) as storage:
        yield storage
