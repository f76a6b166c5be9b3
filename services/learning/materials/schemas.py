"""What the endpoints of materials take and answer (contract, section 4)."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from services.learning.levels import Level
from services.learning.materials.assignments import Assigned, Outcome
from services.learning.materials.domain import Material, Video
from shared.clock import timestamp
from shared.http.schemas import Answer, Body, Id
from shared.languages import Language

MOST_PEOPLE = 10_000  # in one call


class Assign(Body, frozen=True, kw_only=True):
    user_ids: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=MOST_PEOPLE)]


class PdfView(Answer, frozen=True, kw_only=True):
    id: str
    title: str
    url: str
    size: int
    pages: int


class VideoView(Answer, frozen=True, kw_only=True):
    """`size`: of one that is a file of ours."""

    id: str
    title: str
    url: str
    size: int | UnsetType = UNSET


class MaterialView(Answer, frozen=True, kw_only=True):
    id: str
    title: str
    description: str | None
    locale: Language
    level: Level | None
    pdfs: tuple[PdfView, ...]
    videos: tuple[VideoView, ...]
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, material: Material) -> "MaterialView":
        return cls(**_shown(material))


class AssignedView(MaterialView, frozen=True, kw_only=True):
    assigned_at: str

    @classmethod
    def to_somebody(cls, assigned: Assigned) -> "AssignedView":
        return cls(**_shown(assigned.material), assigned_at=timestamp(assigned.at))


def _shown(material: Material) -> dict[str, Any]:
    return {
        "id": material.id,
        "title": material.title,
        "description": material.description,
        "locale": material.locale,
        "level": material.level,
        "pdfs": tuple(
            PdfView(
                id=pdf.id,
                title=pdf.title,
                url=_url(material.id, pdf.id),
                size=pdf.size,
                pages=pdf.pages,
            )
            for pdf in material.pdfs
        ),
        "videos": tuple(_video(material.id, video) for video in material.videos),
        "created_at": timestamp(material.created_at),
        "updated_at": timestamp(material.updated_at),
    }


def _video(material_id: str, video: Video) -> VideoView:
    return VideoView(
        id=video.id,
        title=video.title,
        url=video.url or _url(material_id, video.id),
        size=UNSET if video.size is None else video.size,
    )


def _url(material_id: str, file_id: str) -> str:
    return f"/education-materials/{material_id}/files/{file_id}"


class AssignmentSummary(Answer, frozen=True, kw_only=True):
    material_id: str
    assigned_count: int
    already_assigned_count: int
    not_found_user_ids: list[str]

    @classmethod
    def of(cls, material_id: str, outcome: Outcome) -> "AssignmentSummary":
        return cls(
            material_id=material_id,
            assigned_count=outcome.assigned,
            already_assigned_count=outcome.already_assigned,
            not_found_user_ids=outcome.not_found,
        )
