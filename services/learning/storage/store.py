"""The files of learning: taken in, checked, kept, handed out, removed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import puremagic

from services.learning.storage.domain import (
    KINDS,
    MP4,
    FileEmpty,
    FileTypeNotAllowed,
    Kind,
    Limits,
    StoredFile,
    clean_name,
)
from services.learning.storage.inspector import Inspector
from services.learning.storage.objects import Objects
from services.learning.storage.repository import Files
from services.learning.storage.spool import Spool, Spooled
from services.learning.storage.sweeper import Sweeper
from shared import logs
from shared.clock import utc_now
from shared.errors import AulaError, NotFound
from shared.http.files import FileHead, disposition
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.mongo import Document, PyMongoError, ServerClock, Session

log = logs.get("storage")

# An upload that has not been kept after this is given up. Longer than any put may take.
_GIVEN_UP = timedelta(hours=2)
_PUT_SECONDS = 3600.0
# Brands of what has the form of an MP4 file and is none.
_PICTURES = (b"avif", b"avis", b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1")


@dataclass(frozen=True)
class CheckedFile:
    """It has come and was found good, and lies in the spool."""

    spooled: Spooled
    filename: str
    kind: Kind
    pages: int | None

    def described(self, folder: str, user_id: str | None) -> StoredFile:
        file_id = new_id()
        return StoredFile(
            id=file_id,
            key=f"{folder}/{file_id}.{self.kind.extensions[0]}",
            filename=self.filename,
            media_type=self.kind.media_type,
            size=self.spooled.size,
            sha256=self.spooled.sha256,
            created_at=utc_now(),
            pages=self.pages,
            user_id=user_id,
        )


class FileStore:
    """Whoever owns files uses this. To take one in:

        async with files.arrivals() as arrivals:
            checked = await arrivals.check(chunks, "name.pdf", PDFS)
            file = await arrivals.put(checked, "materials")
            await outbox.commit(work)  # which calls `keep(file, session)`

    What is not kept at the end is removed. To remove one: `release` in the owner's transaction.
    """

    def __init__(
        self,
        spool: Spool,
        inspector: Inspector,
        objects: Objects,
        files: Files,
        sweeper: Sweeper,
        outbox: Outbox,
        now: ServerClock,
    ) -> None:
        self._spool = spool
        self._inspector = inspector
        self._objects = objects
        self._files = files
        self._sweeper = sweeper
        self._outbox = outbox
        self._now = now

    @asynccontextmanager
    async def arrivals(self) -> AsyncIterator["Arrivals"]:
        arrivals = Arrivals(self)
        try:
            yield arrivals
        except BaseException:
            await asyncio.shield(self._drop(arrivals.put_keys))
            raise
        finally:
            arrivals.close()

    async def check(
        self, chunks: AsyncIterator[bytes], filename: str, limits: Limits
    ) -> CheckedFile:
        """Raises the refusals of `domain`."""
        kind: Kind | None = None

        def limit_of(head: bytes) -> int:
            nonlocal kind
            kind = kind_of(head, limits)
            return limits[kind]

        spooled = await self._spool.take(chunks, limit_of)
        try:
            assert kind is not None
            pages = await self._inspector.pages_of(spooled.file, kind)
        except BaseException:
            spooled.close()
            raise
        return CheckedFile(spooled, clean_name(filename, kind), kind, pages)

    async def put(self, checked: CheckedFile, file: StoredFile) -> None:
        """Into the store, under its key for good; removed again in a while if it is not kept."""
        due_at = await self._now() + _GIVEN_UP

        async def announce(transaction: Transaction) -> None:
            await self._files.announce(file.key, due_at, transaction.session)

        await self._outbox.commit(announce, once=False)
        headers = {
            "Content-Type": file.media_type,
            "Content-Disposition": disposition(file.filename, inline=checked.kind.inline),
        }
        async with asyncio.timeout(_PUT_SECONDS):
            await self._objects.put(file.key, checked.spooled.file, headers)

    async def keep(self, file: StoredFile, session: Session) -> None:
        """In the transaction of the change that it belongs to."""
        await self._files.keep(file, session)

    async def release(self, file_ids: Sequence[str], session: Session) -> None:
        """In the transaction of the change by which they go."""
        await self._files.release(file_ids, await self._now(), session)

    async def let_go(self, documents: Sequence[Document], session: Session) -> None:
        """As `release`, for who removes the files' own documents: the erasure of a person."""
        await self._files.let_go(documents, await self._now(), session)

    async def find(self, file_id: str) -> StoredFile:
        """Raises NotFound."""
        return _found(await self._files.find(file_id))

    async def at(self, key: str) -> StoredFile:
        """Raises NotFound."""
        return _found(await self._files.at(key))

    def contents(self, file: StoredFile) -> "StoredContents":
        return StoredContents(self._objects, file.key)

    async def _drop(self, keys: Sequence[str]) -> None:
        for key in keys:
            try:
                await self._sweeper.remove_one(key)
            except (PyMongoError, AulaError) as error:  # it is loose: the sweeper comes by later
                log.warning("not removed yet", error=type(error).__name__)


class Arrivals:
    """The files of one request, on their way in."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._checked: list[CheckedFile] = []
        self.put_keys: list[str] = []

    async def check(
        self, chunks: AsyncIterator[bytes], filename: str, limits: Limits
    ) -> CheckedFile:
        checked = await self._store.check(chunks, filename, limits)
        self._checked.append(checked)
        return checked

    async def put(
        self, checked: CheckedFile, folder: str, *, user_id: str | None = None
    ) -> StoredFile:
        """`user_id`: of the person of whom it says something."""
        file = checked.described(folder, user_id)
        self.put_keys.append(file.key)
        await self._store.put(checked, file)
        checked.spooled.close()
        return file

    def close(self) -> None:
        for checked in self._checked:
            checked.spooled.close()


@dataclass(frozen=True)
class StoredContents:
    """For `shared.http.files.file_answer`."""

    objects: Objects
    key: str

    async def link(self) -> str | None:
        return await self.objects.link(self.key)

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        return await self.objects.read(self.key, start, end)


def head_of(file: StoredFile, cache_control: str) -> FileHead:
    return FileHead(
        name=file.filename,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        modified=file.created_at,
        inline=KINDS[file.media_type].inline,
        cache_control=cache_control,
    )


def kind_of(head: bytes, limits: Limits) -> Kind:
    """What a file is that begins so. Raises FileTypeNotAllowed, FileEmpty. Whether it goes on as
    it begins is for the inspector to say."""
    if not head:
        raise FileEmpty
    if head[4:8] == b"ftyp" and head[8:12] not in _PICTURES and MP4 in limits:
        return MP4  # whatever its brand
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        guesses = []
    # Of what begins alike, what we know: the inspector refuses the rest.
    for guess in guesses:
        kind = KINDS.get(guess.mime_type)
        if kind is not None and kind in limits and guess.offset in (0, 8):
            return kind
    raise FileTypeNotAllowed


def _found(file: StoredFile | None) -> StoredFile:
    if file is None:
        raise NotFound
    return file
