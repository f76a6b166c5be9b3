"""Pushes to Apple: what it is told, and what its answers mean."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest

from services.notifications.senders.apns import Apns
from services.notifications.senders.apns_token import ProviderToken, signing_key
from services.notifications.senders.domain import (
    LeaseLost,
    Refused,
    Result,
    Sent,
    TryAgain,
)
from services.notifications.senders.origin import Origin, Patience, trusting
from services.notifications.senders.push import ActivityPush, Alert, Gone, Push
from shared.clock import utc_now
from shared.ids import new_id
from tests.notifications.apns_peer import (
    KEY_ID,
    OK,
    TEAM_ID,
    TOPIC,
    ApnsPeer,
    apns_peer,
    refusal,
)
from tests.notifications.h2_peer import (
    BROKEN_STREAM,
    GO_AWAY,
    HANG_UP,
    NEVER,
    REFUSED_STREAM,
    Reply,
)

PHONE = "a1" * 32
OTHER = "b2" * 32


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[ApnsPeer]:
    async with apns_peer() as peer:
        yield peer


@pytest.fixture
def peer(server: ApnsPeer) -> ApnsPeer:
    server.forget()
    return server


class Now:
    """A clock that goes on by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


def provider(
    peer: ApnsPeer, ca_file: str, clock: Now, *, request: float = 30.0, url: str = ""
) -> Apns:
    token = ProviderToken(signing_key(peer.key), KEY_ID, TEAM_ID, clock)
    patience = Patience(connect=10.0, request=request)
    return Apns(Origin(url or peer.url, trusting(ca_file), patience), token, TOPIC)


@pytest.fixture
def clock() -> Now:
    return Now()


@pytest.fixture
def ca_file(peer: ApnsPeer, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_text(peer.ca)
    return str(path)


@pytest.fixture
async def apns(peer: ApnsPeer, ca_file: str, clock: Now) -> AsyncIterator[Apns]:
    apns = provider(peer, ca_file, clock)
    yield apns
    await apns.close()


async def go() -> None:
    pass


def push(**more: Any) -> Push:
    values = {
        "id": new_id(),
        "title": "Ihr Ergebnis",
        "body": "Sie haben B1 erreicht",
        "data": {"resultId": "x"},
        "badge": 3,
        "expires_at": utc_now() + timedelta(hours=1),
    }
    return Push(**(values | more))


def issued(bearer: str) -> int:
    return int(jwt.decode(bearer, options={"verify_signature": False})["iat"])


async def sent(apns: Apns, token: str = PHONE) -> Result | Gone:
    return await apns.push(token, push(), go)


async def test_a_push_is_what_apple_documents(apns: Apns, peer: ApnsPeer) -> None:
    one = push()
    assert await apns.push(PHONE, one, go) == Sent()
    (got,) = peer.to(PHONE)
    assert got.payload == {
        "aps": {
            "alert": {"title": one.title, "body": one.body},
            "sound": "default",
            "badge": 3,
        },
        "data": {"resultId": "x"},
    }
    assert got.headers["apns-topic"] == TOPIC
    assert got.headers["apns-push-type"] == "alert"
    assert got.headers["apns-priority"] == "10"
    assert got.headers["apns-expiration"] == str(int(one.expires_at.timestamp()))
    assert peer.wrong == []


async def test_a_live_activity_has_its_own_topic_and_times(apns: Apns, peer: ApnsPeer) -> None:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    activity = ActivityPush(
        id=new_id(),
        event="end",
        content_state=msgspec.Raw(b'{"level":"B1","big":12345678901234567890}'),
        timestamp=1_900_000_000,
        priority=5,
        alert=Alert("Fertig", "B1", "ping.caf"),
        stale_at=at,
        dismiss_at=at + timedelta(hours=1),
        expires_at=at,
    )
    assert await apns.update(PHONE, activity, go) == Sent()
    (got,) = peer.to(PHONE)
    assert got.aps == {
        "timestamp": 1_900_000_000,
        "event": "end",
        "content-state": {"level": "B1", "big": 12345678901234567890},
        "alert": {"title": "Fertig", "body": "B1", "sound": "ping.caf"},
        "stale-date": int(at.timestamp()),
        "dismissal-date": int(at.timestamp()) + 3600,
    }
    assert got.headers["apns-topic"] == f"{TOPIC}.push-type.liveactivity"
    assert got.headers["apns-priority"] == "5"


async def test_each_attempt_of_a_push_has_the_same_id_and_takes_the_place_of_the_last(
    apns: Apns, peer: ApnsPeer
) -> None:
    one = push()
    peer.answers[PHONE] = [refusal(500, "InternalServerError"), OK]
    assert isinstance(await apns.push(PHONE, one, go), TryAgain)
    assert await apns.push(PHONE, one, go) == Sent()
    first, second = peer.received
    for header in ("apns-id", "apns-collapse-id"):
        assert first.headers[header] == second.headers[header]
    assert uuid.UUID(first.headers["apns-id"])
    assert await sent(apns) == Sent()
    assert peer.received[-1].headers["apns-id"] != first.headers["apns-id"]


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (refusal(400, "BadDeviceToken"), Gone()),
        (
            refusal(410, "Unregistered", timestamp=1_700_000_000_000),
            Gone(datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ),
        (refusal(410, "ExpiredToken"), Gone()),
        (refusal(410, "Unregistered", timestamp=10**30), Gone()),
        (refusal(400, "BadPriority"), Refused("apns 400 BadPriority")),
        (refusal(413, "PayloadTooLarge"), Refused("apns 413 PayloadTooLarge")),
        (
            refusal(429, "TooManyRequests", retry_after="17"),
            TryAgain("apns 429 TooManyRequests", 17),
        ),
        (refusal(503, "Shutdown", retry_after="soon"), TryAgain("apns 503 Shutdown", 60)),
        (refusal(503, "a <b>", retry_after="9" * 30), TryAgain("apns 503", 3600)),
        (Reply(500, ["?"]), TryAgain("apns 500")),
        (refusal(400, "BadTopic"), TryAgain("apns 400 BadTopic")),
        (
            refusal(400, "DeviceTokenNotForTopic"),
            TryAgain("apns 400 DeviceTokenNotForTopic"),
        ),
    ],
)
async def test_what_an_answer_means(
    apns: Apns, peer: ApnsPeer, answer: Reply, result: Result | Gone
) -> None:
    peer.answers[PHONE] = [answer]
    assert await sent(apns) == result


