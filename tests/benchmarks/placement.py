"""`python -m tests.benchmarks.placement`: what it costs to submit a placement test through the
gateway, beside a plain read of the same test, with few results and with many.

The whole way: gateway, learning, a durable MongoDB transaction with the result, its event and the
figures. Each submission is somebody else's first. Reads are made in turns with submissions, and are
the measure of how busy the machine was: exits with 1 when a submission takes, with many results,
more than 1.5 times as many reads as with few.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from pymongo import MongoClient

from deploy.stack import Stack
from shared.clock import utc_now
from shared.ids import new_id
from shared.mongo import Document
from tests.benchmarks.crowd import progress
from tests.eventually import eventually
from tests.learning.assessments import body, multiple, right_answers, single
from tests.tokens import Signer, publish_keys

LIMIT = 1.5
ROUNDS = 5
BATCH = 2_000
DATABASE = "aula_learning"
QUESTIONS = [single(f"Question {n}") for n in range(30)] + [
    multiple(f"Question {n}") for n in range(30, 40)
]
Headers = dict[str, str]


@dataclass
class School:
    http: httpx.AsyncClient
    signer: Signer
    mongo_url: str
    test: dict[str, Any]

    async def submit(self, bearer: Headers) -> None:
        sent = {"answers": right_answers(self.test)}
        url = f"/proficiency-tests/{self.test['id']}/submit"
        answer = await self.http.post(url, json=sent, headers=bearer)
        if answer.status_code != 201:
            raise SystemExit(f"a submission was answered with {answer.text}")

    async def read(self, bearer: Headers) -> None:
        answer = await self.http.get(f"/proficiency-tests/{self.test['id']}", headers=bearer)
        if answer.status_code != 200:
            raise SystemExit(f"a read was answered with {answer.text}")


@dataclass
class Took:
    what: str
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.latencies)

    @property
    def row(self) -> str:
        p99 = sorted(self.latencies)[int(0.99 * (len(self.latencies) - 1))]
        rate = len(self.latencies) / self.seconds
        return f"| {self.what} | {rate:,.0f} | {self.median * 1e3:.1f} ms | {p99 * 1e3:.1f} ms |"


async def measure(
    school: School, took: Took, call: Callable[[Headers], Awaitable[None]], times: int, callers: int
) -> None:
    waiting = [school.signer.bearer() for _ in range(times)]

    async def caller() -> None:
        while waiting:
            bearer, started = waiting.pop(), time.perf_counter()
            await call(bearer)
            took.latencies.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    took.seconds += time.perf_counter() - started


def fill(mongo_url: str, size: int) -> None:
    """Until there are `size` results, of as many people, of the last year."""
    with MongoClient[Document](mongo_url, w=1, journal=False) as client:
        results = client[DATABASE]["results"]
        like = results.find_one() or {}
        missing = size - results.estimated_document_count()
        with progress(f"{size:,} results", max(1, missing)) as done:
            for batch in _batches(like, missing):
                results.insert_many(batch, ordered=False)
                done(len(batch))
        client.admin.command("fsync")


def _batches(like: Document, missing: int) -> Iterator[list[Document]]:
    dice, now = random.Random(missing), utc_now()
    for start in range(0, missing, BATCH):
        yield [
            {
                **like,
                "_id": new_id(),
                "user_id": new_id(),
                "completed_at": now - timedelta(days=365 * dice.random()),
            }
            for _ in range(min(BATCH, missing - start))
        ]


async def run(sizes: tuple[int, int], times: int, callers: int) -> list[Took]:
    took: list[Took] = []
    with tempfile.TemporaryDirectory(prefix="aula-bench-", ignore_cleanup_errors=True) as folder:
        quiet: dict[str, Any] = {"report": lambda _: None}
        async with AsyncExitStack() as started:
            enter, signer = started.enter_async_context, Signer()
            at = Path(folder)
            servers = await enter(Stack({}, data_dir=at, only=("mongod", "nats"), **quiet))
            await publish_keys(servers.nats_url, signer)
            environment = {
                "AULA_MONGO_URL": servers.mongo_url,
                "AULA_NATS_URL": servers.nats_url,
                "AULA_LOG_LEVEL": "warning",
            }
            parts = ("learning", "gateway")
            stack = await enter(Stack(environment, data_dir=at / "aula", only=parts, **quiet))
            http = await enter(httpx.AsyncClient(base_url=stack.url("gateway"), timeout=30))
            admin = signer.bearer(role="admin")

            async def made() -> dict[str, Any]:
                sent = body(questions=QUESTIONS)
                answer = await http.post("/proficiency-tests", json=sent, headers=admin)
                test: dict[str, Any] = answer.json()["data"]
                return test

            school = School(http, signer, servers.mongo_url, await eventually(made))
            await measure(school, Took("warming up"), school.submit, times // 4, callers)
            for size in sizes:
                await asyncio.to_thread(fill, servers.mongo_url, size)
                await asyncio.sleep(5)  # what the filling left to do
                pair = Took(f"submitting, {size:,} results"), Took(f"reading, {size:,} results")
                for _ in range(ROUNDS):
                    for each, call in zip(pair, (school.submit, school.read), strict=True):
                        await measure(school, each, call, times // ROUNDS, callers)
                took += pair
    return took


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.placement")
    parser.add_argument("--sizes", type=int, nargs=2, default=(1_000, 1_000_000))
    parser.add_argument("--requests", type=int, default=1_000, help="of each kind")
    parser.add_argument("--callers", type=int, default=8, help="at the same time")
    options: Any = parser.parse_args()
    took = asyncio.run(run(tuple(options.sizes), options.requests, options.callers))
    print("\n| through the gateway | a second | p50 | p99 |\n|---|---|---|---|")
    print("\n".join(each.row for each in took))
    few, beside_few, many, beside_many = (each.median for each in took)
    ratio = (many / beside_many) / (few / beside_few)
    print(f"\nin reads, a submission takes {ratio:.2f} times with many what it takes with few")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
