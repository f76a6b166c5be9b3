"""Unpacking and zipping while it is being sent."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

SLICE = 256 * 1024  # bytes decompressed at a time


class PartMissing(Exception):
    """The export went while it was being read: its person was erased, or its time was over."""


class _Outlet:
    """Where the archive is written to, and from where it is sent. Cannot be rewound."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self._written)
        self._written.clear()
        return taken


async def zipped(
    files: Iterable[tuple[str, AsyncIterator[bytes]]], made_at: datetime
) -> AsyncIterator[bytes]:
    """`files`: their names, and what is in them."""
    outlet = _Outlet()
    # It only writes, and asks for no more than that where it cannot go back.
    with ZipFile(outlet, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, content in files:
            entry = ZipInfo(name, made_at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            with archive.open(entry, "w") as file:
                async for piece in content:
                    # In a thread: compressing takes longer than other requests should wait.
                    await asyncio.to_thread(file.write, piece)
                    yield outlet.take()
    yield outlet.take()


async def unpacked(packed: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What was packed, in small pieces. Raises PartMissing where its end is not there."""
    stream = zlib.decompressobj()
    async for rest in packed:
        piece = b""
        # A full piece may leave something in the stream although all of its input is taken.
        while rest or len(piece) == SLICE:
            piece = await asyncio.to_thread(stream.decompress, rest, SLICE)
            rest = stream.unconsumed_tail
            yield piece
    if not stream.eof:
        raise PartMissing
