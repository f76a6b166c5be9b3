"""`python -m tests.benchmarks.people`: what the admins' list, searches and a profile cost with many
people and with ten times as many.

Each crowd has a mongod and a users service of its own; both get the same kinds of requests, in
short turns one after the other, so that a noisy moment of the machine meets both. Counted is the
CPU time of mongod and of the service (all threads, user and kernel), less what they take when
nobody asks. Exits with 1 when the larger crowd costs more than 1.5 times as much.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pymongo import MongoClient

from deploy.stack import Stack
from services.users.counters import Counters
from shared.mongo import Document, connect, in_transaction
from tests.benchmarks.crowd import load
from tests.tokens import Signer, publish_keys

LIMIT = 1.5
TICKS = os.sysconf("SC_CLK_TCK")
DATABASE = "aula_users"


@dataclass
class Crowd:
    size: int
    stack: Stack  # of mongod and NATS
    service: Stack
    http: httpx.AsyncClient
    sample: list[Document]  # some of them, to ask for
    idle: float = 0.0  # CPU seconds a second while nobody asks
    stored: str = ""

    def cpu(self) -> float:
        """Seconds so far, of mongod and the service."""
        return _cpu(self.stack.pids["mongod"]) + _cpu(self.service.pids["users"])


@dataclass
class Kind:
    """A kind of request. `bounded`: its cost must not grow."""

    name: str
    path: Callable[[Crowd, random.Random], str]
    bounded: bool = True  # else it is asked for less often, because it takes long
    took: dict[int, list[float]] = field(default_factory=dict)  # ms of CPU each, by size of crowd

    def ratio(self, small: int, large: int) -> float:
        return statistics.median(self.took[large]) / statistics.median(self.took[small])


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _listed(query: str) -> Callable[[Crowd, random.Random], str]:
    return lambda _, dice: f"/admin/users?page={dice.randrange(1, 11)}&{query}"


def _searched(query: str) -> Callable[[Crowd, random.Random], str]:
    """With the start of a common name."""
    return lambda _, dice: f"/admin/users?search={dice.choice('abcdefghjklmnoprst')}&{query}"


def _of_somebody(prefix: str, member: Callable[[Document], str | None]) -> Callable[..., str]:
    def path(crowd: Crowd, dice: random.Random) -> str:
        while True:
            if value := member(dice.choice(crowd.sample)):
                return prefix + value

    return path


def _page(share: float) -> Callable[[Crowd, random.Random], str]:
    return lambda crowd, _: f"/admin/users?page={max(1, int(crowd.size / 10 * share))}"


def kinds() -> list[Kind]:
    search = "/admin/users?search="
    return [
        Kind("list, newest first", _listed("")),
        *(
            Kind(f"list, sort={sort}", _listed(f"sort={sort}"))
            for sort in ("createdAt", "lastLogin", "-lastLogin", "name", "-name", "email", "-email")
        ),
        Kind("list, last page", _page(1)),
        Kind("filter, role=admin", _listed("role=admin")),
        Kind("filter, registration not complete", _listed("isRegistrationComplete=false")),
        Kind("filter, both", _listed("role=user&isRegistrationComplete=true&sort=name")),
        Kind("search, an email", _of_somebody(search, lambda d: d["account"]["email"])),
        Kind("search, a username", _of_somebody(search, lambda d: d["profile"]["username"])),
        Kind("search, a phone number", _of_somebody(search, lambda d: d["account"]["phoneNumber"])),
        Kind("search, a first name", _of_somebody(search, lambda d: d["profile"]["name"])),
        Kind("search, one letter", _searched("")),
        Kind("search, one letter, sort=name", _searched("sort=name")),
        Kind("search, one letter, sort=-lastLogin", _searched("sort=-lastLogin")),
        Kind("search, one letter, role=user", _searched("role=user")),
        Kind("detail", _of_somebody("/admin/users/", lambda d: d["_id"])),
        Kind("list, a page in the middle", _page(0.5), bounded=False),
    ]


async def crowd_of(size: int, folder: Path, stack: AsyncExitStack) -> Crowd:
    enter = stack.enter_async_context
    quiet: dict[str, Any] = {"report": lambda _: None}
    servers = await enter(Stack({}, data_dir=folder / "servers", only=("mongod", "nats"), **quiet))
    counts = await asyncio.to_thread(load, servers.mongo_url, DATABASE, size)
    client = connect(servers.mongo_url)
    counters = Counters(client[DATABASE]["counters"])
    await in_transaction(client, lambda session: counters.add("crowd", counts, session))
    client.close()
    signer = Signer()
    await publish_keys(servers.nats_url, signer)
    environment = {
        "AULA_MONGO_URL": servers.mongo_url,
        "AULA_NATS_URL": servers.nats_url,
        "AULA_LOG_LEVEL": "warning",
    }
    service = await enter(Stack(environment, data_dir=folder / "users", only=("users",), **quiet))
    with MongoClient[Document](servers.mongo_url) as driver:
        people = driver[DATABASE]["people"]
        sample = list(people.aggregate([{"$sample": {"size": min(size, 3_000)}}]))
        admin = people.find_one({"listed.group": "admin_complete"})
        stored = driver[DATABASE].command("collStats", "people", scale=1024 * 1024)
    if admin is None:
        raise SystemExit("so few people have no admin among them")
    bearer = signer.bearer(admin["_id"], "admin")
    http = httpx.AsyncClient(base_url=service.url("users"), headers=bearer, timeout=30)
    crowd = Crowd(size, servers, service, await enter(http), sample)
    crowd.stored = (
        f"{stored['size']:,} MB of documents ({stored['storageSize']:,} on disk),"
        f" {stored['totalIndexSize']:,} MB of indexes"
    )
    return crowd


async def turn(crowd: Crowd, kind: Kind, requests: int, dice: random.Random) -> float:
    """Milliseconds of CPU for each."""
    paths = [kind.path(crowd, dice) for _ in range(requests)]
    before, started = crowd.cpu(), time.monotonic()
    for path in paths:
        answer = await crowd.http.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path} was answered with {answer.status_code}: {answer.text}")
    seconds = time.monotonic() - started
    return max(0.0, crowd.cpu() - before - crowd.idle * seconds) / requests * 1000


async def rest(crowd: Crowd, seconds: float) -> None:
    """Until what the loading left to do is done; then notes what idling costs."""
    for _ in range(12):
        before = crowd.cpu()
        await asyncio.sleep(seconds)
        crowd.idle = (crowd.cpu() - before) / seconds
        if crowd.idle < 0.05:
            return


async def measure(sizes: tuple[int, int], rounds: int, requests: int) -> list[Kind]:
    measured = kinds()
    dice = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="aula-bench-", ignore_cleanup_errors=True) as folder:
        async with AsyncExitStack() as stack:
            crowds = [await crowd_of(size, Path(folder) / str(size), stack) for size in sizes]
            for crowd in crowds:
                await rest(crowd, 5)
                print(
                    f"{crowd.size:,} people: {crowd.stored}; {crowd.idle:.1%} of a core when idle",
                    flush=True,
                )
            for kind in measured:
                count = requests if kind.bounded else max(1, requests // 20)
                for crowd in crowds:
                    await turn(crowd, kind, count, dice)
                    kind.took[crowd.size] = []
                for number in range(rounds):
                    for crowd in crowds if number % 2 else crowds[::-1]:
                        kind.took[crowd.size].append(await turn(crowd, kind, count, dice))
                print(f"  {kind.name}: {kind.ratio(*sizes):.2f}", file=sys.stderr, flush=True)
    return measured


def report(measured: list[Kind], small: int, large: int) -> None:
    print(f"\n| ms of CPU, mongod and service | {small:,} | {large:,} | ratio |\n|---|---|---|---|")
    for kind in measured:
        cells = [
            f"{statistics.median(kind.took[size]):.2f}"
            f" ({min(kind.took[size]):.2f} to {max(kind.took[size]):.2f})"
            for size in (small, large)
        ]
        print(f"| {kind.name} | {cells[0]} | {cells[1]} | {kind.ratio(small, large):.2f} |")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.people", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs=2, default=(100_000, 1_000_000))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=100, help="of each kind in each round")
    options: Any = parser.parse_args()
    small, large = options.sizes
    measured = asyncio.run(measure((small, large), options.rounds, options.requests))
    report(measured, small, large)
    return int(any(kind.bounded and kind.ratio(small, large) > LIMIT for kind in measured))


if __name__ == "__main__":
    sys.exit(main())
