"""Storage's endpoints (contract, section 4)."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.learning.storage.domain import GIB, KINDS, MIB, WITH_FILES
from services.learning.storage.forms import PhotoParts, UploadParts, read_photo, read_upload
from services.learning.storage.schemas import Uploaded
from services.learning.storage.service import StorageService
from services.learning.storage.store import head_of
from shared.http.envelope import Envelope, created
from shared.http.files import file_answer
from shared.http.guards import admin, signed_in
from shared.http.reference import refuses
from shared.http.uploads import MultipartBody
from shared.tokens import Principal

# Besides the file a body has its frame, and a field.
ONCE = {"idempotent": True}
UPLOAD = {"multipart": True, "max_body": GIB + MIB, "form": UploadParts}
PHOTO = {"multipart": True, "max_body": 6 * MIB, "form": PhotoParts}

_PUBLIC = "public, max-age=300"
_PRIVATE = "private, no-cache"


@post("/storage/upload", guards=[admin], opt=UPLOAD | ONCE | refuses(*WITH_FILES))
async def upload_file(
    principal: NamedDependency[Principal],
    multipart: NamedDependency[MultipartBody],
    storage: NamedDependency[StorageService],
) -> Envelope[Uploaded]:
    """Upload a file.

    Images up to 15 MiB, PDFs up to 100 MiB, MP4 and WebM up to 1 GiB: the content decides, not
    the name. PDFs with scripts or attachments are refused. Without a `folder` it goes to
    `public`.
    """
    async with storage.arrivals() as arrivals:
        form = await read_upload(multipart, arrivals)
        file = await storage.upload(principal, arrivals, form.file, form.folder)
        return created(Uploaded.of(file))


@post("/storage/profile-photo", guards=[signed_in], opt=PHOTO | ONCE | refuses(*WITH_FILES))
async def add_profile_photo(
    principal: NamedDependency[Principal],
    multipart: NamedDependency[MultipartBody],
    storage: NamedDependency[StorageService],
) -> Envelope[Uploaded]:
    """Upload a profile photo.

    An image up to 5 MiB. Put the `url` of the answer into `profilePhoto` with `PATCH /me`.
    """
    async with storage.arrivals() as arrivals:
        photo = await read_photo(multipart, arrivals)
        return created(Uploaded.of(await storage.add_photo(principal, arrivals, photo)))


@get("/storage/files/{key:path}", opt={"file": tuple(KINDS)})
async def download_file(
    key: FromPath[str],
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Principal | None],
    storage: NamedDependency[StorageService],
) -> Response[Any]:
    """Download a file.

    Of public folders for everybody, of others for admins. `Range` gets a part of it.
    """
    key = key.removeprefix("/")
    file, contents = await storage.open(visitor, key)
    cache_control = _PUBLIC if storage.is_public(key) else _PRIVATE
    return await file_answer(request, head_of(file, cache_control), contents)


HANDLERS = (upload_file, add_profile_photo, download_file)
