"""`python -m deploy.stack` as a person runs it: a process of its own, stopped by signals."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from deploy.components import ROOT
from deploy.ports import is_free, is_ours, ports_from
from tests.eventually import eventually

from .processes import alive


class Run:
    """One run on the data folder `folder`; what it says goes to `said`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        bases = random.sample(range(15_000, 31_900), 200)
        self.base = next(base for base in bases if all(map(_can_be_had, ports_from(base).values())))
        self._said = folder.with_name("said")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        with self._said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.stack", "--only", "mongod,nats"],
                cwd=ROOT,
                env={
                    "PATH": os.environ["PATH"],
                    "AULA_PORT": str(self.base),
                    "AULA_DATA_DIR": str(self.folder),
                    **environment,
                },
                stdout=out,
                stderr=out,
                preexec_fn=_heed_hangups,
            )
        return self.process

    @property
    def said(self) -> str:
        return self._said.read_text()

    def children(self) -> list[int]:
        assert self.process is not None
        pid = self.process.pid
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]

    async def until_said(self, text: str) -> None:
        await eventually(lambda: text in self.said, within=60)

    async def ended(self, within: float = 30) -> int:
        assert self.process is not None
        return await asyncio.to_thread(self.process.wait, within)


def _can_be_had(port: int) -> bool:
    return is_free(port) and is_ours(port)


def _heed_hangups() -> None:
    """As in a terminal, even where the tests themselves run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Run]:
    run = Run(tmp_path / "data")
    yield run
    if run.process is not None and run.process.poll() is None:
        run.process.kill()  # takes its children with it
        run.process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_stops_everything_within_ten_seconds(run: Run, number: int) -> None:
    process = run.start()
    await run.until_said("Ctrl-C stops everything.")
    children = run.children()
    assert len(children) == 2
    asked = monotonic()
    process.send_signal(number)
    assert await run.ended(within=10) == 0
    assert monotonic() - asked < 10
    assert not any(alive(pid) for pid in children)
    assert run.said.endswith("Stopping.\nEverything has stopped.\n")
    assert all(is_free(port) for port in ports_from(run.base).values())


async def test_a_signal_in_the_middle_of_the_start_stops_everything_too(run: Run) -> None:
    process = run.start()
    children = await eventually(lambda: len(found := run.children()) == 2 and found)
    process.terminate()
    assert await run.ended(within=10) == 0
    assert not any(alive(pid) for pid in children)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
async def test_no_child_outlives_a_supervisor_killed_with_9(run: Run) -> None:
    process = run.start()
    await run.until_said("Ctrl-C stops everything.")
    children = run.children()
    assert len(children) == 2
    process.kill()
    await run.ended()
    await eventually(lambda: not any(alive(pid) for pid in children))
    run.start()
    await run.until_said("Ctrl-C stops everything.")


async def test_the_report_says_where_everything_is_and_has_no_control_characters(
    run: Run,
) -> None:
    run.start()
    await run.until_said("Ctrl-C stops everything.")
    ports = ports_from(run.base)
    lines = run.said.splitlines()
    assert lines[0] == "Aula is starting: mongod, nats"
    for name in ("mongod", "nats"):
        assert any(
            line.split()[:3] == [name, f"127.0.0.1:{ports[name]}", "ready"] for line in lines
        )
    assert f"  Data       {run.folder}" in lines
    assert f"  Logs       {run.folder / 'logs'}" in lines
    assert (run.folder / "logs" / "mongod.log").stat().st_size > 0
    assert all(line.isprintable() for line in lines)


async def test_a_taken_port_is_reported_and_nothing_starts(run: Run) -> None:
    port = ports_from(run.base)["mongod"]
    with socket.create_server(("127.0.0.1", port)):
        run.start()
        assert await run.ended() == 1
    assert f"Taken by another program: port {port} (mongod)." in run.said
    assert "AULA_PORT=" in run.said
    assert not run.folder.exists()


async def test_a_wrong_setting_is_a_sentence_and_not_a_traceback(run: Run) -> None:
    run.start(AULA_PORT="eighty")
    assert await run.ended() == 1
    assert run.said == "AULA_PORT must be a whole number from 1 to 65527, not 'eighty'.\n"
