"""The SMTP client alone, against real servers: encryption, log-in, alphabets, patience."""

import asyncio
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notifications.senders.domain import Message, Refused, Result, Sent, TryAgain, Unknown
from services.notifications.senders.mime import From
from services.notifications.senders.smtp import Patience, SmtpSender
from services.notifications.senders.smtp_server import SmtpServer
from shared.clock import utc_now
from shared.settings import SettingsError
from tests.eventually import eventually
from tests.notifications.smtp_peer import DRIP, HANG_UP, NEVER, SLOW, SmtpPeer, smtp_peer

SENDER = From("Aula", "no-reply@aula.test")
QUICK = Patience(attempt=0.6, answer=0.3)
SLOWLY = Patience(attempt=60.0, answer=30.0)
TRIES = 10  # of what a busy machine may be too slow for


def message(to: str = "ada@school.test") -> Message:
    return Message(id="1", channel="email", to=to, subject="s", text=".dots\n..\n", code="123456")


async def go() -> None:
    pass


async def sent(url: str, to: str = "ada@school.test", patience: Patience = SLOWLY) -> Result:
    sender = SmtpSender(SmtpServer.from_url(url), SENDER, 4, utc_now, patience)
    try:
        return await sender.send(message(to), go)
    finally:
        await sender.close()


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "peer.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    both: Path = folder / "peer.pem"
    both.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


async def test_dots_and_lines_arrive_as_they_were(peer: SmtpPeer) -> None:
    assert await sent(peer.url) == Sent()
    assert peer.mails[0].message.get_content() == ".dots\r\n..\r\n"


async def test_encryption_is_used_where_it_is_offered(self_signed: ssl.SSLContext) -> None:
    async with smtp_peer(tls=self_signed, require_starttls=True) as peer:
        assert await sent(peer.url) == Sent()


async def test_no_mail_and_no_password_without_a_certificate_to_trust(
    self_signed: ssl.SSLContext,
) -> None:
    async with smtp_peer(tls=self_signed, auth_required=True) as peer:
        for url in (
            f"smtp://127.0.0.1:{peer.port}?tls=required",
            f"smtp://ada:right@127.0.0.1:{peer.port}",
            f"smtps://127.0.0.1:{peer.port}",
        ):
            assert isinstance(await sent(url), TryAgain)
        assert (peer.logins, peer.took) == ([], [])


async def test_no_password_goes_to_a_server_that_does_not_encrypt() -> None:
    async with smtp_peer(auth_required=True, auth_require_tls=False) as peer:
        result = await sent(f"smtp://ada:right@127.0.0.1:{peer.port}")
        assert result == TryAgain("SMTPException connect")
        assert peer.logins == []


async def test_a_server_that_wants_a_log_in_is_asked_again(peer: SmtpPeer) -> None:
    async with smtp_peer(auth_required=True, auth_require_tls=False) as strict:
        assert await sent(strict.url) == TryAgain("smtp 530 mail")


async def test_letters_beyond_ascii_go_only_where_they_are_welcome(peer: SmtpPeer) -> None:
    assert await sent(peer.url, "josé@school.test") == Refused("no smtputf8")
    async with smtp_peer(enable_SMTPUTF8=True) as modern:
        assert await sent(modern.url, "josé@school.test") == Sent()
        assert modern.mails[0].recipient == "josé@school.test"


async def test_no_answer_before_the_mail_was_handed_over_is_not_sent_yet(peer: SmtpPeer) -> None:
    for answer in (NEVER, DRIP):
        peer.rcpt["ada@school.test"] = [answer]
        assert TryAgain("timeout rcpt") in await impatiently(peer)
        assert peer.took == []


async def test_no_answer_after_the_mail_was_handed_over_is_not_known(peer: SmtpPeer) -> None:
    for answer in (NEVER, DRIP):
        peer.data["ada@school.test"] = [answer]
        results = await impatiently(peer)
        assert results[-1] == Unknown("timeout data")
        assert all(isinstance(each, TryAgain) for each in results[:-1])


