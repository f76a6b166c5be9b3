"""`python -m deploy.stack`, which is `make run`: the servers, the services and the gateway.

From a test: `async with Stack(environment, data_dir=folder, only=("mongod", "nats")) as stack:`.
"""

import argparse
import asyncio
import contextlib
import fcntl
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from deploy.components import EVERYTHING, ROOT, Plan, base_port
from deploy.errors import CannotStart, DataInUse
from deploy.ports import ports_from, refuse_taken
from deploy.supervisor import START_LIMIT, STOP_LIMIT, Supervisor


def say(line: str) -> None:
    # Whoever read the report may have gone; that is no reason to stop serving.
    with contextlib.suppress(BrokenPipeError):
        print(line, flush=True)


class Stack:
    """Components by name: mongod, nats, auth, users, learning, notifications, gateway; a replica of
    a service or the gateway has a number after its name, as in `gateway-2`.

    To be used from the main thread's event loop: on Linux children die with their thread.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        data_dir: Path,
        ports: Mapping[str, int] | None = None,
        only: Sequence[str] = EVERYTHING,
        report: Callable[[str], None] = say,
        root: Path = ROOT,
    ) -> None:
        """Ports that `ports` does not name are chosen among the free ones. `root` is where the
        packages of the services are found."""
        self.plan = Plan(environment, data_dir, only, ports or {}, root)
        self._report = report
        self._supervisor = Supervisor(report)
        self._lock: IO[str] | None = None

    @property
    def ports(self) -> Mapping[str, int]:
        return self.plan.ports

    @property
    def mongo_url(self) -> str:
        return self.plan.mongo_url

    @property
    def nats_url(self) -> str:
        return self.plan.nats_url

    @property
    def pids(self) -> dict[str, int]:
        """Of those running now."""
        running = {keeper.child.name: keeper.pid for keeper in self._supervisor.keepers}
        return {name: pid for name, pid in running.items() if pid is not None}

    def url(self, name: str) -> str:
        return self.plan.url(name)

    async def start(self, limit: float = START_LIMIT) -> None:
        """Returns when everything is ready; else stops everything and raises CannotStart.

        `limit` is in seconds, for the servers and then again for what needs them.
        """
        plan = self.plan
        refuse_taken(plan.listening(), {name: plan.host(name) for name in plan.processes})
        self._lock = _locked(plan.data_dir) if plan.servers else None
        for name, variable in plan.outside.items():
            self._report(f"{name:<15}is yours: {variable} is set")
        try:
            for group in (plan.servers, plan.processes):
                children = [plan.child(name) for name in group]
                await self._supervisor.start(children, limit)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Returns within 10 s, with no process left."""
        await self._supervisor.stop()
        if self._lock is not None:
            self._lock.close()

    async def kill(self, name: str) -> None:
        """SIGKILL; returns when it is gone. The supervisor starts it again: see `ready`."""
        await self._supervisor[name].kill()

    async def stop_one(self, name: str) -> None:
        """Stops it and leaves it so until `start_one`."""
        await self._supervisor[name].stop(STOP_LIMIT)

    async def start_one(self, name: str) -> None:
        self._supervisor[name].start()
        await self.ready(name)

    async def ready(self, name: str, limit: float = START_LIMIT) -> None:
        """Returns when it is ready (again)."""
        await self._supervisor[name].until_ready(limit)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def _locked(data_dir: Path) -> IO[str]:
    """Holds the folder while open: nats-server does not check that it is alone on its files."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (data_dir / "stack.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DataInUse(
            f"Another stack is running on {data_dir}: stop that one, or set AULA_DATA_DIR to"
            " another folder."
        ) from None
    return lock


async def serve(stack: Stack) -> None:
    """Until SIGINT, SIGTERM or SIGHUP."""
    asked = asyncio.Event()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # unlike under nohup
        numbers.append(signal.SIGHUP)
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    starting = asyncio.create_task(stack.start())
    stopping = asyncio.create_task(asked.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        await starting
        for line in summary(stack.plan):
            say(line)
        await stopping
        say("Stopping.")
        await stack.stop()
    else:
        say("Stopping.")
        starting.cancel()
        await asyncio.wait({starting})  # it stops what it has started
    say("Everything has stopped.")


def summary(plan: Plan) -> list[str]:
    """What to open and where to look."""
    lines = ["", "Everything is ready."]
    if "gateway" in plan.components:
        gateway = plan.url("gateway")
        lines.append(f"  API        {gateway}")
        lines.append(f"  Reference  {gateway}/api/docs   (to read the API, and to try it)")
        if plan.has_dev_inbox:
            lines.append(f"  Dev inbox  {gateway}/dev/inbox  (what is not really sent, codes too)")
    return [
        *lines,
        f"  Data       {plan.data_dir}",
        f"  Logs       {plan.logs}",
        "Ctrl-C stops everything.",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.stack",
        description="Starts the servers, the services and the gateway; Ctrl-C stops everything.",
    )
    parser.add_argument(
        "--only",
        metavar="NAME,NAME",
        default=",".join(EVERYTHING),
        help=f"start these alone, out of {', '.join(EVERYTHING)}",
    )
    only = parser.parse_args().only.split(",")
    try:
        stack = Stack(
            os.environ,
            data_dir=Path(os.environ.get("AULA_DATA_DIR") or ROOT / ".data"),
            ports=ports_from(base_port(os.environ)),
            only=only,
        )
        say(f"Aula is starting: {', '.join(only)}")
        asyncio.run(serve(stack))
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
