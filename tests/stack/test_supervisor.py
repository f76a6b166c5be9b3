"""The supervisor, with children of one line of Python."""

import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from deploy.errors import NotReady
from deploy.keeper import LOG_LIMIT, Child, Keeper
from deploy.supervisor import Supervisor
from tests.eventually import eventually

from .processes import alive

WAITS = "import time; time.sleep(600)"
IGNORES_SIGTERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('deaf', flush=True); time.sleep(600)"
)

SAYS_GOODBYE = """
import signal, sys, time
def bye(*_):
    open(sys.argv[2], "a").write(sys.argv[1] + " ")
    sys.exit()
signal.signal(signal.SIGTERM, bye)
print("up", flush=True)
time.sleep(600)
"""


class Fleet:
    """A supervisor and what it reported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.supervisor = Supervisor(self.lines.append)

    def child(self, name: str, code: str, *words: str, not_ready: str | None = None) -> Child:
        """Runs `code`; ready at once, or never, for the reason `not_ready`."""

        async def ready() -> str | None:
            return not_ready

        argv = (sys.executable, "-c", code, *words)
        return Child(name=name, argv=argv, env={}, log=self.log(name), ready=ready)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def printed(self, name: str, word: str) -> bool:
        return word in self.log(name).read_text()

    def pid(self, name: str) -> int:
        pid = self.supervisor[name].pid
        assert pid is not None
        return pid


@pytest.fixture
async def fleet(tmp_path: Path) -> AsyncIterator[Fleet]:
    fleet = Fleet(tmp_path)
    yield fleet
    await fleet.supervisor.stop()


async def test_a_killed_child_is_started_again_and_the_report_says_so(fleet: Fleet) -> None:
    await fleet.supervisor.start([fleet.child("auth", WAITS)])
    first = fleet.pid("auth")
    await fleet.supervisor["auth"].kill()
    assert not alive(first)
    await fleet.supervisor["auth"].until_ready(30)
    assert fleet.pid("auth") != first
    assert fleet.lines[-2] == "auth ended with signal 9; starting it again in 0.2 s"
    assert re.fullmatch(r"auth is ready again \(\d+\.\d s\)", fleet.lines[-1])


async def test_each_death_in_a_row_doubles_the_wait(fleet: Fleet) -> None:
    await fleet.supervisor.start([fleet.child("auth", WAITS)])
    for _ in range(3):
        await fleet.supervisor["auth"].kill()
        await fleet.supervisor["auth"].until_ready(30)
    waits = [line.rpartition(" in ")[2] for line in fleet.lines if "starting it again" in line]
    assert waits == ["0.2 s", "0.4 s", "0.8 s"]


async def test_what_dies_at_each_start_ends_the_start_with_the_end_of_its_log(
    fleet: Fleet,
) -> None:
    code = "raise SystemExit('AULA_CODE_KEY is not set')"
    with pytest.raises(NotReady) as refusal:
        await fleet.supervisor.start([fleet.child("auth", code, not_ready="refused")])
    first, _, *tail = str(refusal.value).splitlines()
    assert first == "auth ended with status 1, 3 times in a row"
    assert tail == ["  AULA_CODE_KEY is not set"]


async def test_a_child_that_is_never_ready_is_named_with_the_reason(fleet: Fleet) -> None:
    code = "print(*range(50), sep='\\n', flush=True);" + WAITS
    child = fleet.child("users", code, not_ready="503: the broker is away")
    for limit in (1, 5, 25):  # until it has come as far as to print all
        with pytest.raises(NotReady) as refusal:
            await fleet.supervisor.start([child], limit)
        await fleet.supervisor.stop()
        if "  49" in str(refusal.value):
            break
    first, second, *tail = str(refusal.value).splitlines()
    assert first == f"users is not ready after {limit} s: 503: the broker is away"
    assert str(fleet.log("users")) in second
    assert tail == [f"  {number}" for number in range(30, 50)]


async def test_a_program_that_is_not_there_ends_the_start(fleet: Fleet) -> None:
    child = replace(fleet.child("nats", "", not_ready="refused"), argv=["/nowhere/nats-server"])
    with pytest.raises(NotReady, match="No such file"):
        await fleet.supervisor.start([child])


async def test_a_child_deaf_to_sigterm_is_killed_after_its_grace(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    keeper = Keeper(fleet.child("users", IGNORES_SIGTERM), fleet.lines.append)
    keeper.start()
    await keeper.until_ready(30)
    await eventually(lambda: fleet.printed("users", "deaf"))
    pid, started = keeper.pid, monotonic()
    await keeper.stop(grace=0.5)
    assert pid is not None
    assert not alive(pid)
    assert 0.5 <= monotonic() - started < 20
    assert fleet.lines[-1] == "users did not stop within 0.5 s and is killed"


async def test_all_groups_together_stop_within_the_limit(fleet: Fleet) -> None:
    for name in ("mongod", "auth"):
        await fleet.supervisor.start([fleet.child(name, IGNORES_SIGTERM)])
    await eventually(lambda: fleet.printed("mongod", "deaf") and fleet.printed("auth", "deaf"))
    pids, started = [fleet.pid("mongod"), fleet.pid("auth")], monotonic()
    await fleet.supervisor.stop(limit=4)
    assert monotonic() - started < 7.5, "not four seconds for each of them"
    assert not any(alive(pid) for pid in pids)


async def test_later_groups_stop_before_the_earlier(fleet: Fleet) -> None:
    goodbyes = fleet.folder / "goodbyes"
    for name in ("mongod", "auth"):
        child = fleet.child(name, SAYS_GOODBYE, name, str(goodbyes))
        await fleet.supervisor.start([child])
    await eventually(lambda: fleet.printed("mongod", "up") and fleet.printed("auth", "up"))
    await fleet.supervisor.stop()
    assert goodbyes.read_text() == "auth mongod "


async def test_stopping_leaves_no_process_even_right_after_a_death(fleet: Fleet) -> None:
    await fleet.supervisor.start([fleet.child("auth", WAITS), fleet.child("users", WAITS)])
    await fleet.supervisor["auth"].kill()
    pid = fleet.pid("users")
    await fleet.supervisor.stop()
    assert not alive(pid)
    assert fleet.supervisor.keepers == []


async def test_ctrl_c_in_the_terminal_does_not_reach_children(fleet: Fleet) -> None:
    await fleet.supervisor.start([fleet.child("auth", WAITS)])
    pid = fleet.pid("auth")
    assert os.getsid(pid) == pid


async def test_a_log_is_appended_to_and_put_aside_when_it_is_long(fleet: Fleet) -> None:
    log = fleet.log("auth")
    log.write_text("from yesterday\n")
    await fleet.supervisor.start([fleet.child("auth", "print('today', flush=True);" + WAITS)])
    await eventually(lambda: fleet.printed("auth", "today"))
    assert log.read_text() == "from yesterday\ntoday\n"
    with log.open("ab") as long:
        long.truncate(LOG_LIMIT + 1)
    await fleet.supervisor["auth"].kill()
    await fleet.supervisor["auth"].until_ready(30)
    await eventually(lambda: fleet.printed("auth", "today"))
    assert log.read_text() == "today\n"
    assert log.with_name("auth.log.1").stat().st_size == LOG_LIMIT + 1
