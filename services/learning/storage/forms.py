"""Forms with a file, read as they come (contract, section 4)."""

import re
from dataclasses import dataclass

from services.learning.storage.domain import ANY_KIND, PHOTOS, Limits
from services.learning.storage.service import PHOTO_FOLDER
from services.learning.storage.store import Arrivals, CheckedFile
from shared.errors import InvalidFields
from shared.http.forms import MISSING, NO_FIELD, NO_FILE, TWICE, UNKNOWN
from shared.http.schemas import Body
from shared.http.uploads import MultipartBody, Part
from shared.languages import Text

# `materials` has rights of its own, and so does what belongs to people.
_RESERVED = (PHOTO_FOLDER, "materials")
_FOLDER = re.compile(r"[a-z0-9][a-z0-9-]{0,39}(/[a-z0-9][a-z0-9-]{0,39}){0,4}")
_DEFAULT_FOLDER = "public"

_BAD_FOLDER = Text(
    en="up to five names of a-z, 0-9 and -, separated by /; some are reserved",
    tr="a-z, 0-9 ve - karakterlerinden oluşan, / ile ayrılmış en çok beş ad; bazıları ayrılmıştır",
    es="hasta cinco nombres de a-z, 0-9 y -, separados por /; algunos están reservados",
    de="bis zu fünf Namen aus a-z, 0-9 und -, getrennt durch /; manche sind vergeben",
)


class UploadParts(Body, frozen=True, kw_only=True):
    """A form. `folder`: up to five names, separated by `/`; the first decides who may read it."""

    file: bytes
    folder: str = _DEFAULT_FOLDER


class PhotoParts(Body, frozen=True, kw_only=True):
    """A form."""

    file: bytes


@dataclass(frozen=True)
class UploadForm:
    file: CheckedFile
    folder: str


async def read_upload(body: MultipartBody, arrivals: Arrivals) -> UploadForm:
    """Raises InvalidFields, and what `Arrivals.check` raises."""
    return await _read(body, arrivals, ANY_KIND, takes_folder=True)


async def read_photo(body: MultipartBody, arrivals: Arrivals) -> CheckedFile:
    """Raises as `read_upload`."""
    return (await _read(body, arrivals, PHOTOS, takes_folder=False)).file


async def _read(
    body: MultipartBody, arrivals: Arrivals, limits: Limits, *, takes_folder: bool
) -> UploadForm:
    file: CheckedFile | None = None
    folder: str | None = None
    async for part in body.parts():
        if part.name == "file":
            if not part.is_file:
                raise InvalidFields({"file": NO_FILE})
            if file is not None:
                raise InvalidFields({"file": TWICE})
            file = await arrivals.check(part.chunks(), part.filename or "", limits)
        elif part.name == "folder" and takes_folder:
            if folder is not None:
                raise InvalidFields({"folder": TWICE})
            folder = await _folder(part)
        else:
            raise InvalidFields({part.name[:64]: UNKNOWN})
    if file is None:
        raise InvalidFields({"file": MISSING})
    return UploadForm(file, folder or _DEFAULT_FOLDER)


async def _folder(part: Part) -> str:
    if part.is_file:
        raise InvalidFields({"folder": NO_FIELD})
    folder = await part.text()
    if folder and (not _FOLDER.fullmatch(folder) or folder.partition("/")[0] in _RESERVED):
        raise InvalidFields({"folder": _BAD_FOLDER})
    return folder