async def test_a_token_that_is_none_never_becomes_a_path(apns: Apns, peer: ApnsPeer) -> None:
    for token in ("", "../../x", "a1b2c3d4/../..", "a1b2c3d4\r\nx: y", "ä" * 64, "a" * 513):
        assert await sent(apns, token) == Gone()
    assert peer.received == []


async def test_many_pushes_share_a_connection_and_one_provider_token(
    apns: Apns, peer: ApnsPeer
) -> None:
    phones, before = [f"{number:064x}" for number in range(300)], peer.connections
    # More than the peer takes at once, in requests and in bytes.
    big = push(data={"x": "y" * 3_500})
    results = await asyncio.gather(*(apns.push(phone, big, go) for phone in phones))
    assert set(results) == {Sent()}
    assert {each.token for each in peer.pushes} == set(phones)
    assert peer.connections == before + 1
    assert len(peer.bearers) == 1


async def test_the_provider_token_is_made_anew_within_the_hour_and_not_more_often_than_apple_wants(
    apns: Apns, peer: ApnsPeer, clock: Now
) -> None:
    for minute in range(0, 300, 5):
        clock.ahead = timedelta(minutes=minute)
        peer.ahead = clock.ahead.total_seconds()
        assert await sent(apns) == Sent()
    issues = [issued(bearer) for bearer in peer.bearers]
    assert 5 <= len(issues) <= 10
    assert all(later - earlier >= 20 * 60 for earlier, later in pairwise(issues))


async def test_replicas_make_tokens_of_the_same_moment(
    peer: ApnsPeer, ca_file: str, clock: Now
) -> None:
    for _ in range(2):
        replica = provider(peer, ca_file, clock)
        assert await sent(replica) == Sent()
        clock.ahead += timedelta(seconds=1)
        await replica.close()
    assert (
        len({issued(bearer) for bearer in peer.bearers}) <= 2
    )  # two only if the moment came in between


