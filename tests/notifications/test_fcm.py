"""Pushes to Google: what it is told, and what its answers mean."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.notifications.senders.domain import LeaseLost, Refused, Result, Sent, TryAgain
from services.notifications.senders.fcm import Fcm
from services.notifications.senders.fcm_credentials import AccessToken, ServiceAccount
from services.notifications.senders.origin import Origin, Patience, trusting
from services.notifications.senders.push import Gone, Push
from shared.clock import utc_now
from shared.ids import new_id
from tests.notifications.fcm_peer import FcmPeer, fcm_peer, refusal
from tests.notifications.h2_peer import BROKEN_STREAM, Reply

PHONE = "dGhlIHRva2Vu:APA91b-of_a_phone"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[FcmPeer]:
    async with fcm_peer() as peer:
        yield peer


@pytest.fixture
def peer(server: FcmPeer) -> FcmPeer:
    server.answers, server.tokens, server.received = {}, [], []
    server.asked, server.life, server.valid = 0, 3600, ""
    return server


@pytest.fixture
async def fcm(peer: FcmPeer, tmp_path: Path) -> AsyncIterator[Fcm]:
    (tmp_path / "ca.pem").write_text(peer.ca)
    trust, patience = trusting(str(tmp_path / "ca.pem")), Patience(connect=10.0, request=30.0)
    account = ServiceAccount.parsed(msgspec.json.encode(peer.credentials).decode())
    token = AccessToken(account, Origin(account.token_origin, trust, patience), utc_now)
    fcm = Fcm(Origin(peer.url, trust, patience), token, account.project_id, utc_now)
    yield fcm
    await fcm.close()


async def go() -> None:
    pass


def push(**more: Any) -> Push:
    values = {
        "id": new_id(),
        "title": "Sonucunuz",
        "body": "B1 seviyesine ulaştınız",
        "data": {"resultId": "x"},
        "expires_at": utc_now() + timedelta(hours=1),
    }
    return Push(**(values | more))


async def sent(fcm: Fcm, token: str = PHONE) -> Result | Gone:
    return await fcm.push(token, push(), go)


async def test_a_push_is_what_google_documents(fcm: Fcm, peer: FcmPeer) -> None:
    one = push(badge=2)
    assert await fcm.push(PHONE, one, go) == Sent()
    (got,) = peer.received
    life = int(got["android"].pop("ttl").removesuffix("s"))
    assert 3590 <= life <= 3600
    assert got == {
        "token": PHONE,
        "notification": {"title": one.title, "body": one.body},
        "data": {"resultId": "x"},
        "android": {
            "priority": "HIGH",
            "notification": {"tag": one.id, "notification_count": 2},
        },
        "webpush": {"headers": {"TTL": str(life)}, "notification": {"tag": one.id}},
    }


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (refusal(404, "UNREGISTERED"), Gone()),
        (refusal(400, "INVALID_ARGUMENT"), Gone()),
        (
            refusal(400, "INVALID_ARGUMENT", field="message.data"),
            Refused("fcm 400 INVALID_ARGUMENT"),
        ),
        (refusal(400, "", field="message.data[0].value"), Refused("fcm 400")),
        (
            refusal(429, "QUOTA_EXCEEDED", retry_after="30"),
            TryAgain("fcm 429 QUOTA_EXCEEDED", 30),
        ),
        (refusal(503, "UNAVAILABLE", retry_after="5"), TryAgain("fcm 503 UNAVAILABLE", 5)),
        (Reply(500, "<html>"), TryAgain("fcm 500")),
        (refusal(403, "SENDER_ID_MISMATCH"), TryAgain("fcm 403 SENDER_ID_MISMATCH")),
        (BROKEN_STREAM, TryAgain("fcm stream reset")),
    ],
)
async def test_what_an_answer_means(
    fcm: Fcm, peer: FcmPeer, answer: Reply | str, result: Result | Gone
) -> None:
    peer.answers[PHONE] = [answer]
    assert await sent(fcm) == result


async def test_pushes_at_once_ask_for_one_access_token(fcm: Fcm, peer: FcmPeer) -> None:
    results = await asyncio.gather(*(sent(fcm, f"phone{number}") for number in range(50)))
    assert set(results) == {Sent()}
    assert peer.asked == 1


async def test_an_access_token_near_its_end_is_made_anew(fcm: Fcm, peer: FcmPeer) -> None:
    peer.life = 200
    await sent(fcm)
    await sent(fcm)
    assert peer.asked == 2


async def test_an_access_token_that_is_refused_is_made_anew_once(fcm: Fcm, peer: FcmPeer) -> None:
    await sent(fcm)
    peer.valid = "another"
    assert await sent(fcm) == Sent()
    assert peer.asked == 2
    peer.answers[PHONE] = [refusal(401, "THIRD_PARTY_AUTH_ERROR")]
    assert await sent(fcm) == TryAgain("fcm 401 THIRD_PARTY_AUTH_ERROR")
    assert peer.asked == 3


async def test_no_access_is_no_reason_to_forget_a_push_and_is_complained_of_once(
    fcm: Fcm, peer: FcmPeer, capsys: pytest.CaptureFixture[str]
) -> None:
    peer.tokens = [Reply(503, headers={"retry-after": "9"})]
    assert await sent(fcm) == TryAgain("fcm token 503", 9)
    peer.tokens = [Reply(400, {"error": "invalid_grant"})] * 2
    for _ in range(2):
        assert await sent(fcm) == TryAgain("fcm token 400")
    output = capsys.readouterr()
    assert (output.out + output.err).count("does not accept us") == 1
    assert await sent(fcm) == Sent()


async def test_who_has_lost_the_lease_sends_nothing(fcm: Fcm, peer: FcmPeer) -> None:
    async def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        await fcm.push(PHONE, push(), lost)
    assert peer.received == []


@pytest.mark.parametrize("text", ["ş" * 5000, "\x02" * 3000])
async def test_what_is_too_long_is_cut(fcm: Fcm, peer: FcmPeer, text: str) -> None:
    assert await fcm.push(PHONE, push(body=text), go) == Sent()
    assert await fcm.push(PHONE, push(data={"x": "y" * 9000}), go) == Sent()
    first, second = peer.received
    counted = msgspec.json.encode([first["notification"], first["data"]])
    assert 3000 < len(counted) < 4096
    assert second["data"] == {}


async def test_a_token_of_whatever_letters_is_sent_as_it_is(fcm: Fcm, peer: FcmPeer) -> None:
    token = '"},"evil":{"x":"\r\n'
    assert await sent(fcm, token) == Sent()
    assert peer.received[0]["token"] == token
    assert "evil" not in peer.received[0]
