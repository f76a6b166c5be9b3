"""Codes as they come out of NATS: a thousand times, spoilt, late, while servers go and come."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import msgspec
import pytest

from deploy.stack import Stack
from services.notifications.deliveries.domain import delivery_id
from services.notifications.settings import Secret
from shared.contracts.auth import OtpRequested
from shared.ids import new_id
from tests.eventually import eventually
from tests.notifications.running import Auth, Notifications, notifications
from tests.notifications.smtp_peer import SLOW, SmtpPeer


@pytest.fixture
async def service(backbone: Stack, prefix: str, peer: SmtpPeer) -> AsyncIterator[Notifications]:
    async with notifications(backbone, prefix, smtp_url=Secret(peer.url)) as service:
        yield service


async def test_the_same_event_a_thousand_times_at_once_is_one_mail(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    one_id = await auth.repeat(auth.event("ada@school.test"), 1_000, "deliver-code")
    await auth.ask("bob@school.test")
    for recipient in ("ada@school.test", "bob@school.test"):
        await eventually(partial(peer.to, recipient), within=30)
    assert len(peer.taken("ada@school.test")) == 1
    one = {"_id": delivery_id(one_id)}
    await eventually(lambda: service.database["deliveries"].find_one({**one, "state": "sent"}))
    assert await service.database["deliveries"].count_documents({}) == 2


async def test_good_codes_flow_past_hundreds_of_spoilt_ones(
    backbone: Stack, service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    await auth.node.broker.ready.wait()
    stranger = Auth(backbone, "stranger", "another key")
    sealed_elsewhere = [stranger.event(f"eve{number}@school.test") for number in range(100)]
    spoilt = [
        *((b"{", new_id()) for _ in range(100)),
        *((b'{"challengeId": 1}', new_id()) for _ in range(100)),
        *((b"{}", None) for _ in range(100)),
        *((msgspec.json.encode(event), new_id()) for event in sealed_elsewhere),
    ]
    for batch in (spoilt[:200], spoilt[200:]):
        await asyncio.gather(*(auth.publish(OtpRequested.subject, *each) for each in batch))
    good = [f"ada{number}@school.test" for number in range(20)]
    await asyncio.gather(*(auth.ask(recipient) for recipient in good))
    await eventually(lambda: all(peer.to(recipient) for recipient in good), within=30)
    assert len(peer.took) == len(good)

    async def waits() -> bool:
        return await service.states("eve7@school.test") == ["retrying"]

    await eventually(waits)
    assert (await service.row("eve7@school.test"))["error"] == "seal broken"


async def test_codes_that_outlive_an_outage_of_nats_arrive_and_dead_ones_do_not(
    backbone: Stack, service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    await auth.node.broker.ready.wait()
    await backbone.stop_one("nats")
    await auth.ask("late@school.test", life=300)
    await auth.ask("dead@school.test", life=0)
    await backbone.start_one("nats")
    await eventually(lambda: peer.to("late@school.test"), within=60)
    await eventually(lambda: expired(service, "dead@school.test"), within=60)
    assert not peer.taken("dead@school.test")


async def expired(service: Notifications, recipient: str) -> bool:
    return await service.states(recipient) == ["expired"]


async def test_mongodb_away_while_mail_is_under_way_makes_nobody_get_it_twice(
    backbone: Stack, service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    recipients = [f"ada{number}@school.test" for number in range(4)]
    for recipient in recipients:
        peer.data[recipient] = [SLOW]
        await auth.ask(recipient)
    await eventually(lambda: len(peer.took) == 4)
    await backbone.stop_one("mongod")
    await eventually(lambda: len(peer.mails) == 4)
    await backbone.start_one("mongod")

    async def all_sent() -> bool:
        return all([await service.states(recipient) == ["sent"] for recipient in recipients])

    await eventually(all_sent, within=60)
    assert len(peer.took) == 4
