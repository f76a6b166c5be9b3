"""uvicorn, with the two limits that it lacks: how long and how large a request's head may be."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared import logs
from shared.errors import AulaError, HeadersTooLarge, MalformedRequest, RequestTimeout
from shared.http import asgi
from shared.http.envelope import failure
from shared.settings import Settings, SettingsError

S = TypeVar("S", bound=Settings)

_HEAD_SECONDS = 10.0
_HEAD_BYTES = 64 * 1024
_KEEP_ALIVE = 75  # seconds; longer than any client of ours keeps an idle connection
_STOP_WITHIN = 5  # seconds for requests under way when the process is told to stop


class GuardedProtocol(HttpToolsProtocol):
    """Ends a connection whose request head comes too slowly or grows too large, and answers what
    the parser cannot read in our envelope."""

    _head_bytes = 0
    _head_open = True
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_open:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_open and self._head_bytes > _HEAD_BYTES:
            self._end(HeadersTooLarge())

    def on_message_begin(self) -> None:
        self._await_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_done()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._end(MalformedRequest("not a well-formed HTTP request"))

    def _await_head(self) -> None:
        self._head_open = True
        if self._head_timer is None:
            self._head_bytes = 0
            self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._end, RequestTimeout())

    def _head_done(self) -> None:
        self._head_open = False
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end(self, error: AulaError) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        body = failure(error)
        self.transport.write(
            b"HTTP/1.1 %d \r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
            b"connection: close\r\n\r\n%b" % (error.status, len(body), body)
        )
        self.transport.close()


def serve(process: str, settings_type: type[S], create_app: Callable[[S], asgi.App]) -> None:
    """Run a process until it is told to stop. A wrong setting ends it with a sentence, code 2."""
    try:
        settings = settings_type.from_environment()
        logs.configure(settings, process)
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
