"""Storage's endpoints (contract, section 4)."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.learning.storage.domain import GIB, MIB
from services.learning.storage.forms import read_photo, read_upload
from services.learning.storage.schemas import Uploaded
from services.learning.storage.service import StorageService
from services.learning.storage.store import head_of
from shared.http.envelope import Envelope, created
from shared.http.files import file_answer
from shared.http.guards import admin, signed_in
from shared.http.uploads import MultipartBody
from shared.tokens import Principal

# Besides the file a body has its frame, and a field.
UPLOAD = {"multipart": True, "max_body": GIB + MIB}
PHOTO = {"multipart": True, "max_body": 6 * MIB}

_PUBLIC = "public, max-age=300"
_PRIVATE = "private, no-cache"


@post("/storage/upload", guards=[admin], opt={**UPLOAD, "idempotent": True})
async def upload(
    multipart: NamedDependency[MultipartBody], storage: NamedDependency[StorageService]
) -> Envelope[Uploaded]:
    async with storage.arrivals() as arrivals:
        form = await read_upload(multipart, arrivals)
        return created(Uploaded.of(await storage.upload(arrivals, form.file, form.folder)))


@post("/storage/profile-photo", guards=[signed_in], opt={**PHOTO, "idempotent": True})
async def add_profile_photo(
    principal: NamedDependency[Principal],
    multipart: NamedDependency[MultipartBody],
    storage: NamedDependency[StorageService],
) -> Envelope[Uploaded]:
    async with storage.arrivals() as arrivals:
        photo = await read_photo(multipart, arrivals)
        return created(Uploaded.of(await storage.add_photo(principal, arrivals, photo)))


@get("/storage/files/{key:path}")
async def download(
    key: FromPath[str],
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Principal | None],
    storage: NamedDependency[StorageService],
) -> Response[Any]:
    key = key.removeprefix("/")
    file, contents = await storage.open(visitor, key)
    cache_control = _PUBLIC if storage.is_public(key) else _PRIVATE
    return await file_answer(request, head_of(file, cache_control), contents)


HANDLERS = (upload, add_profile_photo, download)
