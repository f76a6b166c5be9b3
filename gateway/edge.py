"""The first thing that a request meets: the checks, in their order, then its service."""

import asyncio
import time
from typing import Any

from gateway import headers as header_rules
from gateway import paths
from gateway.clients import Clients
from gateway.connection import ConnectionBroken
from gateway.cors import Cors
from gateway.errors import ClientGone
from gateway.exchange import Exchange, Watch
from gateway.limits import RateLimits
from gateway.proxy import Proxy
from gateway.standing import Standing
from gateway.table import Route, RouteTable
from shared import languages, logs, tracing
from shared.errors import (
    AulaError,
    AuthenticationRequired,
    InsufficientPermissions,
    InternalError,
    NotFound,
)
from shared.http import asgi
from shared.http.envelope import failure
from shared.metrics import HTTP_REQUESTS, HTTP_SECONDS
from shared.tokens import Principal, TokenVerifier

log = logs.get("http")

_OWN_SECONDS = 10.0  # for what happens before a route, with its own time, is found
_OPERATIONAL = ("/healthz", "/readyz")


class Edge:
    """The ASGI application. `own`: the one behind the routes that the gateway has itself."""

    def __init__(
        self,
        *,
        own: asgi.App,
        table: RouteTable,
        clients: Clients,
        cors: Cors,
        verifier: TokenVerifier,
        standing: Standing,
        limits: RateLimits,
        proxy: Proxy,
        watch: Watch,
        in_production: bool,
    ) -> None:
        self._own = own
        self._table = table
        self._clients = clients
        self._cors = cors
        self._verifier = verifier
        self._standing = standing
        self._limits = limits
        self._proxy = proxy
        self._watch = watch
        self._hsts = [header_rules.HSTS] if in_production else []
        self._counters = Counters()

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        if scope["type"] != "http":
            await self._own(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        self._watch.begin(exchange, _OWN_SECONDS)
        try:
            await self._answer(exchange)
        except AulaError as refusal:
            await self._refuse(exchange, refusal)
        except (ClientGone, ConnectionBroken, asyncio.CancelledError) as ended:
            await self._ended(exchange, ended)
        except Exception:  # the last resort: no failure leaves without an envelope and a log entry
            log.exception("unhandled error", route=exchange.route and exchange.route.path)
            await self._refuse(exchange, InternalError())
        finally:
            self._watch.finish(exchange)
            self._note(exchange)

    async def _answer(self, exchange: Exchange) -> None:
        scope = exchange.scope
        self._introduce(exchange)
        headers = exchange.headers = asgi.header_dict(scope["headers"])
        exchange.client, exchange.scheme = self._clients.address_and_scheme(scope, headers)
        header_rules.drop_named_by_connection(headers)
        path = paths.canonical(scope["raw_path"])
        if self._cors.is_preflight(exchange.method, headers):
            await self._answer_preflight(exchange, path)
            return
        route, exchange.path = self._table.find(exchange.method, path)
        exchange.admit(route)
        exchange.principal = self._admitted(exchange, route)
        if route.owner == "gateway":
            await self._answer_here(exchange)
        else:
            await self._proxy.forward(exchange)

    def _introduce(self, exchange: Exchange) -> None:
        """Request id, trace, and what every answer says: before anything can be refused."""
        raw = exchange.headers = dict(exchange.scope["headers"])
        exchange.trace = tracing.continued(
            asgi.text(raw, b"x-request-id"), asgi.text(raw, b"traceparent")
        )
        tracing.use(exchange.trace)
        exchange.additions = [
            (b"x-request-id", exchange.trace.request_id.encode()),
            *self._hsts,
            *self._cors.for_answer(raw),
        ]

    def _admitted(self, exchange: Exchange, route: Route) -> Principal | None:
        """Who is calling, if they may and not too often. Who is refused is counted as well."""
        role = route.role
        try:
            principal = self._caller(exchange.headers.get(b"authorization"))
            if principal is None and role is not None:
                raise AuthenticationRequired
        except AuthenticationRequired:
            # On every route: where requests are not limited, bad tokens are.
            self._limits.count(route.rate or "user", None, exchange.client, exchange.additions)
            raise
        if route.rate is not None:
            user_id = principal.user_id if principal else None
            self._limits.count(route.rate, user_id, exchange.client, exchange.additions)
        if principal is not None and role is not None and not principal.has(role):
            raise InsufficientPermissions
        if principal is not None and route.bars_leaving:
            self._standing.accounts.require_staying(principal.user_id)
        return principal

    def _caller(self, authorization: bytes | None) -> Principal | None:
        """A bad token is refused on public routes too."""
        if authorization is None:
            return None
        principal = self._verifier.from_header(authorization.decode("latin-1"))
        self._standing.check(principal)
        return principal

    async def _answer_preflight(self, exchange: Exchange, path: str) -> None:
        methods = self._table.methods(path)
        if not methods:
            raise NotFound
        headers = self._cors.preflight(methods)
        await exchange.start(204, header_rules.of_our_own([*headers, *exchange.additions]))
        await exchange.body(b"", more=False)

    async def _answer_here(self, exchange: Exchange) -> None:
        scope = exchange.scope
        scope["path"] = exchange.path
        scope["raw_path"] = exchange.path.encode()
        scope["state"].update(principal=exchange.principal, client=exchange.client, body=b"")
        languages.use(exchange.language())

        async def send(message: asgi.Message) -> None:
            if message["type"] == "http.response.start":
                await exchange.start(
                    message["status"],
                    header_rules.for_client(list(message["headers"]), exchange.additions),
                )
            else:
                await exchange.send(message)

        await self._own(scope, exchange.receive, send)

    async def _refuse(self, exchange: Exchange, error: AulaError) -> None:
        exchange.code = error.code
        exchange.end = exchange.end or error  # the watch has nothing left to end
        if exchange.answered:  # too late to say it: the answer ends here, and looks cut
            return
        languages.use(exchange.language())
        body = failure(error)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            *((name.lower().encode(), value.encode()) for name, value in error.headers().items()),
            *header_rules.of_our_own(exchange.additions),
        ]
        if exchange.asked:
            await exchange.start(error.status, headers)
            await exchange.body(body, more=False)
            return
        await exchange.start(error.status, [*headers, (b"connection", b"close")])
        await exchange.body(body, more=True)
        await exchange.discard_rest()
        await exchange.body(b"", more=False)

    async def _ended(self, exchange: Exchange, ended: BaseException) -> None:
        """The work on it stopped before its end."""
        if isinstance(ended, asyncio.CancelledError):
            if exchange.end is None:
                raise ended  # not by the watch: this process is being stopped
            current = asyncio.current_task()
            assert current is not None
            current.uncancel()
            ended = exchange.end
        if isinstance(ended, AulaError):
            await self._refuse(exchange, ended)
        elif isinstance(ended, ClientGone):
            exchange.status, exchange.code = 499, "client_gone"
        else:
            exchange.code = "answer_cut"

    def _note(self, exchange: Exchange) -> None:
        route = exchange.route.path if exchange.route else "unmatched"
        seconds = time.monotonic() - exchange.started
        self._counters.count(exchange.method, route, exchange.status, seconds)
        if route not in _OPERATIONAL:
            caller = exchange.principal
            log.info(
                "request",
                method=exchange.method,
                route=route,
                status=exchange.status,
                code=exchange.code,
                user=self._standing.accounts.pseudonym(caller.user_id) if caller else None,
                ms=round(seconds * 1000, 1),
            )


class Counters:
    """The counters of `shared.metrics`, found once for each kind of request."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        pair = self._found.get((method, route, status))
        if pair is None:
            pair = (HTTP_REQUESTS.labels(method, route, status), HTTP_SECONDS.labels(route))
            self._found[method, route, status] = pair
        pair[0].inc()
        pair[1].observe(seconds)
