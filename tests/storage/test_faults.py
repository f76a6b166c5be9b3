"""Uploads that do not end well, and the limits of what is held in memory."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.stack import Stack
from services.learning.storage.spool import Spool
from shared.clock import utc_now
from shared.errors import RequestTimeout
from shared.http.uploads import MultipartBody
from tests.eventually import eventually
from tests.gateway.client import Client
from tests.gateway.memory import peak_growth
from tests.storage import samples
from tests.storage.conftest import Storage, stored_in

MIB = 1024 * 1024
BOUNDARY = "edge-of-a-part"
HEADER = 'Content-Disposition: form-data; name="file"; filename="a.mp4"'
FRAME = f"--{BOUNDARY}\r\n{HEADER}\r\n\r\n".encode()
END = f"\r\n--{BOUNDARY}--\r\n".encode()


def head(storage: Storage, length: int, path: str = "/storage/upload") -> bytes:
    token = storage.bearer()["Authorization"]
    return (
        f"POST {path} HTTP/1.1\r\nHost: aula.test\r\nAuthorization: {token}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def open_files(pid: int) -> list[str]:
    """What a process holds of files without a name."""
    found = []
    for each in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(each.readlink())
        except FileNotFoundError:
            continue
        if "(deleted)" in target and "spool" in target:
            found.append(target)
    return found


async def begun(storage: Storage, client: Client, sent: int = 3 * MIB) -> None:
    """An upload of 50 MiB is under way, and has reached the disk."""
    size = 50 * MIB
    client.send(head(storage, len(FRAME) + size + len(END)) + FRAME)
    client.send(samples.video_head(size - 44) + b"\0" * sent)
    await client.writer.drain()
    await eventually(lambda: open_files(storage.pid), within=30)


async def nothing_left(storage: Storage, before: list[str]) -> None:
    assert storage.spooled() == []
    assert storage.objects() == before
    assert await storage.loose() == []


async def test_an_upload_that_its_client_leaves_is_gone_at_once(local: Storage) -> None:
    before = await local.at_rest()
    async with await Client.to(local.port) as client:
        await begun(local, client)
    await eventually(lambda: not open_files(local.pid), within=30)

    def log() -> str:
        return (local.data / "logs" / "learning.log").read_text()

    await eventually(lambda: '"status":499' in log().replace(" ", "") or "status=499" in log())
    await nothing_left(local, before)
    assert "unhandled" not in log()


async def test_a_kill_in_the_middle_of_an_upload_leaves_nothing(
    servers: Stack, tmp_path: Path
) -> None:
    async with stored_in("folder", servers, tmp_path) as storage:
        async with await Client.to(storage.port) as client:
            await begun(storage, client)
            await storage.stack.kill("learning")
        await storage.stack.ready("learning")
        await nothing_left(storage, [])
        # Between the store and the database: the object is there, half or whole, and nobody's.
        key = "public/65cdd01890f43f1e2a000001.mp4"
        (storage.folder / "public").mkdir()
        for name in (key, f"{key}#1"):
            (storage.folder / name).write_bytes(b"half")
        due = utc_now() - timedelta(seconds=1)
        await storage.database["loose_objects"].insert_one({"_id": key, "due_at": due})
        await eventually(lambda: not storage.objects(), within=30)

        async def forgotten() -> bool:
            return not await storage.loose()

        await eventually(forgotten, within=30)


async def test_an_upload_that_stands_still_is_given_up(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def stream() -> AsyncIterator[bytes]:
        yield FRAME + samples.png()[:20]
        try:
            await asyncio.Event().wait()
        finally:
            gone.set()

    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    body = MultipartBody(stream(), content_type, limit=MIB, patience=0.1)
    with pytest.raises(RequestTimeout):
        async for part in body.parts():
            await Spool(tmp_path).take(part.chunks(), len)
    assert gone.is_set()
    assert list(tmp_path.iterdir()) == []


# To a bucket a few parts of it are on their way at a time.
@pytest.mark.parametrize(("kind", "most"), [("folder", 16 * MIB), ("s3", 80 * MIB)])
async def test_large_files_go_in_and_out_with_flat_memory(
    kind: str, most: int, servers: Stack, tmp_path: Path
) -> None:
    size, piece = 100 * MIB, b"\0" * MIB
    components = ("learning", "gateway")
    async with stored_in(kind, servers, tmp_path, components) as storage:
        port, pids = storage.stack.ports["gateway"], storage.stack.pids
        await storage.uploaded(samples.mp4(MIB))  # warm
        async with (
            await Client.to(port) as client,
            peak_growth(pids["learning"]) as growth,
            peak_growth(pids["gateway"]) as growth_of_gateway,
        ):
            first = samples.video_head(size)
            client.send(head(storage, len(FRAME) + len(first) + size + len(END)) + FRAME + first)
            digest = hashlib.sha256(first)
            for _ in range(size // MIB):
                client.send(piece)
                digest.update(piece)
                await client.writer.drain()
            client.send(END)
            answer = await client.answer(within=120)
            assert answer.status == 201, answer.body
            assert answer.json["data"]["sha256"] == digest.hexdigest()
            assert growth() < most, growth()
            assert growth_of_gateway() < 12 * MIB, growth_of_gateway()
        url = storage.stack.url("gateway") + answer.json["data"]["url"]
        part = {"Range": f"bytes={len(first)}-"}
        got = 0
        async with (
            peak_growth(pids["learning"]) as growth,
            peak_growth(pids["gateway"]) as growth_of_gateway,
            storage.http.stream("GET", url, headers=part, follow_redirects=True) as stream,
        ):
            async for chunk in stream.aiter_bytes(MIB):
                got += len(chunk)
            assert growth() < 24 * MIB, growth()
            assert growth_of_gateway() < 12 * MIB, growth_of_gateway()
        assert got == size


async def test_parts_may_be_had_while_others_are_read(local: Storage) -> None:
    data = await local.uploaded(samples.mp4(2 * MIB))
    answers = await asyncio.gather(
        *(local.fetched(data["url"], Range=f"bytes={n}-{n + 99}") for n in range(0, 4000, 100))
    )
    assert {answer.status_code for answer in answers} == {206}
    assert b"".join(answer.content for answer in answers) == samples.mp4(2 * MIB)[:4000]
