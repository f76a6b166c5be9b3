"""What was asked for with an Idempotency-Key is done once, whatever becomes of the answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from deploy.stack import Stack
from shared.errors import TooManyRequests, Unavailable
from shared.http.asgi import send_json
from shared.http.idempotency import IdempotencyKeys, Idempotent, StillRunning, Unanswered
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.mongo import Database, connect
from tests.eventually import eventually

Step = Callable[[], Awaitable[None]]


class Desk:
    """A route that books a seat, and before or after that does what the test says."""

    def __init__(self, database: Database) -> None:
        self.entries, self.seats = database["idempotency"], database["seats"]
        self._outbox = Outbox(database, "desk", self)
        self._app = Idempotent(self._route, IdempotencyKeys(self.entries))
        self.before: list[Step] = []
        self.after: list[Step] = []

    def publish_soon(self, records: object) -> None:
        """Nothing is said here."""

    async def ask(self, key: str) -> tuple[int, bool]:
        """The status, and whether it is an answer that was given before."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        state = {"principal": None, "client": "192.0.2.1", "body": b"{}"}
        scope = {
            "type": "http",
            "path": "/seats",
            "headers": [(b"idempotency-key", key.encode())],
            "route_handler": SimpleNamespace(opt={"idempotent": True}),
            "state": state,
        }
        await self._app(scope, None, send)
        names = {name for name, _ in sent[0]["headers"]}
        return sent[0]["status"], b"idempotency-replayed" in names

    async def book(self, *, once: bool = True) -> None:
        async def work(transaction: Transaction) -> None:
            await self.seats.insert_one({"_id": new_id()}, session=transaction.session)

        await self._outbox.commit(work, once=once)

    async def booked(self) -> int:
        return await self.seats.count_documents({})

    async def _route(self, scope: object, receive: object, send: Any) -> None:
        try:
            if self.before:
                await self.before.pop(0)()
            await self.book()
            if self.after:
                await self.after.pop(0)()
        except (Unavailable, TooManyRequests) as refusal:
            await send_json(send, refusal.status, b"{}", [])
        else:
            await send_json(send, 201, b"{}", [])

    async def lose(self) -> None:
        """As if there had been no word of any request for a minute."""
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        await self.entries.update_many({}, {"$set": {"started_at": long_ago}})


@pytest.fixture
async def desk(servers: Stack) -> AsyncIterator[Desk]:
    client = connect(servers.mongo_url)
    yield Desk(client[f"test_{new_id()}_desk"])
    client.close()


async def cancelled() -> None:
    raise asyncio.CancelledError


async def unavailable() -> None:
    raise Unavailable


async def too_many() -> None:
    raise TooManyRequests(1)


async def test_what_is_asked_again_is_answered_as_before_and_done_once(desk: Desk) -> None:
    key = new_id()
    assert [await desk.ask(key) for _ in range(3)] == [(201, False), (201, True), (201, True)]
    assert await desk.booked() == 1


async def test_what_was_done_and_then_cut_off_is_not_done_again(desk: Desk) -> None:
    """By the end of the process, which takes its requests along."""
    key = new_id()
    desk.after.append(cancelled)
    with pytest.raises(asyncio.CancelledError):
        await desk.ask(key)
    for _ in range(2):
        with pytest.raises(Unanswered):
            await desk.ask(key)
    assert await desk.booked() == 1


async def test_what_was_done_although_a_503_says_that_it_may_not_be_is_not_done_again(
    desk: Desk,
) -> None:
    key = new_id()
    desk.after.append(unavailable)
    assert await desk.ask(key) == (503, False)
    with pytest.raises(Unanswered):
        await desk.ask(key)
    assert await desk.booked() == 1


async def test_what_was_done_by_a_process_that_died_is_not_done_again(desk: Desk) -> None:
    key, forever = new_id(), asyncio.Event()

    async def hang() -> None:
        await forever.wait()

    desk.after.append(hang)
    dying = asyncio.create_task(desk.ask(key))
    await eventually(lambda: desk.entries.find_one({"done": True}))
    with pytest.raises(StillRunning):
        await desk.ask(key)
    await desk.lose()
    with pytest.raises(Unanswered):
        await desk.ask(key)
    assert await desk.booked() == 1
    forever.set()  # it was not dead, only slow: what it says at last counts
    assert await dying == (201, False)
    assert await desk.ask(key) == (201, True)


@pytest.mark.parametrize("failing", [unavailable, too_many])
async def test_what_was_not_done_may_be_asked_for_again_at_once(desk: Desk, failing: Step) -> None:
    key = new_id()

    async def reserve_and_fail() -> None:
        await desk.book(once=False)
        await failing()

    desk.before.append(reserve_and_fail)
    assert (await desk.ask(key))[0] in (429, 503)
    assert await desk.ask(key) == (201, False)
    assert await desk.booked() == 2, "one of them by what may be repeated"


async def test_who_was_taken_for_lost_does_nothing_any_more(desk: Desk) -> None:
    key, forever, waiting = new_id(), asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        waiting.set()
        await forever.wait()

    desk.before.append(hang)
    slow = asyncio.create_task(desk.ask(key))
    await waiting.wait()
    await desk.lose()
    assert await desk.ask(key) == (201, False)
    forever.set()
    with pytest.raises(StillRunning):
        await slow
    assert await desk.booked() == 1
    assert await desk.ask(key) == (201, True)


async def test_what_a_request_started_goes_on_after_its_end(desk: Desk) -> None:
    key, ended = new_id(), asyncio.Event()
    started: list[asyncio.Task[None]] = []

    async def later() -> None:
        await ended.wait()
        await desk.book()

    async def start() -> None:
        started.append(asyncio.create_task(later()))

    desk.after.append(start)
    assert await desk.ask(key) == (201, False)
    await desk.entries.delete_many({})
    ended.set()
    await started[0]
    assert await desk.booked() == 2
