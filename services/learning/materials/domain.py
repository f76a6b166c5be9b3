"""A material: what a school gives its learners to read and to watch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import msgspec

from services.learning.levels import Level
from services.learning.storage.domain import StoredFile
from shared.errors import InvalidFields
from shared.ids import new_id
from shared.languages import Language, Text

MOST = 50  # PDFs of one material, and videos

_TOO_MANY = Text(
    en="there may be 50 at most",
    tr="en fazla 50 tane olabilir",
    es="puede haber 50 como máximo",
    de="es dürfen höchstens 50 sein",
)


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A video elsewhere, as an admin names it."""

    title: str
    url: str


class Pdf(msgspec.Struct, frozen=True, kw_only=True):
    """`id`: of the file too."""

    id: str
    title: str
    size: int
    pages: int

    @classmethod
    def of(cls, file: StoredFile) -> "Pdf":
        return cls(id=file.id, title=_title_of(file), size=file.size, pages=file.pages or 1)


class Video(msgspec.Struct, frozen=True, kw_only=True):
    """`url`: of one elsewhere. One that is a file of ours has its `id`, and a `size`."""

    id: str
    title: str
    url: str | None = None
    size: int | None = None

    @classmethod
    def of(cls, file: StoredFile) -> "Video":
        return cls(id=file.id, title=_title_of(file), size=file.size)


class Material(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str
    description: str | None = None
    locale: Language
    level: Level | None = None
    pdfs: tuple[Pdf, ...] = ()
    videos: tuple[Video, ...] = ()
    created_at: datetime
    updated_at: datetime

    @classmethod
    def new(
        cls,
        material_id: str,
        members: Mapping[str, object],
        pdfs: Sequence[StoredFile],
        videos: Sequence[StoredFile],
        now: datetime,
    ) -> "Material":
        """`members`: title, description, locale, level; `links`, of videos. Raises
        InvalidFields."""
        text = cast(dict[str, str], {n: each for n, each in members.items() if n != "links"})
        bare = cls(id=material_id, created_at=now, updated_at=now, **text)  # type: ignore[arg-type]  # the form gave each its type
        return bare.changed({"links": members.get("links", ())}, pdfs, videos, now)

    def changed(
        self,
        members: Mapping[str, object],
        pdfs: Sequence[StoredFile],
        videos: Sequence[StoredFile],
        now: datetime,
    ) -> "Material":
        """`links` take the place of those before; files are added. Itself, where that changes
        nothing. Raises InvalidFields."""
        text = {name: each for name, each in members.items() if name != "links"}
        after = msgspec.structs.replace(
            self,
            pdfs=(*self.pdfs, *map(Pdf.of, pdfs)),
            videos=(*self._watched(members.get("links")), *map(Video.of, videos)),
            **text,
        )
        wrong = {
            name: _TOO_MANY
            for name, several in (("pdfs", after.pdfs), ("videos", after.videos))
            if len(several) > MOST
        }
        if wrong:
            raise InvalidFields(wrong)
        return self if after == self else msgspec.structs.replace(after, updated_at=now)

    @property
    def file_ids(self) -> list[str]:
        return [pdf.id for pdf in self.pdfs] + [v.id for v in self.videos if v.url is None]

    def _watched(self, links: object) -> tuple[Video, ...]:
        """The videos with these `links`; None: with those that there are. What stays keeps its
        id."""
        if links is None:
            return self.videos
        known: dict[str, str] = {video.url: video.id for video in self.videos if video.url}
        linked = [
            Video(id=known.pop(link.url, "") or new_id(), title=link.title, url=link.url)
            for link in cast(Sequence[Link], links)
        ]
        return (*linked, *(video for video in self.videos if video.url is None))


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """A material is somebody's."""

    id: str
    material_id: str
    user_id: str
    assigned_at: datetime


def _title_of(file: StoredFile) -> str:
    return file.filename.rpartition(".")[0]
