"""Bodies on their way in: limits, slow ones, abandoned ones."""

import asyncio
import gzip
import time

import pytest

from tests.eventually import eventually
from tests.gateway.client import Client, ask, request
from tests.gateway.conftest import House, program
from tests.gateway.memory import peak_growth
from tests.gateway.upstream import Arrived, fine, head, whole

MIB = 1024 * 1024


async def test_a_body_arrives_as_it_was_sent(house: House, quick: int) -> None:
    for size in (0, 1, 1000):
        body = bytes(range(256)) * 4
        answer = await ask(quick, "POST", "/note?x=%2f", body=body[:size])
        assert (answer.status, answer.json["size"]) == (200, size)
        assert house.users.last.body == body[:size]
        assert house.users.last["content-length"] == str(size)
        assert house.users.last.target == "/note?x=%2f"


async def test_a_body_over_the_limit_is_refused_before_it_is_read(house: House, quick: int) -> None:
    async with await Client.to(quick) as client:
        client.send(request("POST", "/note", "Content-Length: 1001", "Expect: 100-continue"))
        answer = await client.answer()
        assert (answer.status, answer.code) == (413, "body_too_large")
        assert answer["connection"] == "close"
        assert await client.closed()
    for length in ("99999999999999999999999", "1e3", "0x10"):
        answer = await ask(quick, "POST", "/note", f"Content-Length: {length}")
        assert answer.status in (400, 413)
    assert not house.users.arrived


async def test_the_limit_also_holds_for_a_body_of_unknown_length(house: House, quick: int) -> None:
    async with await Client.to(quick) as client:
        client.send(request("POST", "/album", "Transfer-Encoding: chunked"))
        for _ in range(5):
            client.send(b"c350\r\n" + b"x" * 50_000 + b"\r\n")
        answer = await client.answer()
        assert (answer.status, answer.code) == (413, "body_too_large")
        assert await client.closed()
    arrived = await eventually(lambda: house.users.arrived and house.users.last)
    await arrived.ended()
    assert not arrived.whole


async def test_a_get_has_no_body(house: House) -> None:
    token = house.signer.token()
    answer = await ask(house.port, "GET", "/me", token=token, body=b"{}")
    assert (answer.status, answer.code) == (413, "body_too_large")
    answer = await ask(house.port, "GET", "/me", "Transfer-Encoding: chunked", token=token)
    assert (answer.status, answer.code) == (413, "body_too_large")
    assert not house.users.arrived


async def test_compressed_bodies_are_refused(house: House) -> None:
    bomb = gzip.compress(b"0" * 10 * MIB)
    for coding in ("gzip", "deflate", "br", "identity, gzip", "x"):
        line = f"Content-Encoding: {coding}"
        answer = await ask(house.port, "POST", "/auth/refresh", line, body=bomb[:1000])
        assert (answer.status, answer.code) == (415, "encoded_body")
    assert not house.auth.arrived
    line = "Content-Encoding: identity"
    assert (await ask(house.port, "POST", "/auth/refresh", line, body=b"{}")).status == 200


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_a_large_upload_passes_through_with_flat_memory(house: House, framing: str) -> None:
    piece, count = b"x" * MIB, 60
    variables = {**house.variables, "AULA_LOG_LEVEL": "warning"}
    async with program("tests.gateway.quick", **variables) as (port, pid):
        await ask(port, "POST", "/upload", body=b"warm")
        async with await Client.to(port) as client, peak_growth(pid) as growth:
            if framing == "length":
                client.send(request("POST", "/upload", f"Content-Length: {count * MIB}"))
            else:
                client.send(request("POST", "/upload", "Transfer-Encoding: chunked"))
            for _ in range(count):
                client.send(b"%x\r\n%b\r\n" % (MIB, piece) if framing == "chunks" else piece)
                await client.writer.drain()
            client.send(b"0\r\n\r\n" if framing == "chunks" else b"")
            answer = await client.answer()
        assert (answer.status, answer.json["size"]) == (200, count * MIB)
        assert growth() < 12 * MIB


async def test_an_abandoned_upload_is_cut_at_the_service_too(house: House, quick: int) -> None:
    for lines, body in (
        (("Content-Length: 1000000",), b"x" * 200_000),
        (("Transfer-Encoding: chunked",), b"186a0\r\n" + b"x" * 100_000 + b"\r\n"),
    ):
        async with await Client.to(quick) as client:
            client.send(request("POST", "/upload", *lines) + body)
            arrived = await eventually(lambda: house.users.arrived and house.users.last)
            await eventually(lambda arrived=arrived: arrived.body)
        await arrived.ended()
        assert not arrived.whole
        house.users.reset()


