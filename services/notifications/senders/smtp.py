"""Mail over SMTP: a few connections, used again and again, and one verdict for each attempt."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import aiosmtplib
import msgspec
from aiosmtplib.protocol import PERIOD_REGEX

from services.notifications.senders.domain import Going, Message, Refused, Result, Sent
from services.notifications.senders.mime import From, Letter, letter
from services.notifications.senders.smtp_server import SmtpServer
from services.notifications.senders.smtp_verdicts import Attempt, no_answer, verdict
from shared.clock import Clock

_IDLE_SECONDS = 20.0  # servers close idle connections, some after half a minute
_QUIT_SECONDS = 1.0  # for all connections together


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds for one attempt in all, once it has a connection's place, and for one answer."""

    attempt: float = 15.0
    answer: float = 5.0


_PATIENCE = Patience()


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
        # News come by the thousand: they are first in nobody's way, not even in that of retries.
        self._places_for_news = asyncio.Semaphore(max(1, connections // 4))
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []

    async def send(self, message: Message, going: Going) -> Result:
        try:
            mail = letter(message, self._sender, self._clock())
        except ValueError:
            return Refused("not an address")
        async with self._place(message):
            attempt = Attempt()
            try:
                async with asyncio.timeout(self._patience.attempt):
                    return await self._send(mail, going, attempt)
            except aiosmtplib.SMTPResponseException as error:
                return verdict(attempt, error.code, error.message)
            except _NotInternational:
                return Refused("no smtputf8")
            except (TimeoutError, OSError, aiosmtplib.SMTPException) as error:
                return no_answer(attempt, error)

    async def close(self) -> None:
        idle, self._idle = [connection for connection, _ in self._idle], []
        with suppress(TimeoutError):
            async with asyncio.timeout(_QUIT_SECONDS):
                await asyncio.gather(*map(_quit, idle))

    @asynccontextmanager
    async def _place(self, message: Message) -> AsyncIterator[None]:
        gates = [self._places_for_news] if message.is_news else []
        gates += [self._places_for_retries] if message.is_news or message.is_retry else []
        async with AsyncExitStack() as stack:
            for gate in (*gates, self._places):
                await stack.enter_async_context(gate)
            yield

    async def _send(self, mail: Letter, going: Going, attempt: Attempt) -> Result:
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

    async def _begun(self, mail: Letter, attempt: Attempt) -> aiosmtplib.SMTP:
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


async def _quit(connection: aiosmtplib.SMTP) -> None:
    try:
        with suppress(aiosmtplib.SMTPException, OSError):
            await connection.quit()
    finally:
        connection.close()


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


async def _hand_over(connection: aiosmtplib.SMTP, content: bytes, attempt: Attempt) -> None:
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
