"""Mail over SMTP: a few connections, used again and again, and one verdict for each attempt.

What the server says is judged by its numbers alone; its words may quote the mail, so they go
nowhere, not even into a log.
"""

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import msgspec
from aiosmtplib.protocol import PERIOD_REGEX

from services.notifications.domain import Going, Message, Refused, Result, Sent, TryAgain, Unknown
from services.notifications.mime import From, Letter, letter
from shared import logs
from shared.clock import Clock
from shared.settings import SettingsError

log = logs.get("smtp")

_IDLE_SECONDS = 20.0  # servers close idle connections, some after half a minute

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463: of "bad address" those about the recipient (5.1.7 and 5.1.8 are about the sender).
_DEAD_DETAILS = frozenset({"0", "1", "2", "3", "6", "10"})
_DEAD_CODES = frozenset({550, 551, 553})
_MISCONFIGURED = frozenset({530, 534, 535, 538})  # they want a log-in, TLS, another password
# The library's words for "no STARTTLS", "no AUTH", and Python's for a certificate it cannot trust.
_MISMATCHES = (aiosmtplib.SMTPNotSupported, aiosmtplib.SMTPException, ssl.SSLCertVerificationError)


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds for one attempt in all, once it has a connection's place, and for one answer."""

    attempt: float = 15.0
    answer: float = 5.0


_PATIENCE = Patience()


class SmtpServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail goes. `must_encrypt`: no mail, and no password, without verified TLS."""

    host: str
    port: int
    user: str | None
    password: str | None
    implicit_tls: bool
    must_encrypt: bool

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port})"

    @classmethod
    def from_url(cls, url: str) -> "SmtpServer":
        """Raises SettingsError, without quoting the URL: it holds a password."""
        try:
            parts = urlsplit(url)
            port = parts.port
            tls = parse_qs(parts.query).get("tls", ["offered"])[-1]
        except ValueError:
            raise SettingsError("AULA_SMTP_URL is not a URL.") from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SettingsError(
                "AULA_SMTP_URL must be like smtp://user:password@host:587 or smtps://host."
            )
        if tls not in ("offered", "required"):
            raise SettingsError("AULA_SMTP_URL: tls= can be `offered` or `required`.")
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=port or (465 if implicit else 587 if parts.password else 25),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            implicit_tls=implicit,
            must_encrypt=implicit or tls == "required" or bool(parts.password),
        )


class _Attempt:
    """How far one attempt has come."""

    def __init__(self) -> None:
        self.step = "connect"
        self.handed_over = False


class _NotInternational(Exception):
    """The address has letters that this server cannot take."""


class SmtpSender:
    def __init__(
        self,
        server: SmtpServer,
        sender: From,
        connections: int,
        clock: Clock,
        patience: Patience = _PATIENCE,
    ) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock
        self._patience = patience
        self._places = asyncio.Semaphore(connections)
        # What failed before may fail slowly: retries leave room for those who come first.
        self._places_for_retries = asyncio.Semaphore(connections // 2)
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []

    async def send(self, message: Message, going: Going) -> Result:
        try:
            mail = letter(message, self._sender, self._clock())
        except ValueError:
            return Refused("not an address")
        async with self._place(message.is_retry):
            attempt = _Attempt()
            try:
                async with asyncio.timeout(self._patience.attempt):
                    return await self._send(mail, going, attempt)
            except aiosmtplib.SMTPResponseException as error:
                return _verdict(attempt, error.code, error.message)
            except _NotInternational:
                return Refused("no smtputf8")
            except (TimeoutError, OSError, aiosmtplib.SMTPException) as error:
                return _no_answer(attempt, error)

    async def close(self) -> None:
        while self._idle:
            connection, _ = self._idle.pop()
            with suppress(aiosmtplib.SMTPException, OSError):
                await connection.quit(timeout=0.5)
            connection.close()

    @asynccontextmanager
    async def _place(self, is_retry: bool) -> AsyncIterator[None]:
        if not is_retry:
            async with self._places:
                yield
            return
        async with self._places_for_retries, self._places:
            yield

    async def _send(self, mail: Letter, going: Going, attempt: _Attempt) -> Result:
        connection = await self._begun(mail, attempt)
        try:
            attempt.step = "rcpt"
            await connection.rcpt(
                mail.recipient, encoding="utf-8" if mail.international else "ascii"
            )
            await going()
            attempt.step = "data"
            await _hand_over(connection, mail.content, attempt)
        except BaseException:
            connection.close()
            raise
        self._idle.append((connection, time.monotonic()))
        return Sent()

    async def _begun(self, mail: Letter, attempt: _Attempt) -> aiosmtplib.SMTP:
        """A connection whose server has taken MAIL FROM."""
        while self._idle:
            connection, since = self._idle.pop()
            if time.monotonic() - since > _IDLE_SECONDS:
                connection.close()
                continue
            with suppress(aiosmtplib.SMTPException, OSError):
                # Whatever an old connection says to this is asked again on a new one.
                return await _begin(connection, mail)
        connection = self._connection()
        await connection.connect()
        attempt.step = "mail"
        return await _begin(connection, mail)

    def _connection(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            local_hostname=self._sender.domain,
            timeout=self._patience.answer,
            use_tls=server.implicit_tls,
            start_tls=True if server.must_encrypt and not server.implicit_tls else None,
            # Where plain text would do as well, an unknown certificate is better than none
            # (RFC 7435); many a mail server next door has one that it signed itself.
            validate_certs=server.must_encrypt,
        )


async def _begin(connection: aiosmtplib.SMTP, mail: Letter) -> aiosmtplib.SMTP:
    try:
        if mail.international and connection.is_ehlo_or_helo_needed:
            await connection.ehlo()
        if mail.international and not connection.supports_extension("smtputf8"):
            raise _NotInternational
        await connection.mail(mail.sender, options=["SMTPUTF8"] if mail.international else [])
    except BaseException:
        connection.close()
        raise
    return connection


async def _hand_over(connection: aiosmtplib.SMTP, content: bytes, attempt: _Attempt) -> None:
    """DATA in its two halves, because it matters in which of them an answer fails to come."""
    answer = await connection.execute_command(b"DATA")
    if answer.code != 354:
        raise aiosmtplib.SMTPDataError(answer.code, answer.message)
    protocol = connection.protocol
    if protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("lost before the mail was sent")
    attempt.handed_over = True
    protocol.write(PERIOD_REGEX.sub(b"..", content) + b".\r\n")
    # As long as the attempt may take: this is the answer that must not be missed.
    answer = await protocol.read_response(timeout=None)
    if not 200 <= answer.code < 300:
        raise aiosmtplib.SMTPDataError(answer.code, answer.message)


def _verdict(attempt: _Attempt, code: int, words: str) -> Result:
    """What an answer other than yes means."""
    reason = f"smtp {code} {attempt.step}"
    if not 400 <= code < 600:
        return Unknown(reason) if attempt.handed_over else TryAgain(reason)
    if code < 500:
        return TryAgain(reason)
    if attempt.step == "connect" or code in _MISCONFIGURED:
        # Not about this mail: somebody must put the settings or the server right.
        log.error("the mail server does not accept us", reason=reason)
        return TryAgain(reason)
    return Refused(reason, dead_address=attempt.step == "rcpt" and _is_dead(code, words))


def _is_dead(code: int, words: str) -> bool:
    """The address does not exist: the enhanced status says so or, without one, the code."""
    status = _ENHANCED.match(words)
    if status is None:
        return code in _DEAD_CODES
    return status[1] == "5" and status[2] == "1" and status[3] in _DEAD_DETAILS


def _no_answer(attempt: _Attempt, error: Exception) -> Result:
    kind = "timeout" if isinstance(error, TimeoutError) else type(error).__name__
    reason = f"{kind} {attempt.step}"
    if attempt.handed_over:
        # It may have been taken. Sending again would be sending twice, so it is left at that.
        return Unknown(reason)
    if type(error) in _MISMATCHES:
        log.error("the mail server lacks what the settings demand", reason=reason)
    return TryAgain(reason)
