"""uvicorn, with the limits that it lacks."""

import asyncio
import ctypes
import socket
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared import logs, tracing
from shared.errors import AulaError, HeadersTooLarge, MalformedRequest, RequestTimeout
from shared.http import asgi
from shared.http.envelope import failure
from shared.settings import Settings, SettingsError

S = TypeVar("S", bound=Settings)

_HEAD_SECONDS = 10.0
_HEAD_BYTES = 64 * 1024
_REST_SECONDS = 1.0  # for what a client still sends after its answer
_STALLED_MS = 30_000  # for a peer that acknowledges nothing or takes nothing
_KEEP_ALIVE = 75  # seconds; longer than any client of ours keeps an idle connection
_STOP_WITHIN = 5  # seconds for requests under way when the process is told to stop

_PR_SET_DUMPABLE = 4


class GuardedProtocol(HttpToolsProtocol):
    """Closes what uvicorn leaves open: a head that comes slowly, or endlessly, or never; trailers,
    which it would mix into the headers; a body that goes on after its answer; a peer that takes no
    bytes. What the parser cannot read is answered in our envelope."""

    _head_bytes = 0
    _head_open = False
    _head_timer: asyncio.TimerHandle | None = None
    _rest_timer: asyncio.TimerHandle | None = None  # running: a body goes on after its answer
    _ended = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()
        if sys.platform == "linux":
            # Also for a peer that acknowledges, and keeps its window shut.
            connection: socket.socket = transport.get_extra_info("socket")
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _STALLED_MS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_done()
        self._rest_done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        if self._head_timer is None and self._is_between_requests():
            self._await_head()  # empty lines begin no message for the parser
        if self._head_open:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_open and self._head_bytes > _HEAD_BYTES:
            self._end(HeadersTooLarge())

    def on_message_begin(self) -> None:
        self._await_head()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head_open:
            super().on_header(name, value)
        else:
            self._end(MalformedRequest("trailers are not accepted"))

    def on_headers_complete(self) -> None:
        self._head_done()
        super().on_headers_complete()
        if self.parser.should_upgrade():
            # It is answered as any other request, but the parser reads no further after it.
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._rest_done()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:
            self._rest_timer = self.loop.call_later(_REST_SECONDS, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        self._end(MalformedRequest("not a well-formed HTTP request"))

    def _is_between_requests(self) -> bool:
        return self._rest_timer is None and (self.cycle is None or self.cycle.response_complete)

    def _unsupported_upgrade_warning(self) -> None:
        """That a client asked for another protocol is no news."""

    def _await_head(self) -> None:
        self._head_open = True
        if self._head_timer is None:
            self._head_bytes = 0
            self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._head_too_late)

    def _head_done(self) -> None:
        self._head_open = False
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _rest_done(self) -> None:
        if self._rest_timer is not None:
            self._rest_timer.cancel()
            self._rest_timer = None

    def _head_too_late(self) -> None:
        if self._head_bytes:
            self._end(RequestTimeout())
        else:
            self.transport.close()  # opened in advance, and not used

    def _end(self, error: AulaError) -> None:
        """Answer `error` if nothing was answered yet, and end the connection."""
        if self._ended or self.transport.is_closing():
            return
        self._ended = True
        cycle = self.cycle
        under_way = cycle is not None and not cycle.response_complete
        if under_way:
            cycle.disconnected = True  # so that the application neither waits nor writes
            cycle.message_event.set()
        if under_way and cycle.response_started:
            self.transport.close()
            return
        body = failure(error)
        self.transport.write(
            b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
            b"x-request-id: %b\r\ncache-control: no-store\r\nconnection: close\r\n\r\n%b"
            % (
                error.status,
                HTTPStatus(error.status).phrase.encode(),
                len(body),
                tracing.continued(None, None).request_id.encode(),
                body,
            )
        )
        # To close at once, with bytes unread, would take the answer back from the client.
        self.transport.write_eof()
        self.loop.call_later(_REST_SECONDS, self.transport.close)


def serve(process: str, settings_type: type[S], create_app: Callable[[S], asgi.App]) -> None:
    """Run a process until it is told to stop. A wrong setting ends it with a sentence, code 2."""
    try:
        settings = settings_type.from_environment()
        logs.configure(settings, process)
        if settings.is_production:
            _keep_to_ourselves()
        app = create_app(settings)
    except SettingsError as error:
        sys.stderr.write(f"{process} cannot start: {error}\n")
        sys.exit(2)
    uvicorn.run(
        app,
        host=settings.listen_host,
        port=settings.listen_port,
        loop="uvloop",
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_STOP_WITHIN,
    )


def _keep_to_ourselves() -> None:
    """Other processes of this user, as those that look into files, can read neither our environment
    nor our memory, and no core holds them. (In development that would keep debuggers out.)"""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
