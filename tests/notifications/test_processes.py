"""Real processes, killed with -9 at the worst moments. And what all that left lying about."""

import asyncio
import os
import random
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pymongo import MongoClient

from deploy.stack import Stack
from services.notifications.devices.domain import Device
from shared.clock import utc_now
from shared.contracts.auth import OtpRequested
from shared.documents import to_document
from shared.ids import new_id
from shared.mongo import connect
from tests.eventually import eventually
from tests.files import contents
from tests.notifications.deaf_proxy import DeafProxy, deaf_proxy
from tests.notifications.people import assigned, registered
from tests.notifications.running import CODE_KEY, PRIVACY_KEY, Auth, Notifications
from tests.notifications.smtp_peer import NEVER, SmtpPeer, smtp_peer
from tests.streams import messages_of

REPLICAS = ("notifications", "notifications-2")
CANARY = "90718263"


@dataclass
class Fleet:
    """Two replicas of the service, and auth so that they find a signing key."""

    stack: Stack
    peer: SmtpPeer
    nats: DeafProxy
    auth: Auth
    service: Notifications

    def log(self) -> str:
        logs = self.stack.plan.logs
        return "".join((logs / f"{name}.log").read_text() for name in REPLICAS)

    def repeated(self) -> set[str]:
        """The ids of the events that came again after they had been handled."""
        lines = [line for line in self.log().splitlines() if "outcome=repeated" in line]
        return {found[1] for line in lines if (found := re.search(r"event_id=(\S+)", line))}

    async def all_sent(self, *recipients: str) -> bool:
        return all([await self.service.states(each) == ["sent"] for each in recipients])


@pytest.fixture(scope="module")
async def fleet(backbone: Stack, data_dir: Path) -> AsyncIterator[Fleet]:
    prefix = f"test_{new_id()}"
    async with smtp_peer() as peer, deaf_proxy(backbone.ports["nats"]) as proxy:
        environment = {
            "PATH": os.environ["PATH"],
            "AULA_MONGO_URL": backbone.mongo_url,
            "AULA_NATS_URL": f"nats://127.0.0.1:{proxy.port}",
            "AULA_SMTP_URL": peer.url,
            "AULA_CODE_KEY": CODE_KEY,
            "AULA_PRIVACY_KEY": PRIVACY_KEY,
            "AULA_DATABASE_PREFIX": prefix,
            "AULA_LOG_LEVEL": "debug",
        }
        stack = Stack(environment, data_dir=data_dir / "fleet", only=("auth", *REPLICAS))
        client = connect(backbone.mongo_url)
        async with stack, Auth(backbone, prefix).running() as auth:
            service = Notifications(client[f"{prefix}_notifications"], None)  # type: ignore[arg-type]
            yield Fleet(stack, peer, proxy, auth, service)
        client.close()


async def test_a_worker_killed_at_each_step_loses_nothing(fleet: Fleet) -> None:
    """Between commit and ack; before the mail was handed over; after, before the answer."""
    peer = fleet.peer
    acked, before, after = "acked@kill.test", "before@kill.test", "after@kill.test"
    peer.rcpt[before] = [NEVER, "250 OK"]
    peer.data[after] = [NEVER, "250 OK"]
    fleet.nats.deaf = True
    events = [fleet.auth.event(recipient) for recipient in (acked, before, after)]
    ids = await asyncio.gather(*(fleet.auth.say(event) for event in events))
    await eventually(lambda: peer.to(acked) and peer.seen[before] and peer.taken(after), within=30)
    await eventually(lambda: fleet.all_sent(acked))
    for name in REPLICAS:
        await fleet.stack.kill(name)
    fleet.nats.deaf = False
    await eventually(lambda: fleet.all_sent(acked, before, after), within=60)
    await eventually(lambda: fleet.repeated() >= set(ids), within=60)
    assert len(peer.taken(acked)) == 1
    assert len(peer.taken(before)) == 1
    # It may or may not have been taken: a code twice, as the same mail, is better than none.
    assert len({mail.message["Message-ID"] for mail in peer.taken(after)}) == 1
    assert len(peer.taken(after)) == 2


