"""The first thing a request meets in a service: what is true for every route is done here, once.

In this order: request id and trace, language, well-formed headers, who is calling (a bad token is
a 401 on any route), the body. Then Litestar. Then one canonical log line and the counters.
"""

import ipaddress
import time
from collections.abc import Awaitable, Callable, Sequence

from shared import languages, logs, tracing
from shared.errors import AulaError, InternalError
from shared.http import asgi
from shared.http.body import Disconnected, read_json
from shared.http.uploads import is_multipart
from shared.metrics import HTTP_REQUESTS, HTTP_SECONDS
from shared.pseudonyms import Pseudonyms
from shared.tokens import TokenVerifier

log = logs.get("http")

LanguageOf = Callable[[str], Awaitable[languages.Language | None]]

_OPERATIONAL = ("/healthz", "/readyz", "/metrics")


class Edge:
    """ASGI middleware around a whole service. Puts `principal` (or None) and `client` (the
    caller's address) into the scope's state."""

    def __init__(
        self,
        app: asgi.App,
        verifier: TokenVerifier,
        gateways: Sequence[str],
        pseudonyms: Pseudonyms,
        language_of: LanguageOf | None = None,
    ) -> None:
        """`gateways`: networks whose `X-Forwarded-For` is believed. `language_of`: a user's own
        language by their id, for requests that ask for none."""
        self._app = app
        self._verifier = verifier
        self._pseudonyms = pseudonyms
        self._language_of = language_of
        self._trusted = [ipaddress.ip_network(network) for network in gateways]

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        answer = Answer(send)
        error: AulaError | None = None
        try:
            await self._answer(scope, receive, answer)
        except AulaError as refusal:
            error = refusal
        except Disconnected:
            answer.status = 499  # nobody is there to read an answer
        except Exception:  # the last resort: no failure leaves without an envelope and a log entry
            log.exception("unhandled error", route=scope.get("path_template"))
            error = InternalError()
        if error is not None and not answer.status:
            await asgi.send_error(answer, error)
        self._note(scope, answer, error, time.perf_counter() - started)

    async def _answer(self, scope: asgi.Scope, receive: asgi.Receive, send: "Answer") -> None:
        raw = dict(scope["headers"])
        trace = tracing.continued(asgi.text(raw, b"x-request-id"), asgi.text(raw, b"traceparent"))
        tracing.use(trace)
        send.request_id = trace.request_id.encode()
        asked = languages.requested(
            asgi.text(raw, b"x-language"), asgi.text(raw, b"accept-language")
        )
        languages.use(asked)
        headers = asgi.header_dict(scope["headers"])
        state = scope.setdefault("state", {})
        state["client"] = self._client(scope, headers)
        authorization = asgi.text(headers, b"authorization")
        principal = self._verifier.from_header(authorization) if authorization else None
        state["principal"] = principal
        if principal and not asked and self._language_of:
            languages.use(await self._language_of(principal.user_id))
        content_type, length = (
            asgi.text(headers, b"content-type"),
            asgi.text(headers, b"content-length"),
        )
        state["multipart"] = is_multipart(content_type) and _has_body(headers)
        state["body"] = b""
        if not state["multipart"]:  # which its route reads as it comes
            state["body"] = await read_json(receive, content_type, length)
            receive = _replay(state["body"], receive)
        await self._app(scope, receive, send)

    def _client(self, scope: asgi.Scope, headers: dict[bytes, bytes]) -> str:
        """The caller's address: the last entry of `X-Forwarded-For` if a gateway wrote it."""
        peer = scope["client"][0] if scope.get("client") else "127.0.0.1"
        forwarded = asgi.text(headers, b"x-forwarded-for")
        if not forwarded:
            return str(peer)
        try:
            address = ipaddress.ip_address(peer)
            if not any(address in network for network in self._trusted):
                return str(peer)
            return str(ipaddress.ip_address(forwarded.rsplit(",", 1)[-1].strip()))
        except ValueError:
            return str(peer)

    def _note(
        self, scope: asgi.Scope, answer: "Answer", error: AulaError | None, seconds: float
    ) -> None:
        route = scope.get("path_template") or "unmatched"
        HTTP_REQUESTS.labels(scope["method"], route, answer.status).inc()
        HTTP_SECONDS.labels(route).observe(seconds)
        if scope["path"] in _OPERATIONAL:
            return
        state = scope.get("state", {})
        principal = state.get("principal")
        log.info(
            "request",
            method=scope["method"],
            route=route,
            status=answer.status,
            code=error.code if error else state.get("code"),
            user=self._pseudonyms.of(principal.user_id) if principal else None,
            ms=round(seconds * 1000, 1),
        )


class Answer:
    """`send`, noticing the status and adding the request id."""

    def __init__(self, send: asgi.Send) -> None:
        self._send = send
        self.status = 0
        self.request_id = b""

    async def __call__(self, message: asgi.Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self.request_id)]
        await self._send(message)


def _has_body(headers: dict[bytes, bytes]) -> bool:
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


def _replay(body: bytes, receive: asgi.Receive) -> asgi.Receive:
    """A `receive` that hands out the body already read, then listens for the disconnect."""
    given = False

    async def replayed() -> asgi.Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
