"""Has files looked at by processes of their own, which hostile ones crash, swell or hold up in our
place. ADR 26 says what that holds off, and what not."""

import asyncio
import os
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from services.learning.storage import inspection
from services.learning.storage.domain import (
    FileActive,
    FileDamaged,
    FileEncrypted,
    FileTooComplex,
    FileWithoutPages,
    Kind,
)
from shared import logs

log = logs.get("storage")

_AT_ONCE = 2
_ROOT = Path(__file__).parents[3]
_REFUSALS = {
    "damaged": FileDamaged,
    "encrypted": FileEncrypted,
    "active": FileActive,
    "without_pages": FileWithoutPages,
    "too_complex": FileTooComplex,
}


class _Answer(msgspec.Struct):
    refused: str | None = None
    pages: int | None = None


class Inspector:
    def __init__(self, seconds: float = inspection.WALL_SECONDS) -> None:
        """`seconds`: for one file."""
        self._seconds = seconds
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def pages_of(self, file: BinaryIO, kind: Kind) -> int | None:
        """Of a PDF; None of other kinds. Raises a refusal for what is not all right; one that
        crashes who looks at it is not."""
        async with self._turns:
            code, said = await self._ask(file, kind)
        try:
            answer = msgspec.json.decode(said, type=_Answer) if code == 0 else None
        except msgspec.DecodeError:
            answer = None
        if answer is None:
            log.warning("inspection failed", media_type=kind.media_type, exit=code)
            raise FileTooComplex
        if answer.refused is not None:
            raise _REFUSALS[answer.refused]
        return answer.pages

    async def _ask(self, file: BinaryIO, kind: Kind) -> tuple[int | None, bytes]:
        await asyncio.to_thread(os.lseek, file.fileno(), 0, os.SEEK_SET)
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            inspection.__name__,
            kind.media_type,
            stdin=file,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing of ours: no secrets, no addresses.
            env={"PYTHONPATH": str(_ROOT), "PATH": os.defpath},
        )
        try:
            async with asyncio.timeout(self._seconds):
                said, _ = await child.communicate()
            return child.returncode, said
        except TimeoutError:
            return None, b""
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
