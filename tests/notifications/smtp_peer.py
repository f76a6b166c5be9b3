"""A real SMTP server that does to each recipient what the test says."""

import asyncio
import socket
import ssl
import warnings
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 OK"
NEVER = "never"  # as an answer: nothing
HANG_UP = "hang up"  # as an answer: the connection's end
SLOW = "slow"  # as an answer: 250, after a second
DRIP = "drip"  # as an answer: 250, a byte a second
HELD = "held"  # as an answer: 250, once `released` is set


@dataclass(frozen=True)
class Mail:
    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content())


@dataclass
class SmtpPeer:
    """`rcpt` and `data` hold, by recipient, the answers to come; the last one stays. `quit` is the
    answer to each QUIT. `took` is all that was handed over whole, `mails` what was answered with
    yes."""

    port: int = 0
    rcpt: dict[str, list[str]] = field(default_factory=dict)
    data: dict[str, list[str]] = field(default_factory=dict)
    quit: str = "221 bye"
    mails: list[Mail] = field(default_factory=list)
    took: list[Mail] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # RCPT by recipient
    connections: int = 0
    quits: int = 0
    logins: list[bytes] = field(default_factory=list)
    open: list[SMTP] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def close_connections(self) -> None:
        for server in self.open:
            if server.transport is not None:
                server.transport.abort()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, recipient: str) -> list[Mail]:
        return [mail for mail in self.mails if mail.recipient == recipient]

    def taken(self, recipient: str) -> list[Mail]:
        return [mail for mail in self.took if mail.recipient == recipient]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        self.seen[address] += 1
        answer = await self._given(server, _next(self.rcpt, address))
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        content = envelope.content
        assert isinstance(content, bytes)
        mail = Mail(address, content)
        self.took.append(mail)
        answer = await self._given(server, _next(self.data, address))
        if answer.startswith("2"):
            self.mails.append(mail)
        return answer

    async def handle_QUIT(self, server: SMTP, _: Session, __: Envelope) -> str:  # noqa: N802
        self.quits += 1
        return await self._given(server, self.quit)

    def login(self, _: Any, __: Any, ___: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        self.logins.append(data.password)
        return AuthResult(success=data.password == b"right", handled=False)

    async def _given(self, server: SMTP, answer: str) -> str:
        if answer == NEVER:
            await asyncio.Event().wait()
        if answer == HANG_UP:
            server.transport.abort()
        if answer == SLOW:
            await asyncio.sleep(1)
            return OK
        if answer == DRIP:
            for byte in b"250-slow\r\n250-and slower\r\n":
                server.transport.write(bytes([byte]))
                await asyncio.sleep(1)
            return OK
        if answer == HELD:
            await self.released.wait()
            return OK
        return answer


def _next(answers: dict[str, list[str]], recipient: str) -> str:
    waiting = answers.get(recipient)
    if not waiting:
        return OK
    return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def place() -> Iterator[socket.socket]:
    """Where a server may be, and nobody else: until one is, connections are refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held


def url_of(place: socket.socket) -> str:
    return f"smtp://127.0.0.1:{place.getsockname()[1]}"


@asynccontextmanager
async def smtp_peer(
    at: socket.socket | None = None, tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[SmtpPeer]:
    """`at`: a `place`."""
    peer = SmtpPeer()
    loop = asyncio.get_running_loop()

    def connected() -> SMTP:
        peer.connections += 1
        authenticator = peer.login if options.get("auth_required") else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of unsafe settings; they are the point
            server = SMTP(
                peer,
                hostname="peer.test",
                loop=loop,
                tls_context=tls,
                authenticator=authenticator,
                **options,
            )
        peer.open.append(server)
        return server

    where: dict[str, Any] = {"sock": at} if at else {"host": "127.0.0.1", "port": 0}
    listening = await loop.create_server(connected, **where)
    peer.port = listening.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        listening.close()
        peer.close_connections()
        for server in peer.open:
            if server._handler_coroutine is not None:
                server._handler_coroutine.cancel()
        await listening.wait_closed()
