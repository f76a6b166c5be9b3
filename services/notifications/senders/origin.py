"""A server that takes requests over HTTP/2: one connection to it, made anew when it has ended."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from services.notifications.senders.domain import Going
from services.notifications.senders.http2 import Http2Connection, NoAnswer, Response
from shared.settings import SettingsError

_REPEATS = 2  # of a request that the peer says it has not looked at


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds: for a connection, and for one request in all, the connection included."""

    connect: float = 5.0
    request: float = 10.0


_PATIENCE = Patience()


def trusting(ca_file: str) -> ssl.SSLContext:
    """The system's authorities (or `SSL_CERT_FILE`'s), and those in `ca_file`, if it is set.
    Raises SettingsError."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2"])
    if ca_file:
        try:
            context.load_verify_locations(cadata=Path(ca_file).read_text(encoding="ascii"))
        except (OSError, ValueError) as error:  # SSLError is an OSError
            raise SettingsError(
                f"AULA_PUSH_CA_FILE: {ca_file!r} is not a file with certificates (PEM)."
            ) from error
    return context


def checked_origin(variable: str, url: str) -> str:
    """`https://host` or `https://host:port`. Raises SettingsError."""
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme == "https"
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
            and parts.path in ("", "/")
            and not (parts.query or parts.fragment or parts.username)
        )
    except ValueError:
        good = False
    if not good:
        raise SettingsError(f"{variable}: {url!r} is not an address such as https://host:443.")
    return url.rstrip("/")


class Origin:
    def __init__(self, url: str, tls: ssl.SSLContext, patience: Patience = _PATIENCE) -> None:
        """`url`: see `checked_origin`."""
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._authority = parts.netloc
        self._tls = tls
        self._patience = patience
        self._connection: Http2Connection | None = None
        self._connecting: asyncio.Task[Http2Connection] | None = None

    async def post(
        self, path: str, headers: Mapping[str, str], body: bytes, going: Going | None = None
    ) -> Response:
        """Raises NoAnswer, soon enough. `going`: awaited when nothing else is to be waited for."""
        sent, connection = 0.0, None
        try:
            async with asyncio.timeout(self._patience.request):
                for repeat in range(_REPEATS + 1):
                    connection = await self._connected()
                    try:
                        await connection.room()
                        if going is not None:
                            await going()
                        sent = time.monotonic()
                        return await connection.post(self._authority, path, headers, body)
                    except NoAnswer as error:
                        if not error.untouched or repeat == _REPEATS:
                            raise
        except TimeoutError:
            # One answer may be late; when none of all came, nobody is there any more.
            if connection is not None and connection.heard < sent:
                connection.abort("silent")
            raise NoAnswer("timeout") from None
        raise AssertionError("unreachable")

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        if self._connection is not None:
            self._connection.close()

    async def _connected(self) -> Http2Connection:
        if self._connection is not None and self._connection.usable:
            return self._connection
        # All who need one wait for the same: it comes for all of them, or for none.
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(self._connect())
            self._connecting.add_done_callback(_looked_at)
        connecting = self._connecting
        try:
            self._connection = await asyncio.shield(connecting)
        except asyncio.CancelledError:
            if connecting.cancelled():
                raise NoAnswer("closed", untouched=True) from None
            raise
        return self._connection

    async def _connect(self) -> Http2Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._patience.connect):
                transport, connection = await loop.create_connection(
                    Http2Connection,
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host,
                )
        except (OSError, TimeoutError) as error:
            raise NoAnswer(f"{type(error).__name__} connect") from None
        session = transport.get_extra_info("ssl_object")
        if session is None or session.selected_alpn_protocol() != "h2":
            connection.abort("no http/2")
            raise NoAnswer("no http/2")
        return connection


def _looked_at(connecting: "asyncio.Task[Http2Connection]") -> None:
    """It may fail when nobody waits for it any more."""
    if not connecting.cancelled():
        connecting.exception()
