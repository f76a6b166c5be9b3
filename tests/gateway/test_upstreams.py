"""Services that hang, drip, reset, lie, or are not there."""

import asyncio
import time

import pytest

from tests.eventually import eventually
from tests.gateway.client import Client, ask, request
from tests.gateway.conftest import House, program
from tests.gateway.memory import peak_growth
from tests.gateway.upstream import Answer, Arrived, Upstream, fine, head, saying, whole

MIB = 1024 * 1024


async def never(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def reset(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    await asyncio.Event().wait()


def then_cut(data: bytes) -> Answer:
    async def answer(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return answer


def dripping(start: bytes, drop: bytes) -> Answer:
    async def answer(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(drop)
            await asyncio.sleep(0.05)

    return answer


async def test_a_service_that_never_answers_is_504_and_hears_of_it(
    house: House, quick: int
) -> None:
    house.users.answer = never
    for method, body in (("GET", None), ("POST", b"{}")):
        started = time.monotonic()
        answer = await ask(quick, method, "/soon", body=body)
        assert (answer.status, answer.code) == (504, "gateway_timeout")
        assert time.monotonic() - started < 8, "not the 15 s of most routes"
        await house.users.last.ended()
    assert len(house.users.arrived) == 2


@pytest.mark.parametrize(
    "drip",
    [dripping(b"HTTP/1.1 200 O", b"K"), dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n")],
    ids=["status", "headers"],
)
async def test_a_head_that_drips_is_504(house: House, quick: int, drip: Answer) -> None:
    house.users.answer = drip
    answer = await ask(quick, "GET", "/soon")
    assert answer.status in (502, 504)
    await house.users.last.ended()


@pytest.mark.parametrize(
    "start, drop",
    [
        (head(content_length=100_000), b"x"),
        (head(transfer_encoding="chunked"), b"1\r\nx\r\n"),
    ],
    ids=["length", "chunks"],
)
async def test_a_body_that_drips_is_cut_when_its_time_is_over(
    house: House, quick: int, start: bytes, drop: bytes
) -> None:
    house.users.answer = dripping(start, drop)
    started = time.monotonic()
    answer = await ask(quick, "GET", "/drops")
    assert answer.status == 200
    assert answer.cut
    assert answer.body.startswith(b"xx")
    assert time.monotonic() - started < 10, "not the 15 s of most routes"
    await house.users.last.ended()


@pytest.mark.parametrize(
    "data",
    [
        head(content_length=100) + b"x" * 50,
        head(transfer_encoding="chunked") + b"5\r\nxxxxx\r\n",
        head(transfer_encoding="chunked") + b"50\r\nxxxxx",
        head(transfer_encoding="chunked") + b"5\r\nxxxxx\r\nzz\r\n",
    ],
    ids=["length", "chunks", "in a chunk", "bad chunk"],
)
async def test_a_cut_answer_looks_cut_to_the_client(house: House, quick: int, data: bytes) -> None:
    house.users.answer = then_cut(data)
    answer = await ask(quick, "GET", "/slow")
    assert answer.cut or answer.status == 502
    assert answer.cut is (answer.status == 200)


async def test_an_answer_that_ends_with_its_connection_is_whole(house: House, quick: int) -> None:
    house.users.answer = then_cut(head(content_type="text/plain") + b"all of it")
    answer = await ask(quick, "GET", "/slow")
    assert (answer.status, answer.body, answer.cut) == (200, b"all of it", False)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 42 Odd\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9\r\n",
        head(content_length=2, Transfer_Encoding="chunked") + b"0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        head(content_length=2, x_bad="a\x01b") + b"{}",
        head(x_long="x" * 400_000, content_length=2) + b"{}",
        b"",
    ],
    ids=lambda data: data[:30].decode() or "nothing",
)
async def test_what_is_not_a_good_answer_is_502(house: House, quick: int, data: bytes) -> None:
    house.users.answer = then_cut(data)
    answer = await ask(quick, "GET", "/slow")
    assert (answer.status, answer.code) == (502, "bad_gateway")
    house.users.answer = fine
    await eventually(lambda: _is_fine(quick))


async def _is_fine(port: int) -> bool:
    return (await ask(port, "GET", "/slow")).status == 200


async def test_informational_answers_are_not_passed_on(house: House, quick: int) -> None:
    house.users.answer = saying(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        + whole(b"{}", etag="1")
    )
    answer = await ask(quick, "GET", "/slow")
    assert (answer.status, answer.body, answer["etag"]) == (200, b"{}", "1")
    assert not answer.values("link")


async def test_header_bytes_beyond_ascii_pass_unharmed(house: House, quick: int) -> None:
    house.users.answer = saying(
        b'HTTP/1.1 200 OK\r\nContent-Disposition: filename="\xff\xfe"\r\ncontent-length: 0\r\n\r\n'
    )
    answer = await ask(quick, "GET", "/slow")
    assert answer["content-disposition"].encode("latin-1") == b'filename="\xff\xfe"'


async def test_bytes_after_an_answer_never_become_the_next_one(house: House, quick: int) -> None:
    house.users.answer = saying(whole(b"first") + whole(b"smuggled"))
    assert (await ask(quick, "GET", "/slow")).body == b"first"
    house.users.answer = saying(whole(b"second"))
    for _ in range(3):
        assert (await ask(quick, "GET", "/slow")).body == b"second"


async def test_statuses_without_a_body_keep_the_connection_in_step(
    house: House, quick: int
) -> None:
    async with await Client.to(quick) as client:
        for status in ("204 No Content", "304 Not Modified"):
            house.users.answer = saying(head(status, etag='"1"'))
            client.send(request("GET", "/slow"))
            answer = await client.answer()
            assert (answer.status, answer["etag"]) == (int(status[:3]), '"1"')
        house.users.answer = saying(head("304 Not Modified", content_length=1000))
        client.send(request("GET", "/slow"))
        assert (await client.answer()).status == 304
        house.users.answer = fine
        client.send(request("GET", "/slow"))
        assert (await client.answer()).status == 200


async def test_a_large_answer_passes_through_with_flat_memory(house: House) -> None:
    async def large(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(head(content_length=100 * MIB))
        for _ in range(100):
            writer.write(b"x" * MIB)
            await writer.drain()

    house.users.answer = large
    variables = {**house.variables, "AULA_LOG_LEVEL": "warning"}
    async with program("tests.gateway.quick", **variables) as (port, pid):
        async with await Client.to(port) as client, peak_growth(pid) as growth:
            client.send(request("GET", "/slow"))
            assert (await client.head()).status == 200
            read = len(await client.reader.read(MIB))
            await asyncio.sleep(0.3)  # not reading: what is on its way must wait at the service
            while read < 100 * MIB and (data := await client.reader.read(MIB)):
                read += len(data)
        assert read == 100 * MIB
        assert growth() < 12 * MIB


async def test_a_client_that_does_not_read_holds_nobody_up_for_long(
    house: House, quick: int
) -> None:
    async def large(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(head(content_length=50 * MIB) + b"x" * (50 * MIB))
        await writer.drain()

    house.users.answer = large
    async with await Client.to(quick) as client:
        client.send(request("GET", "/soon"))
        arrived = await eventually(lambda: house.users.arrived and house.users.last)
        await arrived.ended()


async def test_one_broken_answer_does_not_take_a_lonely_service_away(
    house: House, quick: int
) -> None:
    house.users.answer = reset
    for _ in range(5):
        assert (await ask(quick, "POST", "/note", body=b"{}")).status == 502
        assert (await ask(quick, "GET", "/slow")).status == 502
    house.users.answer = fine
    assert (await ask(quick, "POST", "/note", body=b"{}")).status == 200


async def test_a_client_that_leaves_is_missed_at_the_service(house: House, quick: int) -> None:
    """Before an answer, in the middle of one, and with a body already sent."""
    for answer, method, body in (
        (never, "GET", None),
        (never, "POST", b"{}"),
        (dripping(head(transfer_encoding="chunked"), b"1\r\nx\r\n"), "GET", None),
    ):
        house.users.reset()
        house.users.answer = answer
        path = "/slow" if method == "GET" else "/upload"
        async with await Client.to(quick) as client:
            client.send(request(method, path, body=body))
            arrived = await eventually(lambda: house.users.arrived and house.users.last)
        await arrived.ended()


async def test_a_safe_request_is_asked_again_and_an_unsafe_one_is_not(
    house: House, quick: int
) -> None:
    async with Upstream() as second:
        variables = {**house.variables, "AULA_USERS_URL": f"{house.users.url},{second.url}"}
        async with program("tests.gateway.quick", **variables) as (port, _):
            house.users.answer = reset
            for _ in range(20):
                assert (await ask(port, "GET", "/slow")).status == 200
            assert len(house.users.arrived) <= 5, "not every other time"

            statuses = []

            async def both_were_met() -> bool:
                statuses.append((await ask(port, "POST", "/note", body=b"{}")).status)
                return set(statuses) == {200, 502}

            await eventually(both_were_met)
            asked = [r for r in (*house.users.arrived, *second.arrived) if r.method == "POST"]
            assert len(asked) == len(statuses)


async def test_a_dead_address_costs_no_request_and_is_used_again_when_back(house: House) -> None:
    async with Upstream() as second:
        variables = {**house.variables, "AULA_USERS_URL": f"{second.url},{house.users.url}"}
        async with program("tests.gateway.quick", **variables) as (port, _):
            for _ in range(20):
                assert (await ask(port, "POST", "/note", body=b"{}")).status == 200
            assert len(second.arrived) == len(house.users.arrived) == 10
            await second.stop()
            for _ in range(40):
                assert (await ask(port, "POST", "/note", body=b"{}")).status == 200
            second.reset()
            await second.start()

            async def used() -> bool:
                await ask(port, "GET", "/slow")
                return bool(second.arrived)

            await eventually(used)


async def test_no_address_at_all_is_503_at_once_and_recovers_soon(house: House) -> None:
    lonely = Upstream()
    variables = {**house.variables, "AULA_USERS_URL": lonely.url}
    async with program("tests.gateway.quick", **variables) as (port, _):
        took = []
        for _ in range(20):
            started = time.monotonic()
            answer = await ask(port, "POST", "/note", body=b"{}")
            assert (answer.status, answer.code) == (503, "service_unavailable")
            assert answer["retry-after"] == "1"
            took.append(time.monotonic() - started)
        assert sorted(took)[10] < 1
        async with lonely:
            started = time.monotonic()
            await eventually(lambda: _is_fine(port), every=0.05)
            assert time.monotonic() - started < 8, "not ten seconds, as where others are up"
            lonely.answer = saying(whole(b"{}", status="503 Service Unavailable"))
            for _ in range(20):  # what a service says itself is never hidden
                assert (await ask(port, "GET", "/slow")).body == b"{}"


async def test_an_address_that_takes_no_connections_costs_a_second_at_most(house: House) -> None:
    black_hole = "http://192.0.2.1:81"  # reserved for documentation: nobody answers there
    variables = {**house.variables, "AULA_USERS_URL": f"{black_hole},{house.users.url}"}
    async with program("tests.gateway.quick", **variables) as (port, _):
        started = time.monotonic()
        for _ in range(10):
            assert (await ask(port, "GET", "/slow")).status == 200
        assert time.monotonic() - started < 9, "not a second each"


async def test_a_service_restarted_between_two_requests_is_not_noticed(house: House) -> None:
    async with Upstream() as service:
        variables = {**house.variables, "AULA_USERS_URL": service.url}
        async with program("tests.gateway.quick", **variables) as (port, _):
            for _ in range(5):
                assert (await ask(port, "GET", "/slow")).status == 200
                await service.stop()
                await service.start()
