"""A code by mail: what becomes of it, whatever the mail server does."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from deploy.stack import Stack
from services.notifications.settings import Secret
from shared.clock import utc_now
from tests.eventually import eventually
from tests.notifications.running import Auth, Notifications, notifications
from tests.notifications.smtp_peer import DRIP, HANG_UP, HELD, SmtpPeer, place, smtp_peer, url_of

ADA, BOB = "ada@school.test", "bob@school.test"


@pytest.fixture
async def service(backbone: Stack, prefix: str, peer: SmtpPeer) -> AsyncIterator[Notifications]:
    async with notifications(backbone, prefix, smtp_url=Secret(peer.url)) as service:
        yield service


async def ended(service: Notifications, recipient: str, *states: str) -> bool:
    return await service.states(recipient) == list(states)


async def test_a_code_that_is_asked_for_arrives_by_mail(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    await auth.ask(ADA, "042137", language="de")
    (mail,) = await eventually(lambda: peer.to(ADA))
    assert "042137" in mail.part("plain")
    assert "042137" in mail.part("html")
    await eventually(lambda: ended(service, ADA, "sent"))
    row = await service.row(ADA)
    assert mail.message["Message-ID"] == f"<{row['_id']}@aula.test>"
    assert row["attempts"] == 1
    assert row["sent_at"] >= row["created_at"]
    assert (row["remove_at"] - row["sent_at"]).days == 30
    assert not {"lease", "due_at", "recipient", "sealed", "context", "params"} & row.keys()


async def test_connections_are_used_again(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    for number in range(5):
        await auth.ask(f"ada{number}@school.test")
        await eventually(partial(ended, service, f"ada{number}@school.test", "sent"))
    assert peer.connections == 1


@pytest.mark.parametrize("step", ["rcpt", "data"])
async def test_a_temporary_no_is_asked_again(
    service: Notifications, auth: Auth, peer: SmtpPeer, step: str
) -> None:
    getattr(peer, step)[ADA] = ["451 4.7.1 greylisted"]
    await auth.ask(ADA)

    async def refused() -> bool:
        row = await service.row(ADA)
        return (row["state"], row.get("error")) == ("retrying", f"smtp 451 {step}")

    await eventually(refused)
    getattr(peer, step)[ADA] = ["250 OK"]
    await eventually(lambda: ended(service, ADA, "sent"), within=30)
    row = await service.row(ADA)
    assert (row["attempts"], row["error"]) == (peer.seen[ADA], None)
    assert (peer.seen[ADA] > 1, len(peer.to(ADA))) == (True, 1)
    assert len({mail.message["Message-ID"] for mail in peer.taken(ADA)}) == 1


async def test_a_dead_address_is_left_alone_from_then_on(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    peer.rcpt[ADA] = ["550 5.1.1 no such user"]
    await auth.ask(ADA)
    await eventually(lambda: ended(service, ADA, "failed"))
    await auth.ask(ADA)
    await eventually(lambda: ended(service, ADA, "failed", "failed"))
    assert [row["error"] for row in await service.rows(ADA)] == ["smtp 550 rcpt", "suppressed"]
    assert peer.seen[ADA] == 1
    assert ADA not in repr(await service.everything())


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("rcpt", "550 5.7.1 your network is on a list"),
        ("rcpt", "552 5.2.2 mailbox full"),
        ("data", "554 5.7.1 looks like spam"),
        ("data", "550 no"),
    ],
)
async def test_a_no_that_is_not_about_the_address_suppresses_nothing(
    service: Notifications, auth: Auth, peer: SmtpPeer, step: str, answer: str
) -> None:
    getattr(peer, step)[ADA] = [answer, "250 OK"]
    await auth.ask(ADA)
    await eventually(lambda: ended(service, ADA, "failed"))
    assert (await service.row(ADA))["error"] == f"smtp {answer[:3]} {step}"
    await auth.ask(ADA)
    await eventually(lambda: ended(service, ADA, "failed", "sent"))


async def test_a_server_that_is_away_is_tried_until_it_is_back(
    backbone: Stack, auth: Auth, prefix: str
) -> None:
    with place() as away:
        async with notifications(backbone, prefix, smtp_url=Secret(url_of(away))) as service:
            await auth.ask(ADA)
            await eventually(lambda: ended(service, ADA, "retrying"))
            async with smtp_peer(away) as back:
                await eventually(lambda: back.to(ADA), within=30)
                await eventually(lambda: ended(service, ADA, "sent"))


async def test_what_was_taken_and_never_answered_is_not_sent_again(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    peer.data[ADA] = [HANG_UP, "250 OK"]
    await auth.ask(ADA)
    await eventually(lambda: ended(service, ADA, "unknown"))
    assert not {"recipient", "sealed"} & (await service.row(ADA)).keys()
    assert len(peer.taken(ADA)) == 1


async def test_a_connection_that_the_server_closed_meanwhile_costs_no_attempt(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    await auth.ask(BOB)
    await eventually(lambda: ended(service, BOB, "sent"))
    peer.close_connections()
    await auth.ask(BOB)
    await eventually(lambda: ended(service, BOB, "sent", "sent"))
    assert [row["attempts"] for row in await service.rows(BOB)] == [1, 1]


async def test_a_dripping_answer_does_not_hold_up_others(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    slow = [f"slow{number}@drip.test" for number in range(8)]
    for recipient in slow:
        peer.rcpt[recipient] = [DRIP]
        await auth.ask(recipient)
    await eventually(lambda: all(peer.seen[recipient] for recipient in slow))
    for number in range(20):
        await auth.ask(f"quick{number}@school.test")
    quick = [f"quick{number}@school.test" for number in range(20)]
    # After one another the slow ones would take 40 s: each has 5 s for its answer.
    await eventually(lambda: all(peer.to(recipient) for recipient in quick), within=20)
    assert not any(peer.taken(recipient) for recipient in slow)


async def test_a_dead_code_is_never_sent(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    peer.rcpt[ADA] = ["451 later"]
    await auth.ask(ADA)
    await auth.ask(BOB, life=-1)
    await eventually(lambda: ended(service, BOB, "expired"))
    await eventually(lambda: ended(service, ADA, "retrying"))
    over = {"$set": {"expires_at": utc_now()}}
    await service.database["deliveries"].update_one({"recipient": ADA}, over)
    await eventually(lambda: ended(service, ADA, "expired"), within=30)
    assert peer.took == []
    assert peer.seen[BOB] == 0
    row = await service.row(ADA)
    assert row["error"] == "smtp 451 rcpt"
    for ended_row in (row, await service.row(BOB)):
        assert not {"recipient", "sealed"} & ended_row.keys()


@pytest.mark.parametrize(
    "recipient",
    [
        "ada@school.test\r\nBcc: eve@evil.test",
        "ada@school.test\nX: y",
        "<ada@a.test> <b@b.test>",
        "ada",
    ],
)
async def test_a_recipient_cannot_add_headers_or_commands(
    service: Notifications, auth: Auth, peer: SmtpPeer, recipient: str
) -> None:
    await auth.ask(recipient)
    await eventually(lambda: ended(service, recipient, "failed"))
    assert (await service.row(recipient))["error"] == "not an address"
    assert peer.took == []
    assert not peer.seen


async def test_a_stop_lets_what_is_under_way_end(
    backbone: Stack, auth: Auth, peer: SmtpPeer, prefix: str
) -> None:
    peer.data[ADA] = [HELD]
    async with notifications(backbone, prefix, smtp_url=Secret(peer.url)):
        await auth.ask(ADA)
        await eventually(lambda: peer.taken(ADA))
        assert not peer.to(ADA)
        peer.released.set()  # and before that is heard, the stop has begun
    async with notifications(backbone, prefix, smtp_url=Secret(peer.url)) as again:
        assert await again.states(ADA) == ["sent"]
    assert len(peer.to(ADA)) == 1
