"""Where a file waits until all of it has come and was found good.

On the local disk, and without a name: whatever becomes of this process, the system takes the file
back with it. So there is nothing to sweep up after a crash.
"""

import asyncio
import errno
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO, cast

from services.learning.storage.domain import FileTooLarge, StorageUnavailable
from shared import logs

log = logs.get("storage")

HEAD = 4096  # bytes by which a file's kind is told
_PIECE = 1024 * 1024


class Spooled:
    """A file that has come. Gone once it is closed."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        rest = memoryview(data)
        while rest:
            rest = rest[self.file.write(rest) :]

    def close(self) -> None:
        self.file.close()


class Spool:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def take(self, chunks: AsyncIterator[bytes], limit_of: Callable[[bytes], int]) -> Spooled:
        """All of `chunks`. `limit_of` is asked with the first bytes for the most there may be, or
        raises a refusal. Raises FileTooLarge, StorageUnavailable when the disk is full."""
        spooled = Spooled(await asyncio.to_thread(self._open))
        try:
            await self._fill(spooled, chunks, limit_of)
        except BaseException:
            spooled.close()
            raise
        return spooled

    async def _fill(
        self, spooled: Spooled, chunks: AsyncIterator[bytes], limit_of: Callable[[bytes], int]
    ) -> None:
        waiting = bytearray()
        limit: int | None = None
        async for chunk in chunks:
            waiting += chunk
            spooled.size += len(chunk)
            if limit is None and spooled.size >= HEAD:
                limit = limit_of(bytes(waiting[:HEAD]))
            if limit is not None and spooled.size > limit:
                raise FileTooLarge
            if len(waiting) >= _PIECE:
                await self._write(spooled, bytes(waiting))
                waiting.clear()
        if limit is None and spooled.size > limit_of(bytes(waiting)):
            raise FileTooLarge
        await self._write(spooled, bytes(waiting))

    async def _write(self, spooled: Spooled, data: bytes) -> None:
        """In a thread: the disk may be slow, and hashing takes its time."""
        try:
            await asyncio.to_thread(spooled.write, data)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                raise
            log.error("no room to take a file in", error=errno.errorcode[error.errno])
            raise StorageUnavailable from error

    def _open(self) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cast(BinaryIO, tempfile.TemporaryFile(dir=self._folder, buffering=0))
