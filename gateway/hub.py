"""What the gateway has running beside its requests: NATS, the public keys, whose tokens count, the
watch over exchanges, metrics."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from prometheus_client import start_http_server

from gateway.accounts import Accounts
from gateway.exchange import Watch
from gateway.revocations import Revocations
from gateway.settings import GatewaySettings
from gateway.standing import Standing
from gateway.upstreams import Upstreams
from shared import logs
from shared.background import STOP_SECONDS, cut_short, end_this_process, watched
from shared.http.health import Check
from shared.messaging import Broker
from shared.pseudonyms import Pseudonyms
from shared.published_keys import PublishedKeys

log = logs.get("gateway")


class Hub:
    def __init__(self, settings: GatewaySettings, upstreams: Upstreams, watch: Watch) -> None:
        self._settings = settings
        self._upstreams = upstreams
        self._watch = watch
        self._broker = Broker(settings.nats_url, "gateway")
        self._broker.on_lost = end_this_process
        self._keys = PublishedKeys(self._broker, settings)
        self.verifier = self._keys.verifier
        self.standing = Standing(
            Revocations(),
            Accounts(Pseudonyms(settings.secret_of_people())),
            self._broker,
            settings.revocation_grace,
        )

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncIterator[None]:
        settings = self._settings
        await self._broker.start()
        tasks = [watched(self._watch.run()), watched(self._keep_looking())]
        metrics = None
        if settings.metrics_port:
            metrics, _thread = start_http_server(settings.metrics_port, settings.metrics_host)
        log.info("started", port=settings.listen_port)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            if metrics is not None:
                metrics.shutdown()
                metrics.server_close()
            self._upstreams.close()
            if await cut_short(self._stop(), STOP_SECONDS):
                log.warning("stopping was cut short", seconds=STOP_SECONDS)

    async def _stop(self) -> None:
        await self._keys.close()
        await self.standing.close()
        await self._broker.close()

    def checks(self) -> dict[str, Check]:
        """Ready while it can tell whose token counts. When it cannot, for want of NATS, public
        routes go on, and those with a token refuse: another gateway may do better."""

        async def nats() -> str | None:
            return None if self._broker.ready.is_set() else "not connected to NATS yet"

        return {"nats": nats, "keys": self._keys.check, "revocations": self.standing.problem}

    async def _keep_looking(self) -> None:
        while True:
            self.standing.look()
            await asyncio.sleep(0.05)