async def test_replicas_killed_again_and_again_under_load_lose_nothing(fleet: Fleet) -> None:
    """Neither codes nor what is told to people, as an entry, a mail and a push, which development
    shows in the dev inbox."""
    recipients = [f"load{number}@kill.test" for number in range(60)]
    people = {new_id(): f"told{number}@kill.test" for number in range(12)}
    for user_id, email in people.items():
        await fleet.auth.say(registered(user_id, email))
    for user_id in people:
        await known(fleet, user_id)
    chance = random.Random(7)

    async def killing() -> None:
        for _ in range(4):
            name = chance.choice(REPLICAS)
            await fleet.stack.kill(name)
            await fleet.stack.ready(name)

    async def asking() -> None:
        for recipient in recipients:
            await fleet.auth.ask(recipient)
            await asyncio.sleep(0.04)  # a load, not a wait

    async def telling() -> None:
        for user_id in people:
            await fleet.auth.say(assigned(user_id))
            await asyncio.sleep(0.2)

    await asyncio.gather(asking(), telling(), killing())
    await eventually(lambda: fleet.all_sent(*recipients), within=120)
    await eventually(lambda: all_told(fleet, people), within=120)
    for recipient in (*recipients, *people.values()):
        mails = fleet.peer.to(recipient)
        assert mails
        assert len({mail.message["Message-ID"] for mail in mails}) == 1


async def all_told(fleet: Fleet, people: dict[str, str]) -> bool:
    """Each of them once, and the other services too."""
    database = fleet.service.database
    theirs = {"user_id": {"$in": list(people)}}
    if await database["deliveries"].count_documents(theirs | {"state": "sent"}) < 2 * len(people):
        return False
    assert await database["notifications"].count_documents(theirs) == len(people)
    assert await database["dev_inbox"].count_documents({"to": {"$in": list(people)}}) == len(people)
    said = await fleet.service.said("notification.sent")
    ids = [each["deliveryId"] for each in said if each["userId"] in people]
    return len(set(ids)) == len(ids) == 2 * len(people)


async def known(fleet: Fleet, user_id: str) -> None:
    """Also with a phone, as if they had said so."""
    people, devices = fleet.service.database["people"], fleet.service.database["devices"]
    await eventually(lambda: people.find_one({"_id": user_id, "email": {"$gt": ""}}), within=30)
    phone = Device(
        id=new_id(),
        user_id=user_id,
        device_id="phone",
        platform="ios",
        session_id=new_id(),
        token=new_id(),
        token_at=utc_now(),
        created_at=utc_now(),
        seen_at=utc_now(),
    )
    await devices.insert_one(to_document(phone))


async def test_a_canary_code_lies_readable_nowhere(backbone: Stack, fleet: Fleet) -> None:
    """Whatever becomes of it: sent, refused by a server that quotes it, retried, unreadable."""
    peer = fleet.peer
    peer.data["quoted@canary.test"] = [f"554 5.7.1 {CANARY} is not welcome"]
    peer.data["again@canary.test"] = [f"451 {CANARY}? later", "250 OK"]
    peer.rcpt["dead@canary.test"] = [f"550 5.1.1 no {CANARY} here"]
    peer.rcpt["waits@canary.test"] = [f"421 {CANARY} come back later"]
    people = ("sent", "quoted", "again", "dead", "waits", "\x07\r\nBcc")
    for person in people:
        await fleet.auth.ask(f"{person}@canary.test", CANARY)
    payload = msgspec.json.decode(msgspec.json.encode(fleet.auth.event("poison@x", CANARY)))
    del payload["language"]
    await fleet.auth.node.broker.publish(
        OtpRequested.subject, msgspec.json.encode(payload), {"ce-id": new_id()}
    )

    async def states() -> list[str]:
        return [(await fleet.service.row(f"{person}@canary.test"))["state"] for person in people]

    async def as_expected() -> bool:
        return await states() == ["sent", "failed", "sent", "failed", "retrying", "failed"]

    await eventually(as_expected, within=60)
    await eventually(lambda: "buried" in fleet.log(), within=30)
    assert CANARY in peer.to("sent@canary.test")[0].part("plain")

    # What the servers hold, as they hand it out, and then every byte of their files and the logs.
    dump = "".join(dump_of(backbone.mongo_url))
    assert "waits@canary.test" in dump
    assert CANARY not in dump
    stored = [message async for message in messages_of(backbone.nats_url)]
    assert any(b"otp.requested" in message for message in stored)
    assert not any(CANARY.encode() in message for message in stored)
    log = fleet.log()
    assert "canary.test" not in log
    for stack in (backbone, fleet.stack):
        files = contents(stack.plan.data_dir)
        assert files
        assert [path for path in files if CANARY.encode() in files[path]] == []


def dump_of(url: str) -> Iterator[str]:
    with MongoClient[dict[str, Any]](url) as client:
        for database in client.list_database_names():
            for name in client[database].list_collection_names():
                for document in client[database][name].find():
                    yield repr(document)
