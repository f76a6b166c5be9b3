"""Forms of materials, read as they come (contract, section 4)."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.learning.language_tags import BAD_LOCALE
from services.learning.levels import BAD_LEVEL, LEVELS, Level
from services.learning.links import BAD_LINK, LONGEST_LINK, is_link
from services.learning.materials.domain import MOST, Link
from services.learning.materials.service import Draft
from services.learning.storage.domain import PDFS, VIDEOS
from services.learning.storage.store import Arrivals, CheckedFile
from shared.errors import InvalidFields
from shared.http.forms import MISSING, NO_FIELD, NO_FILE, TWICE, UNKNOWN
from shared.http.schemas import Body
from shared.http.uploads import MultipartBody, Part
from shared.languages import LANGUAGES, Language, Text
from shared.text_fields import LINES, NAME

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=NAME)]
Description = Annotated[str, Meta(max_length=10_000, pattern=LINES)]


class LinkBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Title
    url: Annotated[str, Meta(max_length=LONGEST_LINK)]


Links = Annotated[tuple[LinkBody, ...], Meta(max_length=MOST)]


class ChangeMaterialParts(Body, frozen=True, kw_only=True):
    """A form. `videos`: a JSON list of `{title, url}`, which replaces the links there are."""

    title: Title | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    locale: Language | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    videos: str | UnsetType = UNSET
    pdfs: tuple[bytes, ...] | UnsetType = UNSET
    video_files: tuple[bytes, ...] | UnsetType = UNSET


class NewMaterialParts(ChangeMaterialParts, frozen=True, kw_only=True):
    """A form. `videos`: a JSON list of `{title, url}`."""

    title: Title
    locale: Language


_BAD_TITLE = Text(
    en="must be a line of 1 to 200 characters",
    tr="1 ile 200 karakter arasında bir satır olmalıdır",
    es="debe ser una línea de 1 a 200 caracteres",
    de="muss eine Zeile mit 1 bis 200 Zeichen sein",
)
_BAD_DESCRIPTION = Text(
    en="must be text of at most 10,000 characters",
    tr="en çok 10.000 karakterlik bir metin olmalıdır",
    es="debe ser un texto de 10.000 caracteres como máximo",
    de="muss Text mit höchstens 10.000 Zeichen sein",
)
_BAD_VIDEOS = Text(
    en="must be a JSON list of up to 50 objects with title and url",
    tr="title ve url içeren en çok 50 nesnelik bir JSON listesi olmalıdır",
    es="debe ser una lista JSON de hasta 50 objetos con title y url",
    de="muss eine JSON-Liste mit bis zu 50 Objekten aus title und url sein",
)


async def read_new(body: MultipartBody, arrivals: Arrivals) -> Draft:
    """Of a material that is to be. Raises InvalidFields, and what `Arrivals.check` raises."""
    draft = await read_changes(body, arrivals)
    missing = {name: MISSING for name in ("title", "locale") if name not in draft.members}
    if missing:
        raise InvalidFields(missing)
    return draft


async def read_changes(body: MultipartBody, arrivals: Arrivals) -> Draft:
    """What is left out stays; an empty description or level clears. Raises as `read_new`."""
    members: dict[str, object] = {}
    files: dict[str, list[CheckedFile]] = {"pdfs": [], "videoFiles": []}
    async for part in body.parts():
        if part.name in files:
            await _take(part, files[part.name], arrivals)
        elif part.name in _FIELDS:
            member, read = _FIELDS[part.name]
            if part.is_file:
                raise InvalidFields({part.name: NO_FIELD})
            if member in members:
                raise InvalidFields({part.name: TWICE})
            members[member] = read((await part.text()).replace("\r\n", "\n"))
        else:
            raise InvalidFields({part.name[:64]: UNKNOWN})
    return Draft(members, files["pdfs"], files["videoFiles"])


async def _take(part: Part, files: list[CheckedFile], arrivals: Arrivals) -> None:
    if not part.is_file:
        raise InvalidFields({part.name: NO_FILE})
    if not part.filename:  # a browser's, where none was chosen
        async for _ in part.chunks():
            raise InvalidFields({part.name: NO_FILE})
        return
    limits = PDFS if part.name == "pdfs" else VIDEOS
    files.append(await arrivals.check(part.chunks(), part.filename or "", limits))


def _title(text: str) -> str:
    return _converted(text.strip(), Title, "title", _BAD_TITLE)


def _description(text: str) -> str | None:
    return _converted(text, Description, "description", _BAD_DESCRIPTION).strip() or None


def _locale(text: str) -> str:
    if text not in LANGUAGES:
        raise InvalidFields({"locale": BAD_LOCALE})
    return text


def _level(text: str) -> str | None:
    if text and text not in LEVELS:
        raise InvalidFields({"level": BAD_LEVEL})
    return text or None


def _links(text: str) -> tuple[Link, ...]:
    try:
        links = msgspec.json.decode(text or "[]", type=Links)
    except (msgspec.DecodeError, RecursionError):
        raise InvalidFields({"videos": _BAD_VIDEOS}) from None
    wrong = {
        f"videos[{number}].url": BAD_LINK
        for number, link in enumerate(links)
        if not is_link(link.url)
    }
    if wrong:
        raise InvalidFields(wrong)
    return tuple(Link(title=link.title.strip(), url=link.url) for link in links)


def _converted(text: str, type_: object, name: str, wrong: Text) -> str:
    try:
        return str(msgspec.convert(text, type_))
    except msgspec.ValidationError:
        raise InvalidFields({name: wrong}) from None


# By the name of the part: the member that it is, and how it is read.
_FIELDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "title": ("title", _title),
    "description": ("description", _description),
    "locale": ("locale", _locale),
    "level": ("level", _level),
    "videos": ("links", _links),
}
