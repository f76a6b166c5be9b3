"""Where the bytes of files lie: a folder, or a bucket of S3 or what else obstore speaks."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, ObjectStore, S3Store, from_url

from services.learning.storage.domain import StorageUnavailable
from shared import logs
from shared.errors import NotFound
from shared.settings import SettingsError

log = logs.get("storage")

_PART = 6 * 1024 * 1024  # bytes sent at a time to a bucket; S3 wants 5 MiB at least
_PARTS_AT_ONCE = 2  # held in memory meanwhile
_PIECE = 256 * 1024  # and read, or written to a folder
_LINK_LIVES = timedelta(minutes=5)
_RETRY: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}


class Objects:
    """Objects by key. Everything that fails is StorageUnavailable, but for what is NotFound."""

    def __init__(
        self, store: ObjectStore, *, folder: Path | None = None, links: ObjectStore | None = None
    ) -> None:
        """`folder`: of a store that is one. `links`: the same store as clients reach it, if that
        can hand out links."""
        self._store = store
        self._folder = folder
        self._links = links

    @classmethod
    def at(cls, url: str, default: Path) -> "Objects":
        """`url`: see the setting `storage_url`; without one, the folder `default`. Raises
        SettingsError."""
        try:
            parts = urlsplit(url)
            if parts.scheme in ("", "file"):
                folder = Path(unquote(parts.path)) if url else default
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                return cls(LocalStore(folder), folder=folder)
            if parts.scheme == "s3":
                asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                public = asked.pop("public", None)
                bucket = _s3(url, asked)
                links = _s3(url, {**asked, "endpoint": public}) if public else bucket
                return cls(bucket, links=links)
            store = from_url(url, retry_config=_RETRY)
            return cls(store, links=store if isinstance(store, AzureStore | GCSStore) else None)
        except (BaseError, ValueError, OSError, TypeError) as error:
            # Without the words of others, which may quote the URL and so a secret.
            raise SettingsError(
                "AULA_STORAGE_URL is not a folder (file:///srv/files) or a store such as"
                " s3://key:secret@bucket/prefix?endpoint=https://s3.example&region=eu-1"
                f" ({type(error).__name__})."
            ) from None

    async def put(self, key: str, file: BinaryIO, headers: dict[str, str]) -> None:
        """All of `file`, durable when this returns. `headers`: with which it is handed out where
        the store does that itself."""
        await asyncio.to_thread(file.seek, 0)
        # One request for what fits into one; larger ones come in parts.
        attributes = cast(Any, None if self._folder else headers)
        with _outages("put"):
            await obstore.put_async(
                self._store,
                key,
                file,
                attributes=attributes,
                chunk_size=_PIECE if self._folder else _PART,
                max_concurrency=_PARTS_AT_ONCE,
            )
            if self._folder:
                await asyncio.to_thread(_flush, self._folder, key)

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """From `start` up to `end`, not included; opened when this returns."""
        with _outages("read"):
            found = await obstore.get_async(self._store, key, options={"range": (start, end)})
        return _pieces(found)

    async def link(self, key: str) -> str | None:
        """Where anybody can get it for the next minutes; None if it has to be read here."""
        if not isinstance(self._links, S3Store | AzureStore | GCSStore):
            return None
        with _outages("link"):
            return await obstore.sign_async(self._links, "GET", key, _LINK_LIVES)

    async def remove(self, key: str) -> None:
        """Also what a put that was cut left behind. Nothing happens where nothing is."""
        if self._folder:
            await asyncio.to_thread(_remove_staged, self._folder / key)
        with _outages("remove"), contextlib.suppress(NotFound):
            await obstore.delete_async(self._store, key)


def _s3(url: str, options: dict[str, Any]) -> S3Store:
    parts = urlsplit(url)
    config: dict[str, Any] = {"region": "us-east-1", **options}
    if parts.username:
        config["access_key_id"] = unquote(parts.username)
        config["secret_access_key"] = unquote(parts.password or "")
    return S3Store(
        parts.hostname,
        prefix=parts.path.strip("/") or None,
        config=cast(Any, config),
        client_options={"allow_http": config.get("endpoint", "").startswith("http://")},
        retry_config=_RETRY,
    )


@contextlib.contextmanager
def _outages(what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound from None
    except (BaseError, OSError) as error:  # its words quote keys and addresses
        log.warning("no storage", operation=what, error=type(error).__name__)
        raise StorageUnavailable from None


async def _pieces(found: "obstore.GetResult") -> AsyncIterator[bytes]:
    async for piece in found.stream(min_chunk_size=_PIECE):
        yield bytes(piece)


def _flush(folder: Path, key: str) -> None:
    """To the disk itself: the file, and each folder on the way to it."""
    path = folder / key
    for each in (path, *path.parents):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if each == folder:
            break


def _remove_staged(path: Path) -> None:
    """A folder's puts go to `name#1` and the like first."""
    for staged in path.parent.glob(f"{path.name}#*"):
        staged.unlink(missing_ok=True)
