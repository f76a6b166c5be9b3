"""Materials, made up, as forms."""

import json
from typing import Any

import httpx

from tests.learning.conftest import Learning
from tests.storage import samples

PDF = samples.pdf(pages=3)
MP4 = samples.mp4()
LINK = {"title": "Greetings", "url": "https://video.example/1"}

Parts = list[tuple[str, Any]]


def form(
    *, pdfs: Any = (), films: Any = (), videos: Any = None, **fields: str
) -> list[tuple[str, tuple[str | None, str | bytes]]]:
    """`pdfs`, `films`: names and contents."""
    parts: list[tuple[str, tuple[str | None, str | bytes]]] = []
    if videos is not None:
        fields["videos"] = videos if isinstance(videos, str) else json.dumps(videos)
    parts += [(name, (None, value)) for name, value in fields.items()]
    parts += [("pdfs", pdf) for pdf in pdfs]
    return parts + [("videoFiles", film) for film in films]


async def post(learning: Learning, parts: Parts) -> httpx.Response:
    return await learning.http.post("/education-materials", files=parts, headers=learning.bearer())


async def patch(learning: Learning, material_id: str, parts: Parts) -> httpx.Response:
    path = f"/education-materials/{material_id}"
    return await learning.http.patch(path, files=parts, headers=learning.bearer())


async def material(learning: Learning, **members: Any) -> dict[str, Any]:
    answer = await post(learning, form(**{"title": "Unit 1", "locale": "en", **members}))
    data: dict[str, Any] = await learning.data(answer, 201)
    return data


async def assign(learning: Learning, material_id: str, *user_ids: str) -> dict[str, Any]:
    answer = await learning.http.post(
        f"/education-materials/{material_id}/assign",
        json={"userIds": user_ids},
        headers=learning.bearer(),
        timeout=60,
    )
    data: dict[str, Any] = await learning.data(answer)
    return data
