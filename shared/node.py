"""What every service process is made of, put together once: database, broker, outbox, consumers,
public keys, HTTP. A service's `create_app` asks a `Node` for the parts and hands it its own."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.types import ControllerRouterHandler

from shared import logs
from shared.audit import AuditLog
from shared.background import STOP_SECONDS, cut_short, end_this_process, watched
from shared.http import health
from shared.http.app import create_litestar
from shared.http.asgi import App
from shared.http.edge import Edge, LanguageOf
from shared.http.idempotency import IdempotencyKeys
from shared.languages import Language
from shared.messaging import (
    Broker,
    Consumer,
    Outbox,
    Relay,
    Subscription,
    Traces,
)
from shared.messaging import consumer as inbox
from shared.messaging import outbox as outbox_module
from shared.metrics import OUTBOX_PENDING
from shared.mongo import (
    Collection,
    Database,
    IndexModel,
    PyMongoError,
    connect,
    ensure_indexes,
    ping,
)
from shared.personal_data import HeldOn, PersonalData
from shared.pseudonyms import Pseudonyms
from shared.published_keys import PublishedKeys
from shared.seal import Seal
from shared.settings import ServiceSettings
from shared.tombstones import Tombstones

log = logs.get("node")

_DRAIN_SECONDS = 2.0


class Node:
    """One process of service `name`. Everything connects in the background: the process starts in
    any order with the others, and `/readyz` says what it still waits for."""

    def __init__(self, name: str, settings: ServiceSettings) -> None:
        self.name = name
        self._settings = settings
        self._client = connect(settings.mongo_url)
        self.database: Database = self._client[f"{settings.database_prefix}_{name}"]
        self.broker = Broker(settings.nats_url, name)
        self.broker.on_lost = end_this_process
        self._relay = Relay(self.database, self.broker)
        self.outbox = Outbox(self.database, name, self._relay)
        secret = settings.secret_of_people()
        self.pseudonyms = Pseudonyms(secret)
        self.seal = Seal(secret)  # of what the services tell each other about people
        self.traces = Traces(self.database, self.broker)
        self.tombstones = Tombstones(self.database["tombstones"], self.pseudonyms)
        self.audit = AuditLog(self.database["audit"], self.pseudonyms, secret)
        self._keys = PublishedKeys(self.broker, settings)
        self.verifier = self._keys.verifier
        self._consumers: list[Consumer] = []
        self._background: list[Coroutine[Any, Any, None]] = []
        self._indexes: dict[str, Sequence[IndexModel]] = {
            "outbox": outbox_module.INDEXES,
            "inbox": inbox.INBOX_INDEXES,
            "idempotency": IdempotencyKeys.INDEXES,
            "audit": AuditLog.INDEXES,
        }
        self._indexed = asyncio.Event()

    def collection(self, name: str, indexes: Sequence[IndexModel] = ()) -> Collection:
        """A collection of this service, with the indexes that it shall have before it is ready."""
        self._indexes[name] = indexes
        return self.database[name]

    def subscribe(self, table: Sequence[Subscription]) -> None:
        for subscription in table:
            self._consumers.append(Consumer(subscription, self.broker, self.database, self.outbox))

    def holds(self, held_on: HeldOn) -> None:
        """Erase and export what `held_on` says the service holds on a person."""
        data = PersonalData(
            self.name, held_on, self.outbox, self.traces, self.tombstones, self.seal
        )
        self.subscribe(data.subscriptions())

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work`, which never returns, beside the requests."""
        self._background.append(work)

    def app(
        self,
        handlers: Sequence[ControllerRouterHandler],
        dependencies: Mapping[str, object],
        language_of: LanguageOf | None = None,
    ) -> App:
        """The ASGI application: health routes and `handlers`, behind the edge. `language_of`: where
        the service knows it, a user's own language."""

        async def known_language(user_id: str) -> Language | None:
            try:
                return await language_of(user_id) if language_of else None
            except PyMongoError:  # the request itself will say so, if it needs the database
                return None

        litestar = create_litestar(
            [*health.HANDLERS, *handlers],
            {**dependencies, "checks": self._checks()},
            IdempotencyKeys(self.database["idempotency"]),
            self._lifespan,
        )
        return Edge(
            litestar,  # type: ignore[arg-type]  # ASGI by other names
            self.verifier,
            self._settings.gateway_networks,
            self.pseudonyms,
            known_language if language_of else None,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Litestar) -> AsyncIterator[None]:
        await self.broker.start()
        tasks = [
            watched(work)
            for work in (
                self._prepare_database(),
                self._relay.run(),
                self._count_pending(),
                *(consumer.run() for consumer in self._consumers),
                *self._background,
            )
        ]
        log.info("started", service=self.name, port=self._settings.listen_port)
        try:
            yield
        finally:
            if await cut_short(self._stop(tasks), STOP_SECONDS):
                log.warning("stopping was cut short", service=self.name, seconds=STOP_SECONDS)

    async def _stop(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=_DRAIN_SECONDS)
        await asyncio.gather(*(each.drain(_DRAIN_SECONDS) for each in self._consumers))
        await self._relay.drain(_DRAIN_SECONDS)
        await self._keys.close()
        await self.broker.close()
        # Elsewhere, because it says goodbye to the server and waits for its answer.
        await asyncio.to_thread(self._client.close)

    async def _prepare_database(self) -> None:
        while not self._indexed.is_set():
            try:
                for name, indexes in self._indexes.items():
                    await ensure_indexes(self.database[name], indexes)
            except PyMongoError as error:  # MongoDB may come up after us
                log.warning("database not prepared yet", collection=name, **_reason(error))
                await asyncio.sleep(0.5)
            else:
                self._indexed.set()
        await asyncio.Event().wait()

    async def _count_pending(self) -> None:
        while True:
            try:
                count = await self.database["outbox"].count_documents(outbox_module.PENDING)
                OUTBOX_PENDING.set(count)
            except PyMongoError as error:  # only a number for a graph
                log.debug("pending not counted", error=type(error).__name__)
            await asyncio.sleep(10)

    def _checks(self) -> dict[str, health.Check]:
        """NATS counts as there once it was: a service goes on answering while it is away."""

        async def mongo() -> str | None:
            try:
                await ping(self.database)
            except (PyMongoError, TimeoutError) as error:
                return f"no answer from MongoDB ({type(error).__name__})"
            return None if self._indexed.is_set() else "indexes are being made"

        async def nats() -> str | None:
            return None if self.broker.ready.is_set() else "not connected to NATS yet"

        async def consumers() -> str | None:
            waiting = [c.name for c in self._consumers if not c.ready.is_set()]
            return f"not pulling yet: {', '.join(waiting)}" if waiting else None

        return {"mongo": mongo, "nats": nats, "keys": self._keys.check, "consumers": consumers}


def _reason(error: PyMongoError) -> dict[str, object]:
    """Of a refusal by the server: also its code, and the code's name. Not its message, which quotes
    documents where a unique index cannot be made."""
    details = getattr(error, "details", None)
    name = details.get("codeName") if isinstance(details, Mapping) else None
    reason = {
        "error": type(error).__name__,
        "code": getattr(error, "code", None),
        "code_name": name,
    }
    return {key: value for key, value in reason.items() if value is not None}
