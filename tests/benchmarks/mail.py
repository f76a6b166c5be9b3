"""`python -m tests.benchmarks.mail`: how long from asking for a code to the mail being accepted.

The whole path, as `make run` has it: HTTP at the gateway, auth, MongoDB, NATS, notifications, and a
real SMTP server (aiosmtpd, in a process of its own) that notes when it has accepted each mail. All
on one machine, so all clocks are one. Exits with 1 when the goal is missed.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.ports import free_ports
from deploy.stack import Stack

GOAL = {50: 0.050, 99: 0.250}  # seconds, by percentile
WARM_UP = 20


class Accepting:
    """Accepts every mail, and says to `notes` whose it was and when."""

    def __init__(self, notes: Connection) -> None:
        self._notes = notes

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        self._notes.send((envelope.rcpt_tos[0], time.monotonic()))
        return "250 OK"


def accept_mail(port: int, notes: Connection) -> None:
    controller = Controller(Accepting(notes), hostname="127.0.0.1", port=port)
    controller.start()
    notes.send(None)
    notes.recv()  # until told to stop
    controller.stop()


def percentile(sorted_values: Sequence[float], percent: int) -> float:
    return sorted_values[min(len(sorted_values) - 1, len(sorted_values) * percent // 100)]


async def ask(client: httpx.AsyncClient, recipient: str, sent: dict[str, float]) -> None:
    sent[recipient] = time.monotonic()
    answer = await client.post("/auth/otp/request", json={"email": recipient})
    if answer.status_code != 200:
        raise SystemExit(f"asking for a code was answered with {answer.status_code}: {answer.text}")


async def load(gateway: str, recipients: Sequence[str], rate: float) -> dict[str, float]:
    """Ask at a steady `rate`, whether or not earlier answers have come; when each was asked."""
    sent: dict[str, float] = {}
    async with httpx.AsyncClient(base_url=gateway, timeout=10) as client:
        asking: list[asyncio.Task[None]] = []
        started = time.monotonic()
        for number, recipient in enumerate(recipients):
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            asking.append(asyncio.create_task(ask(client, recipient, sent)))
        await asyncio.gather(*asking)
    return sent


async def accepted(notes: Connection, recipients: Sequence[str], within: float) -> dict[str, float]:
    """When the mail to each was accepted."""
    with ThreadPoolExecutor(1) as reader:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(reader, _read, notes, set(recipients), within)


def _read(notes: Connection, waiting: set[str], within: float) -> dict[str, float]:
    deadline = time.monotonic() + within
    seen: dict[str, float] = {}
    while waiting and notes.poll(max(0.0, deadline - time.monotonic())):
        recipient, at = notes.recv()
        seen.setdefault(recipient, at)
        waiting.discard(recipient)
    return seen


async def measure(rate: float, seconds: float) -> list[float]:
    (port,) = free_ports(1)
    spawn = get_context("spawn")
    notes, theirs = spawn.Pipe()
    server = spawn.Process(target=accept_mail, args=(port, theirs), daemon=True)
    server.start()
    notes.recv()
    environment = {"PATH": os.environ["PATH"], "AULA_SMTP_URL": f"smtp://127.0.0.1:{port}"}
    with tempfile.TemporaryDirectory(prefix="aula-bench-") as folder:
        async with Stack(environment, data_dir=Path(folder)) as stack:
            gateway = stack.url("gateway")
            warm_up = [f"warm{number}@bench.test" for number in range(WARM_UP)]
            await asyncio.gather(load(gateway, warm_up, rate), accepted(notes, warm_up, 20))
            recipients = [f"ada{number}@bench.test" for number in range(int(rate * seconds))]
            sent, seen = await asyncio.gather(
                load(gateway, recipients, rate), accepted(notes, recipients, seconds + 20)
            )
    notes.send("stop")
    server.join()
    if missing := len(recipients) - len(seen):
        raise SystemExit(f"{missing} mails never came")
    return sorted(seen[recipient] - sent[recipient] for recipient in recipients)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.mail", description=__doc__)
    parser.add_argument("--rate", type=float, default=20, help="codes a second")
    parser.add_argument("--seconds", type=float, default=20)
    options: Any = parser.parse_args()
    took = asyncio.run(measure(options.rate, options.seconds))
    print(f"code asked for -> mail accepted, {len(took)} codes at {options.rate:g} a second")
    for percent in (50, 90, 99):
        goal = f"   (goal: under {GOAL[percent] * 1000:.0f} ms)" if percent in GOAL else ""
        print(f"  p{percent:<3} {percentile(took, percent) * 1000:7.1f} ms{goal}")
    print(f"  max  {took[-1] * 1000:7.1f} ms")
    return int(any(percentile(took, percent) > limit for percent, limit in GOAL.items()))


if __name__ == "__main__":
    sys.exit(main())