async def test_an_answer_before_the_end_of_the_upload_is_delivered(
    house: House, quick: int
) -> None:
    async def refuse(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(b'{"no":1}', status="413 Too Large"))

    house.users.early = refuse
    async with await Client.to(quick) as client:
        client.send(request("POST", "/upload", "Content-Length: 10000000") + b"x" * 500_000)
        answer = await client.answer()
        assert (answer.status, answer.json) == (413, {"no": 1})
        assert answer["connection"] == "close"
        assert await client.closed()


async def test_slow_heads_and_slow_bodies_are_given_up(house: House, quick: int) -> None:
    """All at once, because each takes the ten seconds that are granted."""

    async def ended(first: bytes, drip: bytes = b"", answers: int = 1) -> tuple[int, float]:
        """The last status (0: none), and after how many seconds the connection was closed."""
        started, status = time.monotonic(), 0
        async with await Client.to(quick) as client:
            client.send(first)
            dripping = asyncio.create_task(_drip(client, drip))
            try:
                for _ in range(answers):
                    status = (await client.answer()).status
            except ConnectionError:
                status = 0
            assert await client.closed()
            dripping.cancel()
            return status, time.monotonic() - started

    found = await asyncio.gather(
        ended(b""),
        ended(b"GET /me HTT"),
        ended(b"GET /me HTTP/1.1\r\n", b"X-A: b\r\n"),
        ended(b"\r\n", b"\r\n"),
        ended(request("GET", "/healthz"), b"\r\n", answers=2),
        ended(request("POST", "/note", "Content-Length: 10") + b"{"),
        ended(request("POST", "/album", "Content-Length: 100000") + b"{"),
        ended(request("POST", "/upload", "Transfer-Encoding: chunked")),
    )
    assert [status for status, _ in found] == [0, 408, 408, 408, 408, 408, 408, 408]
    # Far from the half a minute and more that their routes grant.
    assert all(9.5 < seconds < 20 for _, seconds in found), found


async def _drip(client: Client, drip: bytes) -> None:
    while drip:
        await asyncio.sleep(1)
        client.send(drip)


async def test_a_body_may_not_take_longer_than_its_route_allows(house: House, quick: int) -> None:
    async with await Client.to(quick) as client:
        client.send(request("POST", "/soon", "Content-Length: 10") + b"{")
        answer = await client.answer(within=8)  # sooner than any body is given up
        assert (answer.status, answer.code) == (408, "request_timeout")
        assert await client.closed()


async def test_what_streams_may_take_long_but_not_stand_still(house: House, quick: int) -> None:
    """Its route grants 3 s without a byte."""
    drops, pause = 10, 0.4

    async def drip(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if arrived.method == "POST":
            await fine(arrived, writer)
            return
        writer.write(head(content_length=20))
        for _ in range(drops):
            writer.write(b"x")
            await asyncio.sleep(pause)
        await asyncio.Event().wait()

    async def upload() -> None:
        async with await Client.to(quick) as client:
            client.send(request("POST", "/drip", "Content-Length: 10"))
            for _ in range(drops):
                await asyncio.sleep(pause)
                client.send(b"x")
            answer = await client.answer()
            assert (answer.status, answer.json["size"]) == (200, drops)
            client.send(request("POST", "/drip", "Content-Length: 10") + b"x")
            answer = await client.answer(within=8)  # sooner than any body is given up
            assert (answer.status, answer.code) == (408, "request_timeout")

    async def download() -> None:
        answer = await ask(quick, "GET", "/drip")
        assert (answer.status, answer.body, answer.cut) == (200, b"x" * drops, True)

    house.users.answer = drip
    await asyncio.gather(upload(), download())


async def test_a_service_that_does_not_read_holds_the_upload_back(house: House, quick: int) -> None:
    """Back-pressure: what it does not take stays with the client."""
    gate = asyncio.Event()

    async def wait(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.write(head(content_length=0))

    house.users.early = wait
    async with await Client.to(quick) as client:
        client.send(request("POST", "/upload", f"Content-Length: {100 * MIB}"))
        client.send(b"x" * (100 * MIB))
        drained = asyncio.create_task(client.writer.drain())
        done, _ = await asyncio.wait({drained}, timeout=1)
        assert not done
        gate.set()
        assert (await client.answer()).status == 200
        drained.cancel()
