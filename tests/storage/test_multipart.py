"""Multipart bodies through a real socket, as no well-behaved client would send them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.errors import MalformedRequest
from shared.http.uploads import MultipartBody
from tests.gateway.client import Answer, Client
from tests.storage import samples
from tests.storage.conftest import Storage
from tests.storage.test_faults import BOUNDARY, END, FRAME, MIB, head

PNG = samples.png()
WHOLE = FRAME + PNG + END


async def sent(storage: Storage, body: bytes, *pieces: bytes) -> Answer:
    async with await Client.to(storage.port) as client:
        client.send(head(storage, len(body) + sum(map(len, pieces))) + body)
        for piece in pieces:
            client.send(piece)
        return await client.answer(within=60)


def part(headers: str, content: bytes = b"x") -> bytes:
    return f"--{BOUNDARY}\r\n{headers}\r\n\r\n".encode() + content + b"\r\n"


def with_type(storage: Storage, content_type: str, body: bytes) -> bytes:
    plain = f"multipart/form-data; boundary={BOUNDARY}".encode()
    return head(storage, len(body)).replace(plain, content_type.encode()) + body


async def asked(storage: Storage, request: bytes) -> Answer:
    async with await Client.to(storage.port) as client:
        client.send(request)
        return await client.answer(within=30)


async def test_a_body_is_the_same_wherever_it_is_cut() -> None:
    content_type = f"multipart/form-data; boundary={BOUNDARY}"

    async def content(*pieces: bytes) -> bytes:
        async def stream() -> AsyncIterator[bytes]:
            for piece in filter(None, pieces):
                yield piece

        body = MultipartBody(stream(), content_type, limit=MIB)
        return b"".join([chunk async for part in body.parts() async for chunk in part.chunks()])

    for at in range(len(WHOLE)):
        assert await content(WHOLE[:at], WHOLE[at:]) == PNG, at
        assert await content(WHOLE[:at], WHOLE[at : at + 2], WHOLE[at + 2 :]) == PNG, at
    for epilogue in (b"\r\n", b"nothing", END):
        assert await content(WHOLE, epilogue) == PNG
    for at in range(1, len(WHOLE) - 2):
        with pytest.raises(MalformedRequest):
            await content(WHOLE[:at])


async def test_a_body_arrives_however_it_is_cut_into_pieces(local: Storage) -> None:
    async with await Client.to(local.port) as client:
        client.send(head(local, len(WHOLE)))
        for at in range(0, len(WHOLE), 3):
            client.send(WHOLE[at : at + 3])
            await client.writer.drain()
            await asyncio.sleep(0)
        answer = await client.answer(within=30)
    assert answer.status == 201, answer.body
    assert answer.json["data"]["size"] == len(PNG)


async def test_chunked_bodies_are_read_too(local: Storage) -> None:
    request = head(local, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in WHOLE) + b"0\r\n\r\n"
    assert (await asked(local, request + chunks)).status == 201


async def test_what_looks_like_a_boundary_in_a_file_is_part_of_it(local: Storage) -> None:
    near = f"\r\n--{BOUNDARY[:-1]}".encode() * 20
    content = samples.mp4(len(near))[: -len(near)] + near
    answer = await sent(local, FRAME + content + END)
    assert (answer.status, answer.json["data"]["size"]) == (201, len(content))
    assert (await local.fetched(answer.json["data"]["url"])).content == content


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "b" * 300,
        'multipart/form-data; boundary="a\\"b"',
        "multipart/form-data; boundary=other",
    ],
)
async def test_a_boundary_that_is_none_is_refused(local: Storage, content_type: str) -> None:
    answer = await asked(local, with_type(local, content_type, WHOLE))
    assert (answer.status, answer.code) == (400, "malformed_request")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "multipart/mixed; boundary=x", "", "multipart/form-dataX"],
)
async def test_other_bodies_are_refused(local: Storage, content_type: str) -> None:
    answer = await asked(local, with_type(local, content_type, WHOLE))
    assert answer.status in (400, 415)
    assert answer.code in ("unsupported_media_type", "malformed_request")


async def test_other_routes_take_no_multipart(local: Storage) -> None:
    request = head(local, len(WHOLE), "/courses") + WHOLE
    assert (await asked(local, request)).code == "unsupported_media_type"


@pytest.mark.parametrize(
    "body",
    [
        WHOLE[:-2].rstrip(b"-\r\n"),
        WHOLE[:40],
        FRAME + PNG,
        b"",
        b"--" + BOUNDARY.encode() + b"--\r\n",
        b"no boundary at all",
        part("Content-Disposition: form-data") + END[2:],
        part('Content-Type: text/plain\r\nX: "') + END[2:],
        part("no header") + END[2:],
        part('Content-Disposition: form-data; name="file"; filename="a\x00b"') + END[2:],
        part("X: " + "y" * 100_000) + END[2:],
        part("X: y\r\n" * 1000 + 'Content-Disposition: form-data; name="file"') + END[2:],
        part('Content-Disposition: form-data; name="file"\r\nContent-Length: -5') + END[2:],
    ],
    ids=range(13),
)
async def test_a_body_that_is_not_whole_or_well_formed_is_refused(
    local: Storage, body: bytes
) -> None:
    before = await local.at_rest()
    answer = await sent(local, body)
    assert answer.status in (400, 413, 415), answer.body
    assert answer.code
    assert local.objects() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (part('Content-Disposition: form-data; name="file"'), "file: must be a file"),
        (FRAME + PNG + b"\r\n" + FRAME + PNG + b"\r\n", "file: may be there once"),
        (part('Content-Disposition: form-data; name="isAdmin"'), "isAdmin: is not a known member"),
        (part('Content-Disposition: form-data; name="folder"'), "file: is required"),
        (
            part('Content-Disposition: form-data; name="folder"', b"y" * 70_000),
            "folder: is too long",
        ),
        (
            part('Content-Disposition: form-data; name="folder"', b"\xff\xfe"),
            "folder: must be text in UTF-8",
        ),
        (
            part('Content-Disposition: form-data; name="folder"; filename="f"'),
            "folder: must not be a file",
        ),
    ],
    ids=range(7),
)
async def test_fields_are_refused_by_name(local: Storage, body: bytes, field: str) -> None:
    answer = await sent(local, body + END[2:])
    assert (answer.status, answer.code) == (400, "validation_failed")
    assert answer.json["errors"][1] == field


async def test_a_flood_of_fields_is_cut_short(local: Storage) -> None:
    flood = part('Content-Disposition: form-data; name="folder"', b"") * 100_000
    answer = await sent(local, flood + END[2:])
    assert answer.status in (400, 413)


async def test_a_file_too_large_for_its_kind_is_refused_while_it_comes(local: Storage) -> None:
    size = 900 * MIB
    async with await Client.to(local.port) as client:
        client.send(head(local, size))
        client.send(FRAME + samples.png(filling=16 * MIB))
        answer = await client.answer(within=30)
        assert (answer.status, answer.code) == (413, "file_too_large")
        assert await client.closed(within=30)


async def test_a_file_of_the_wrong_kind_is_refused_by_its_first_bytes(local: Storage) -> None:
    async with await Client.to(local.port) as client:
        client.send(head(local, 900 * MIB) + FRAME + b"MZ" + b"\0" * 10_000)
        answer = await client.answer(within=30)
        assert (answer.status, answer.code) == (415, "file_type_not_allowed")


async def test_the_order_of_parts_does_not_matter(local: Storage) -> None:
    field = part('Content-Disposition: form-data; name="folder"', b"images/a")
    for body in (field + WHOLE, FRAME + PNG + b"\r\n" + field + END[2:]):
        answer = await sent(local, body)
        assert answer.json["data"]["key"].startswith("images/a/"), answer.body