async def impatiently(peer: SmtpPeer) -> list[Result]:
    """What became of attempts, up to the first that came as far as the answer that does not."""
    results: list[Result] = []
    for _ in range(TRIES):
        results.append(await sent(peer.url, patience=QUICK))
        if results[-1] in (TryAgain("timeout rcpt"), Unknown("timeout data")):
            break
    return results


async def test_answers_that_drip_take_no_place_from_others(peer: SmtpPeer) -> None:
    sender = SmtpSender(SmtpServer.from_url(peer.url), SENDER, 10, utc_now, SLOWLY)
    drips = [f"slow{number}@drip.test" for number in range(8)]
    peer.rcpt = {recipient: [DRIP] for recipient in drips}
    slow = [asyncio.create_task(sender.send(message(each), go)) for each in drips]
    await eventually(lambda: all(peer.seen[each] for each in drips))
    results = await asyncio.gather(
        *(sender.send(message(f"quick{number}@school.test"), go) for number in range(20))
    )
    assert set(results) == {Sent()}
    assert not any(task.done() for task in slow)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    await sender.close()


async def test_what_forbids_to_go_on_comes_through_before_anything_is_handed_over(
    peer: SmtpPeer,
) -> None:
    async def forbidden() -> None:
        raise KeyError

    sender = SmtpSender(SmtpServer.from_url(peer.url), SENDER, 4, utc_now)
    with pytest.raises(KeyError):
        await sender.send(message(), forbidden)
    assert peer.seen["ada@school.test"] == 1
    assert peer.took == []
    assert await sender.send(message(), go) == Sent()
    await sender.close()


@pytest.mark.parametrize("answer", ["221 bye", NEVER, DRIP, HANG_UP])
async def test_all_connections_are_quit_together_within_a_second(
    peer: SmtpPeer, answer: str
) -> None:
    sender = SmtpSender(SmtpServer.from_url(peer.url), SENDER, 4, utc_now)
    recipients = [f"ada{number}@school.test" for number in range(4)]
    for recipient in recipients:
        peer.data[recipient] = [SLOW]  # so that each takes a connection of its own
    await asyncio.gather(*(sender.send(message(recipient), go) for recipient in recipients))
    peer.quit = answer
    begin = time.monotonic()
    await sender.close()
    assert time.monotonic() - begin < 4  # a single answer may take five seconds
    assert (peer.connections, peer.quits) == (4, 4)


@pytest.mark.parametrize(
    ("answer", "dead"),
    [
        ("550 no such user", True),
        ("551 not here", True),
        ("553 no mailbox by that name", True),
        ("550 5.1.1 unknown", True),
        ("556 5.1.10 takes no mail", True),
        ("554 5.1.6 moved", True),
        ("550 5.1.8 bad sender", False),
        ("550 5.7.1 blocked", False),
        ("550 5.2.1 disabled", False),
        ("552 full", False),
        ("554 no", False),
    ],
)
async def test_which_refusals_mean_that_the_address_is_dead(
    peer: SmtpPeer, answer: str, dead: bool
) -> None:
    peer.rcpt["ada@school.test"] = [answer]
    assert await sent(peer.url) == Refused(f"smtp {answer[:3]} rcpt", dead_address=dead)


@pytest.mark.parametrize(
    "url", ["http://mail.test", "smtp://", "smtp://mail.test:port", "smtp://m.test?tls=no", "mail"]
)
def test_a_url_that_cannot_be_meant_stops_the_start_and_is_not_quoted(url: str) -> None:
    with pytest.raises(SettingsError, match="AULA_SMTP_URL") as refused:
        SmtpServer.from_url(url.replace("//", "//user:hidden@"))
    assert "hidden" not in str(refused.value)


def test_how_a_url_is_read() -> None:
    server = SmtpServer.from_url("smtp://us%40er:p%2Fw@mail.test")
    assert (server.user, server.password, server.port) == ("us@er", "p/w", 587)
    assert server.must_encrypt
    assert not server.implicit_tls
    assert "p/w" not in repr(server)
    assert SmtpServer.from_url("smtps://mail.test").port == 465
    assert not SmtpServer.from_url("smtp://mail.test:25").must_encrypt
    assert SmtpServer.from_url("smtp://mail.test?tls=required").must_encrypt
