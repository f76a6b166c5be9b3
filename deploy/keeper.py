"""One child process, run again and again until it is stopped."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from deploy.errors import NotReady
from deploy.probes import Probe

Report = Callable[[str], None]

FIRST_DELAY, LONGEST_DELAY = 0.2, 10.0
STEADY_AFTER = 30.0  # a child that stayed up so long starts with the first delay again
TRIES_AT_START = 3  # what dies so often before it was ever ready has a wrong setting, not bad luck
PROBE_EVERY = 0.05
FIRST_WORD_AFTER = 5.0
LOG_LIMIT = 10 * 1024 * 1024
TAIL_LINES = 20

LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, kw_only=True)
class Child:
    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path | None = None
    log: Path
    ready: Probe
    address: str = ""


class Keeper:
    def __init__(self, child: Child, report: Report) -> None:
        self.child = child
        self.ready = asyncio.Event()
        self._report = report
        self._task: asyncio.Task[None] | None = None
        self._process: Process | None = None
        self._was_ready = False
        self._reason = "it has not been started"
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name=f"keep {self.child.name}")

    async def until_ready(self, limit: float) -> None:
        """Raises NotReady, with the reason and the end of the log, when it never becomes ready."""
        if (task := self._task) is None:
            raise NotReady(f"{self.child.name} has been stopped")
        ready = asyncio.create_task(self.ready.wait())
        await asyncio.wait({ready, task}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self.ready.is_set():
            return
        if task.cancelled():
            raise NotReady(f"{self.child.name} has been stopped")
        if task.done():
            await task  # raises why it gave up
        raise NotReady(self._verdict(f"is not ready after {limit:g} s: {self._reason}"))

    async def kill(self) -> None:
        """SIGKILL; returns when the process is gone. It will be started again."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self.ready.clear()

    async def stop(self, grace: float) -> None:
        """SIGTERM, SIGKILL after `grace` seconds; returns when the process is gone, for good."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        self.ready.clear()
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), grace)
        except TimeoutError:
            self._report(f"{self.child.name} did not stop within {grace:g} s and is killed")
            process.kill()
            await process.wait()

    async def _keep(self) -> None:
        delay, deaths, since = FIRST_DELAY, 0, monotonic()
        while True:
            started = monotonic()
            ending = await self._run_once(since)
            self.ready.clear()
            since = monotonic()
            deaths += 1
            if not self._was_ready and deaths == TRIES_AT_START:
                raise NotReady(self._verdict(f"{ending}, {deaths} times in a row"))
            if since - started >= STEADY_AFTER:
                delay = FIRST_DELAY
            self._reason = f"it {ending}"
            self._report(f"{self.child.name} {ending}; starting it again in {delay:g} s")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run_once(self, since: float) -> str:
        """From start to end; how it ended."""
        try:
            self._process = await self._spawn()
        except OSError as error:
            return f"could not be started ({error})"
        async with asyncio.TaskGroup() as running:
            watch = running.create_task(self._watch(since))
            code = await self._process.wait()
            watch.cancel()
        return f"ended with signal {-code}" if code < 0 else f"ended with status {code}"

    async def _spawn(self) -> Process:
        log = self.child.log
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_name(f"{log.name}.1"))
        with log.open("ab") as output:
            self._log_start = output.tell()
            return await create_subprocess_exec(
                # Isolated and without site-packages, this costs some 15 ms.
                *(sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid())),
                *self.child.argv,
                env=self.child.env,
                cwd=self.child.cwd,
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
                # So that Ctrl-C in the terminal reaches the supervisor alone.
                start_new_session=True,
            )

    async def _watch(self, since: float) -> None:
        """Until it is ready, with a word now and then while that takes long."""
        name, next_word = self.child.name, FIRST_WORD_AFTER
        while (reason := await self.child.ready()) is not None:
            self._reason = reason
            waited = monotonic() - since
            if waited >= next_word:
                self._report(f"{name} is not ready yet: {reason} ({waited:.0f} s)")
                next_word *= 2
            await asyncio.sleep(PROBE_EVERY)
        took = f"({monotonic() - since:.1f} s)"
        again = f"{name} is ready again {took}"
        self._report(
            again if self._was_ready else f"{name:<15}{self.child.address:<24}ready {took}"
        )
        self._was_ready = True
        self.ready.set()

    def _verdict(self, what: str) -> str:
        """`what` happened, with the last lines that this run of the child wrote."""
        log = self.child.log
        written = log.read_bytes()[self._log_start :] if log.exists() else b""
        lines = written.decode(errors="replace").splitlines()[-TAIL_LINES:]
        tail = "\n".join(f"  {line}" for line in lines) or "  (nothing)"
        return f"{self.child.name} {what}\nThe end of its log, {log}:\n{tail}"
