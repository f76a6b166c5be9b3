"""Parts of the system in the test's own process: the service, and auth's side of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import httpx
import msgspec
from prometheus_client import REGISTRY

from deploy.stack import Stack
from services.notifications.app import create_app
from services.notifications.deliveries.domain import delivery_id
from services.notifications.settings import NotificationsSettings
from shared.clock import timestamp, utc_now
from shared.contracts import Event
from shared.contracts.auth import OtpRequested
from shared.http.asgi import App
from shared.ids import new_id
from shared.languages import Language
from shared.messaging import Transaction
from shared.mongo import Database, connect
from shared.node import Node
from shared.seal import Seal
from shared.settings import Secret, ServiceSettings
from tests.eventually import eventually
from tests.persistence import Persistent

CODE_KEY = Secret("a key that only auth and notifications have")
PRIVACY_KEY = Secret("a key that every process of the system has")

_AT_ONCE = 100  # messages


def repeats_of(handler: str) -> float:
    """How often it was handed, in this process, an event that it had handled before."""
    labels = {"consumer": f"notifications-{handler}", "outcome": "repeated"}
    return REGISTRY.get_sample_value("aula_events_handled_total", labels) or 0


@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[None]:
    """Start and stop an ASGI application as a server does."""
    to_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    from_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    running = asyncio.create_task(app(scope, to_app.get, from_app.put))  # type: ignore[arg-type]
    await to_app.put({"type": "lifespan.startup"})
    assert (await from_app.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        await running


class Auth:
    """What auth does: says that codes are wanted. Its outbox works while NATS is away. And what
    users does: it says what becomes of people."""

    def __init__(self, stack: Stack, prefix: str, code_key: str = CODE_KEY) -> None:
        settings = ServiceSettings(
            mongo_url=stack.mongo_url,
            nats_url=stack.nats_url,
            database_prefix=prefix,
            privacy_key=PRIVACY_KEY,
        )
        self.node = Node("auth", settings)
        self._app = self.node.app([], {})
        self._seal = Seal(code_key)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Auth"]:
        async with lifespan(self._app):
            yield self

    def event(
        self,
        recipient: str,
        code: str = "123456",
        *,
        channel: Literal["email", "sms"] = "email",
        language: Language = "en",
        life: float = 300,
    ) -> OtpRequested:
        challenge_id = new_id()
        return OtpRequested(
            challenge_id=challenge_id,
            channel=channel,
            recipient=recipient,
            sealed_code=self._seal.close(code.encode(), challenge_id),
            language=language,
            expires_at=timestamp(utc_now() + timedelta(seconds=life)),
        )

    async def ask(self, recipient: str, code: str = "123456", **more: Any) -> None:
        await self.say(self.event(recipient, code, **more))

    async def say(self, event: Event) -> str:
        """Say whatever happened, in anybody's place; returns the event's id."""

        async def work(transaction: Transaction) -> str:
            transaction.record(event)
            return transaction.records[-1].id

        return await self.node.outbox.commit(work)

    async def publish(self, subject: str, payload: bytes, event_id: str | None) -> None:
        """As any publisher may, each time as a new message."""
        headers = {"Nats-Msg-Id": new_id()} | ({"ce-id": event_id} if event_id else {})
        await self.node.broker.publish(subject, payload, headers)

    async def repeat(self, event: Event, times: int, handler: str) -> str:
        """Publish it so often; its id, once `handler` has had it as often as that."""
        payload, event_id = msgspec.json.encode(event), new_id()
        before = repeats_of(handler)
        await self.node.broker.ready.wait()
        for begun in range(0, times, _AT_ONCE):  # NATS shall answer each in time
            left = range(begun, min(times, begun + _AT_ONCE))
            await asyncio.gather(*(self.publish(event.subject, payload, event_id) for _ in left))
        await eventually(lambda: repeats_of(handler) >= before + times - 1, within=60)
        return event_id


@dataclass
class Notifications:
    """The whole service, in this process, on a database of its own."""

    database: Database
    http: httpx.AsyncClient

    async def row(self, recipient: str) -> dict[str, Any]:
        rows = await self.rows(recipient)
        assert len(rows) == 1, f"{len(rows)} deliveries"
        return rows[0]

    async def rows(self, recipient: str) -> list[dict[str, Any]]:
        """The deliveries of codes to somebody; those that ended are found by auth's events."""
        auth = self.database.client[self.database.name.replace("_notifications", "_auth")]
        asked = await auth["outbox"].find({"traces": recipient}).to_list()
        ids = [delivery_id(event["_id"]) for event in asked]
        theirs = {"$or": [{"recipient": recipient}, {"_id": {"$in": ids}}]}
        return await self.database["deliveries"].find(theirs).sort("created_at", 1).to_list()

    async def has_handled(self, event_id: str, handlers: int = 1) -> bool:
        """Whether as many of its handlers as this have."""
        handled = {"_id": {"$regex": f":{event_id}$"}}
        return await self.database["inbox"].count_documents(handled) >= handlers

    async def said(self, subject: str) -> list[dict[str, Any]]:
        """The payloads of the events of this kind that the service recorded."""
        rows = await self.database["outbox"].find({"subject": subject}).to_list()
        return [msgspec.json.decode(row["payload"]) for row in rows]

    async def everything(self) -> list[dict[str, Any]]:
        """All that the service has stored."""
        names = await self.database.list_collection_names()
        return [row for name in names for row in await self.database[name].find().to_list()]

    async def states(self, recipient: str) -> list[str]:
        return [row["state"] for row in await self.rows(recipient)]


@asynccontextmanager
async def notifications(stack: Stack, prefix: str, **settings: Any) -> AsyncIterator[Notifications]:
    app = create_app(
        NotificationsSettings(
            **{
                "mongo_url": stack.mongo_url,
                "nats_url": stack.nats_url,
                "database_prefix": prefix,
                "code_key": CODE_KEY,
                "privacy_key": PRIVACY_KEY,
                **settings,
            }
        )
    )
    client = connect(stack.mongo_url)
    transport = Persistent(httpx.ASGITransport(app=app))  # type: ignore[arg-type]
    async with (
        lifespan(app),
        httpx.AsyncClient(transport=transport, base_url="http://notifications") as http,
    ):
        yield Notifications(client[f"{prefix}_notifications"], http)
    client.close()
