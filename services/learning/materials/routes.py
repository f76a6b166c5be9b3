"""Endpoints of materials (contract, section 4)."""

from typing import Any

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.learning.materials.assignments import Assigned, AssignmentService
from services.learning.materials.forms import (
    ChangeMaterialParts,
    NewMaterialParts,
    read_changes,
    read_new,
)
from services.learning.materials.schemas import (
    Assign,
    AssignedView,
    AssignmentSummary,
    MaterialView,
)
from services.learning.materials.service import MaterialService
from services.learning.storage.domain import GIB, MIB, PDFS, VIDEOS, WITH_FILES
from services.learning.storage.store import head_of
from shared.http.envelope import Envelope, created, ok
from shared.http.files import file_answer
from shared.http.guards import admin, signed_in
from shared.http.pagination import Page, PageRequest
from shared.http.reference import refuses
from shared.http.schemas import Deleted
from shared.http.uploads import MultipartBody
from shared.ids import checked_id
from shared.languages import Language
from shared.tokens import Principal

# Each file has the limit of its kind; this is for all of one request.
FORM = {"multipart": True, "max_body": 2 * GIB + MIB}
FILE = {"file": tuple(kind.media_type for kind in (*PDFS, *VIDEOS))}
ONCE = {"idempotent": True}
NEW, CHANGES = FORM | {"form": NewMaterialParts}, FORM | {"form": ChangeMaterialParts}

_CACHE_CONTROL = "private, no-cache"  # whether it is still theirs is asked each time


@post("/education-materials", guards=[admin], opt=NEW | ONCE | refuses(*WITH_FILES))
async def create_material(
    principal: NamedDependency[Principal],
    multipart: NamedDependency[MultipartBody],
    materials: NamedDependency[MaterialService],
) -> Envelope[MaterialView]:
    """Add a material.

    A form: PDFs in `pdfs`, films in `videoFiles`, links to others as a JSON list in `videos`.
    """
    async with materials.arrivals() as arrivals:
        draft = await read_new(multipart, arrivals)
        return created(MaterialView.of(await materials.create(principal, arrivals, draft)))


@get("/education-materials", guards=[admin])
async def list_materials(
    materials: NamedDependency[MaterialService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
    locale: FromQuery[Language | None] = None,
) -> Envelope[Page[MaterialView]]:
    """List materials.

    The newest first.
    """
    found = await materials.page(locale, PageRequest.of(page, limit))
    return ok(Page([MaterialView.of(each) for each in found.list], found.pagination))


@get("/education-materials/my", guards=[signed_in])
async def list_own_materials(
    principal: NamedDependency[Principal],
    assignments: NamedDependency[AssignmentService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[AssignedView]]:
    """List the materials that are assigned to you.

    The last assigned first.
    """
    return ok(_shown(await assignments.of(principal.user_id, PageRequest.of(page, limit))))


@get("/education-materials/admin/users/{user_id:str}", guards=[admin])
async def list_materials_of_user(
    user_id: FromPath[str],
    assignments: NamedDependency[AssignmentService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[AssignedView]]:
    """List the materials that are assigned to somebody."""
    return ok(_shown(await assignments.of_known(checked_id(user_id), PageRequest.of(page, limit))))


@post(
    "/education-materials/{material_id:str}/assign",
    status_code=200,
    guards=[admin],
    opt={"idempotent": True},
)
async def assign_material(
    material_id: FromPath[str],
    data: JSONBody[Assign],
    principal: NamedDependency[Principal],
    assignments: NamedDependency[AssignmentService],
) -> Envelope[AssignmentSummary]:
    """Assign a material to people.

    Up to 10,000 at once. Who has it already keeps it; who is not known is named in the answer.
    """
    material = checked_id(material_id)
    users = [user_id.lower() for user_id in data.user_ids]
    return ok(AssignmentSummary.of(material, await assignments.assign(principal, material, users)))


@get("/education-materials/{material_id:str}", guards=[signed_in])
async def find_material(
    material_id: FromPath[str],
    principal: NamedDependency[Principal],
    materials: NamedDependency[MaterialService],
) -> Envelope[MaterialView]:
    """Get a material.

    For those it is assigned to, and for admins.
    """
    return ok(MaterialView.of(await materials.seen_by(principal, checked_id(material_id))))


@patch("/education-materials/{material_id:str}", guards=[admin], opt=CHANGES | refuses(*WITH_FILES))
async def change_material(
    material_id: FromPath[str],
    principal: NamedDependency[Principal],
    multipart: NamedDependency[MultipartBody],
    materials: NamedDependency[MaterialService],
) -> Envelope[MaterialView]:
    """Change a material.

    A form: only what is sent is changed, and files are added to those that are there. An empty
    `description` or `level` clears it.
    """
    target = checked_id(material_id)
    await materials.find(target)  # before all those bytes are read
    async with materials.arrivals() as arrivals:
        draft = await read_changes(multipart, arrivals)
        return ok(MaterialView.of(await materials.change(principal, target, arrivals, draft)))


@delete("/education-materials/{material_id:str}", status_code=200, guards=[admin])
async def delete_material(
    material_id: FromPath[str],
    principal: NamedDependency[Principal],
    materials: NamedDependency[MaterialService],
) -> Envelope[Deleted]:
    """Delete a material.

    With its files, for everybody it was assigned to.
    """
    target = checked_id(material_id)
    await materials.delete(principal, target)
    return ok(Deleted.of(target))


@get(
    "/education-materials/{material_id:str}/files/{file_id:str}",
    guards=[signed_in],
    opt=FILE,
)
async def open_material_file(
    material_id: FromPath[str],
    file_id: FromPath[str],
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    materials: NamedDependency[MaterialService],
) -> Response[Any]:
    """Download a file of a material.

    For those it is assigned to, and for admins. `Range` gets a part of it.
    """
    file, contents = await materials.open(principal, checked_id(material_id), checked_id(file_id))
    return await file_answer(request, head_of(file, _CACHE_CONTROL), contents)


def _shown(found: Page[Assigned]) -> Page[AssignedView]:
    return Page([AssignedView.to_somebody(each) for each in found.list], found.pagination)


HANDLERS = (
    create_material,
    list_materials,
    list_own_materials,
    list_materials_of_user,
    assign_material,
    find_material,
    change_material,
    delete_material,
    open_material_file,
)