async def test_a_provider_token_that_apple_calls_expired_is_made_anew_once(
    apns: Apns, peer: ApnsPeer, clock: Now
) -> None:
    # Old enough for another, and not about to be followed by one.
    while not 21 * 60 <= clock().timestamp() % (35 * 60) < 25 * 60:
        clock.ahead += timedelta(minutes=1)
    peer.ahead = clock.ahead.total_seconds()
    await sent(apns, OTHER)
    peer.expired.update(peer.bearers)
    results = await asyncio.gather(*(sent(apns) for _ in range(10)))
    assert set(results) == {Sent()}
    assert len(peer.bearers) == 2
    peer.expired.update(peer.bearers)
    assert await sent(apns) == TryAgain("apns 403 ExpiredProviderToken")
    assert len(peer.bearers) == 2  # too early for a third


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "InvalidProviderToken"), (400, "DeviceTokenNotForTopic")]
)
async def test_keys_and_topics_that_apple_does_not_accept_are_complained_of_once(
    apns: Apns, peer: ApnsPeer, capsys: pytest.CaptureFixture[str], status: int, reason: str
) -> None:
    peer.answers[PHONE] = [refusal(status, reason)]
    for _ in range(3):
        assert await sent(apns) == TryAgain(f"apns {status} {reason}")
    await sent(apns, OTHER)
    await sent(apns)
    output = capsys.readouterr()
    assert (output.out + output.err).count("does not accept us") == 2


@pytest.mark.parametrize("how", [REFUSED_STREAM, GO_AWAY])
async def test_what_apple_has_not_looked_at_is_sent_again_at_once(
    apns: Apns, peer: ApnsPeer, how: str
) -> None:
    peer.answers[PHONE] = [how, OK]
    assert await sent(apns) == Sent()
    peer.answers[PHONE] = [how]
    assert isinstance(await sent(apns), TryAgain)
    assert peer.seen(PHONE) == 2 + 3


@pytest.mark.parametrize("how", [BROKEN_STREAM, HANG_UP])
async def test_what_was_not_answered_is_left_for_later(
    apns: Apns, peer: ApnsPeer, how: str
) -> None:
    peer.answers[PHONE] = [how, OK]
    assert isinstance(await sent(apns), TryAgain)
    assert peer.seen(PHONE) == 1
    assert await sent(apns) == Sent()


async def test_a_connection_that_ends_takes_down_only_what_was_under_way(
    apns: Apns, peer: ApnsPeer
) -> None:
    phones = [f"{number:064x}" for number in range(40)]
    peer.answers[phones[20]] = [GO_AWAY, OK]
    results = await asyncio.gather(*(sent(apns, phone) for phone in phones))
    assert {type(each) for each in results} <= {Sent, TryAgain}
    again = [phone for phone, result in zip(phones, results, strict=True) if result != Sent()]
    assert {await sent(apns, phone) for phone in again} <= {Sent()}


async def test_silence_costs_only_the_time_of_one_request(
    peer: ApnsPeer, ca_file: str, clock: Now
) -> None:
    apns = provider(peer, ca_file, clock, request=3.0)
    await sent(apns, OTHER)
    peer.answers[PHONE] = [NEVER]
    began = time.monotonic()
    results = await asyncio.gather(*(sent(apns) for _ in range(5)), sent(apns, OTHER))
    assert set(results[:5]) == {TryAgain("apns timeout")}
    assert results[5] == Sent()
    assert time.monotonic() - began < 8  # one after the other: 15 s
    assert await sent(apns, OTHER) == Sent()
    await apns.close()


async def test_a_server_that_is_away_or_not_apple_is_not_sent_to(
    peer: ApnsPeer, ca_file: str, clock: Now
) -> None:
    stranger = provider(peer, "", clock)  # who vouches for it is not known
    assert await sent(stranger) == TryAgain("apns SSLCertVerificationError connect")
    away = provider(peer, ca_file, clock, url="https://127.0.0.1:1")
    assert await sent(away) == TryAgain("apns ConnectionRefusedError connect")
    assert peer.received == []


async def test_who_has_lost_the_lease_sends_nothing(apns: Apns, peer: ApnsPeer) -> None:
    async def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        await apns.push(PHONE, push(), lost)
    assert peer.received == []


@pytest.mark.parametrize("text", ["ğ" * 5000, '"\\\x01' * 3000, "🎓" * 4000, "x" * 100_000])
async def test_a_text_that_is_too_long_is_cut(apns: Apns, peer: ApnsPeer, text: str) -> None:
    assert await apns.push(PHONE, push(body=text), go) == Sent()
    (got,) = peer.to(PHONE)
    body = got.aps["alert"]["body"]
    assert text.startswith(body.removesuffix("…"))
    assert len(msgspec.json.encode(got.payload)) > 4000


async def test_what_is_too_much_besides_the_text_is_left_out(apns: Apns, peer: ApnsPeer) -> None:
    much = push(title="T" * 5000, data={"x": "y" * 5000})
    assert await apns.push(PHONE, much, go) == Sent()
    (got,) = peer.to(PHONE)
    assert got.payload["data"] == {}
    assert got.aps["alert"]["body"] == much.body
