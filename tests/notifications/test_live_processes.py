"""Two replicas of the service that push to live activities, killed with -9 while they do."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.stack import Stack
from shared.ids import new_id
from shared.mongo import Database, connect
from tests.eventually import eventually
from tests.notifications.apns_peer import ApnsPeer, Received, apns_peer
from tests.notifications.h2_peer import NEVER, Reply
from tests.notifications.running import CODE_KEY, PRIVACY_KEY
from tests.tokens import Signer, publish_keys

REPLICAS = ("notifications", "notifications-2")


@dataclass
class Fleet:
    stack: Stack
    peer: ApnsPeer
    signer: Signer
    http: tuple[httpx.AsyncClient, ...]
    database: Database
    shown: Counter[int] = field(default_factory=Counter)  # how often each state, at the most

    async def ask(self, path: str, role: Any, body: Any) -> int:
        """Of whichever replica is there; how often, since of one that was killed it is not known
        whether it has done it."""
        headers, times = self.signer.bearer(new_id(), role), 0

        async def done() -> bool:
            nonlocal times
            times += 1
            replica = random.choice(self.http)
            answer = await replica.post(path, json=body, headers=headers)
            return answer.is_success

        await eventually(done, within=60)
        return times

    async def follow(self, stream: str) -> str:
        token = random.randbytes(32).hex()
        body = {
            "streamId": stream,
            "deviceId": "phone",
            "liveActivityToken": token,
            "activityId": token,
        }
        await self.ask("/notifications/live-activity-sessions", "user", body)
        return token

    async def show(self, stream: str, number: int, event: str = "update") -> None:
        body = {"event": event, "contentState": {"n": number}}
        times = await self.ask(f"/notifications/live-activities/{stream}", "admin", body)
        self.shown[number] += times

    async def kill(self, name: str) -> None:
        await self.stack.kill(name)
        await self.stack.ready(name)


@pytest.fixture(scope="module")
async def fleet(backbone: Stack, data_dir: Path) -> AsyncIterator[Fleet]:
    prefix, signer = f"test_{new_id()}", Signer(f"fleet-{new_id()}")
    await publish_keys(backbone.nats_url, signer)
    async with apns_peer() as peer:
        (data_dir / "ca.pem").write_text(peer.ca)
        settings = peer.settings(str(data_dir / "ca.pem"))
        environment = {
            "PATH": os.environ["PATH"],
            "AULA_MONGO_URL": backbone.mongo_url,
            "AULA_NATS_URL": backbone.nats_url,
            "AULA_CODE_KEY": CODE_KEY,
            "AULA_PRIVACY_KEY": PRIVACY_KEY,
            "AULA_DATABASE_PREFIX": prefix,
            **{f"AULA_{name.upper()}": value for name, value in settings.items()},
        }
        stack = Stack(environment, data_dir=data_dir / "live fleet", only=REPLICAS)
        client = connect(backbone.mongo_url)
        async with (
            stack,
            httpx.AsyncClient(base_url=stack.url(REPLICAS[0]), timeout=15) as first,
            httpx.AsyncClient(base_url=stack.url(REPLICAS[1]), timeout=15) as second,
        ):
            database = client[f"{prefix}_notifications"]
            yield Fleet(stack, peer, signer, (first, second), database)
        client.close()


def in_order(got: list[Received], shown: Counter[int]) -> bool:
    """None older after a newer one; and each state with a time of its own, later than the last.
    `shown`: how many states there may be of a number."""
    numbers = [each.aps["content-state"]["n"] for each in got]
    stamps = [each.aps["timestamp"] for each in got]
    pairs = set(zip(stamps, numbers, strict=True))
    return (
        numbers == sorted(numbers)
        and stamps == sorted(stamps)
        and len(pairs) == len(set(stamps))
        and not Counter(number for _, number in pairs) - shown
    )


async def test_replicas_that_are_killed_lose_no_state_and_show_none_twice_in_vain(
    fleet: Fleet,
) -> None:
    stream, peer = f"kill:{new_id()}", fleet.peer
    tokens = [await fleet.follow(stream) for _ in range(20)]
    for token in tokens[:10]:
        peer.answers[token] = [NEVER, Reply()]
    await fleet.show(stream, 1)
    await eventually(lambda: all(peer.seen(token) for token in tokens), within=60)
    await fleet.kill(REPLICAS[0])
    # Whoever was in its hands is there again when the leases are over.
    await eventually(lambda: all(peer.to(token) for token in tokens), within=90)

    async def killing() -> None:
        await fleet.kill(REPLICAS[1])

    async def showing() -> None:
        for number in range(2, 40):
            await fleet.show(stream, number)

    await asyncio.gather(showing(), killing())
    await fleet.show(stream, 40, "end")

    async def is_over() -> bool:
        return await fleet.database["live_sessions"].count_documents({}) == 0

    await eventually(is_over, within=90)
    for token in tokens:
        got = [each for each in peer.received if each.token == token]
        assert got[-1].aps["content-state"] == {"n": 40}
        assert in_order(got, fleet.shown)
    assert peer.wrong == []

    async def all_spread() -> bool:  # also what was in the hands of who was killed
        return await fleet.database["live_changes"].count_documents({}) == 0

    await eventually(all_spread, within=60)
