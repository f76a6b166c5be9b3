"""Materials: made of files and links by admins, opened by whom they are assigned to."""

import asyncio
import hashlib
from typing import Any

import pytest

from shared.ids import new_id
from shared.mongo import Document
from tests.eventually import eventually
from tests.learning.conftest import Learning
from tests.learning.materials import LINK, MP4, PDF, assign, form, material, patch, post
from tests.learning.people import somebody
from tests.storage import samples

FIELDS = ("title", "locale")
SHORT = samples.pdf()


def path(each: dict[str, Any]) -> str:
    return f"/education-materials/{each['id']}"


async def kept(learning: Learning) -> list[list[Document]]:
    """Everything that materials consist of."""
    names = ("files", "materials", "loose_objects")
    return [await learning.database[name].find().sort("_id").to_list(None) for name in names]


async def settled(learning: Learning) -> list[list[Document]]:
    """The same, once what earlier tests let go of has been removed."""

    async def none_lost() -> bool:
        removed = await learning.database["materials"].find_one({"removed": True})
        return removed is None and await learning.database["loose_objects"].find_one() is None

    await eventually(none_lost, within=60)
    return await kept(learning)


async def test_a_material_is_shown_as_it_was_made(learning: Learning) -> None:
    made = await material(
        learning,
        title=" Unit 1 ",
        description="Read it,\r\nthen watch.",
        locale="de",
        level="A1+",
        pdfs=[("Übung 1.pdf", PDF), ("two.PDF", SHORT)],
        videos=[LINK],
        films=[("Hallo.mp4", MP4)],
    )
    urls = [f"{path(made)}/files/{pdf['id']}" for pdf in made["pdfs"]]
    assert made == {
        "id": made["id"],
        "title": "Unit 1",
        "description": "Read it,\nthen watch.",
        "locale": "de",
        "level": "A1+",
        "pdfs": [
            {
                "id": made["pdfs"][0]["id"],
                "title": "Übung 1",
                "url": urls[0],
                "size": len(PDF),
                "pages": 3,
            },
            {
                "id": made["pdfs"][1]["id"],
                "title": "two",
                "url": urls[1],
                "size": len(SHORT),
                "pages": 1,
            },
        ],
        "videos": [
            {"id": made["videos"][0]["id"], **LINK},
            {
                "id": made["videos"][1]["id"],
                "title": "Hallo",
                "url": f"{path(made)}/files/{made['videos'][1]['id']}",
                "size": len(MP4),
            },
        ],
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
    }
    answer = await learning.http.get(path(made), headers=learning.bearer())
    assert await learning.data(answer) == made
    for pdf, content in zip(made["pdfs"], (PDF, SHORT), strict=True):
        assert (await learning.http.get(pdf["url"], headers=learning.bearer())).content == content


async def test_the_least_there_can_be_is_a_title_and_a_locale(learning: Learning) -> None:
    made = await material(learning)
    assert (made["description"], made["level"], made["pdfs"], made["videos"]) == (
        None,
        None,
        [],
        [],
    )


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (form(locale="en"), "title: is required"),
        (form(title="x", pdfs=[("a.pdf", PDF)]), "locale: is required"),
        *((form(title=title, locale="en"), "title: ") for title in ("", " ", "a" * 201, "a\nb")),
        *((form(title="x", locale=each), "locale: ") for each in ("", "EN", "fr")),
        *((form(title="x", locale="en", level=each), "level: ") for each in ("D1", "a1", "A1 ")),
        (form(title="x", locale="en", description="a\x07"), "description: "),
        (form(title="x", locale="en", description="a" * 10_001), "description: "),
        *(
            (form(title="x", locale="en", videos=each), "videos: ")
            for each in (
                "x",
                "{}",
                "null",
                "[1]",
                "[" * 5000,
                [{"title": "x"}],
                [{**LINK, "more": 1}],
                [{**LINK, "title": ""}],
                [{**LINK, "title": "\0"}],
                '[{"title": "\\ud800", "url": "https://x.example"}]',
                [LINK] * 51,
            )
        ),
        *(
            (form(title="x", locale="en", videos=[LINK, {"title": "x", "url": each}]), "videos[1].")
            for each in ("javascript:alert(1)", "//x.example", "https://u:p@x.example", "")
        ),
        (form(title="x", locale="en", isAdmin="true"), "isAdmin: is not a known member"),
        ([*form(title="x", locale="en"), ("title", (None, "y"))], "title: may be there once"),
        ([*form(title="x", locale="en"), ("pdfs", (None, "y"))], "pdfs: must be a file"),
        ([*form(title="x"), ("locale", ("a", "en"))], "locale: must not be a file"),
    ],
)
async def test_what_is_wrong_with_a_form_is_said(learning: Learning, parts: Any, line: str) -> None:
    answer = await post(learning, parts)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][1].startswith(line)


@pytest.mark.parametrize(("content", "status"), [(b"", 201), (PDF, 400)])
async def test_a_browsers_field_without_a_file_is_none(
    learning: Learning, content: bytes, status: int
) -> None:
    lines = [
        *(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nen' for name in FIELDS),
        '--x\r\nContent-Disposition: form-data; name="pdfs"; filename=""\r\n',
    ]
    body = "\r\n".join(lines).encode() + b"\r\n" + content + b"\r\n--x--\r\n"
    headers = learning.bearer() | {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await learning.http.post("/education-materials", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 201:
        assert answer.json()["data"]["pdfs"] == []


async def test_text_that_is_no_utf8_is_refused(learning: Learning) -> None:
    answer = await post(learning, [("title", (None, b"\xff\xfe")), ("locale", (None, "en"))])
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("bad", "status", "code"),
    [
        ([("a.pdf", b"%PDF-1.7 no more")], 400, "file_damaged"),
        ([("a.pdf", b"")], 400, "file_empty"),
        ([("a.pdf", PDF[: len(PDF) * 99 // 100])], 400, "file_damaged"),
        ([("a.pdf", samples.png())], 415, "file_type_not_allowed"),
        ([("a.pdf", MP4)], 415, "file_type_not_allowed"),
    ],
)
async def test_of_a_creation_that_fails_halfway_nothing_stays(
    learning: Learning, bad: Any, status: int, code: str
) -> None:
    before = await settled(learning)
    parts = form(title="x", locale="en", pdfs=[("good.pdf", PDF), *bad], films=[("a.mp4", MP4)])
    answer = await post(learning, parts)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await kept(learning) == before


async def test_of_a_creation_that_is_cut_nothing_stays(learning: Learning) -> None:
    before = await settled(learning)
    request = learning.http.build_request(
        "POST", "/education-materials", files=form(title="x", locale="en", pdfs=[("a.pdf", PDF)])
    )
    body = await request.aread()
    headers = learning.bearer() | {"Content-Type": request.headers["content-type"]}
    answer = await learning.http.post("/education-materials", content=body[:-30], headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert await kept(learning) == before


async def test_files_beyond_what_a_material_holds_are_refused_and_go(learning: Learning) -> None:
    made = await material(learning)
    fifty = [{"title": f"{n}", "url": f"https://video.example/{n}"} for n in range(50)]
    before = await settled(learning)
    answer = await patch(learning, made["id"], form(videos=fifty, films=[("a.mp4", MP4)]))
    assert answer.status_code == 400
    assert answer.json()["errors"][1].startswith("videos: ")

    async def as_before() -> bool:
        return await kept(learning) == before

    await eventually(as_before, within=30)


async def test_a_change_adds_files_and_replaces_what_it_names(learning: Learning) -> None:
    made = await material(
        learning,
        description="old",
        level="B1",
        pdfs=[("one.pdf", PDF)],
        videos=[LINK, {"title": "Gone", "url": "https://video.example/2"}],
        films=[("film.mp4", MP4)],
    )
    fresh = {"title": "New", "url": "https://video.example/3"}
    renamed = {**LINK, "title": "Hello"}
    parts = form(
        title="Unit 1b",
        description="",
        level="",
        pdfs=[("two.pdf", PDF)],
        videos=[fresh, renamed],
    )
    changed = await learning.data(await patch(learning, made["id"], parts))
    assert (changed["title"], changed["description"], changed["level"]) == ("Unit 1b", None, None)
    assert changed["locale"] == made["locale"]
    assert [pdf["title"] for pdf in changed["pdfs"]] == ["one", "two"]
    assert changed["pdfs"][0] == made["pdfs"][0]
    assert changed["videos"] == [
        {"id": changed["videos"][0]["id"], **fresh},
        {"id": made["videos"][0]["id"], **renamed},
        made["videos"][2],
    ]
    assert changed["updatedAt"] > made["updatedAt"]
    same = await learning.data(await patch(learning, made["id"], form(title="Unit 1b")))
    assert same == changed


async def test_changes_at_once_are_all_there(learning: Learning) -> None:
    made = await material(learning)
    await asyncio.gather(
        *(patch(learning, made["id"], form(pdfs=[(f"{n}.pdf", PDF)])) for n in range(4))
    )
    answer = await learning.http.get(path(made), headers=learning.bearer())
    titles = {pdf["title"] for pdf in (await learning.data(answer))["pdfs"]}
    assert titles == {"0", "1", "2", "3"}


async def test_admins_list_materials_the_newest_first(learning: Learning) -> None:
    made = [await material(learning, locale="es", title=f"Unidad {n}") for n in range(3)]

    async def listed(query: str) -> Any:
        url = f"/education-materials?{query}"
        return await learning.data(await learning.http.get(url, headers=learning.bearer()))

    first, rest = await listed("locale=es&limit=2"), await listed("locale=es&limit=2&page=2")
    assert [*first["list"], *rest["list"]][:3] == made[::-1]
    assert first["pagination"]["totalItems"] >= 3
    assert (await listed("limit=1"))["list"] == [made[2]]
    for bad in ("locale=fr", "page=x"):
        answer = await learning.http.get(f"/education-materials?{bad}", headers=learning.bearer())
        assert answer.status_code == 400


async def test_a_material_is_for_those_who_have_it(learning: Learning) -> None:
    made = await material(learning, pdfs=[("Übung.pdf", PDF)])
    ada, eve = await somebody(learning), await somebody(learning)
    await assign(learning, made["id"], ada)
    file = made["pdfs"][0]["url"]
    for url in (path(made), file):
        assert (await learning.http.get(url)).status_code == 401
        for who, status in ((ada, 200), (eve, 404)):
            answer = await learning.http.get(url, headers=learning.bearer("user", who))
            assert answer.status_code == status
    mine = await learning.http.get(path(made), headers=learning.bearer("user", ada))
    assert await learning.data(mine) == made
    other = await material(learning, pdfs=[("other.pdf", PDF)])
    for url in (
        f"{path(made)}/files/{other['pdfs'][0]['id']}",
        f"{path(made)}/files/{new_id()}",
        path(other),
    ):
        answer = await learning.http.get(url, headers=learning.bearer("user", ada))
        assert answer.status_code == 404
    # Nor is there another way to it.
    stored = await learning.database["files"].find_one({"_id": made["pdfs"][0]["id"]})
    assert stored is not None
    answer = await learning.http.get(
        f"/storage/files/{stored['key']}", headers=learning.bearer("user", ada)
    )
    assert answer.status_code == 404


async def test_a_file_comes_with_range_tag_and_name(learning: Learning) -> None:
    made = await material(learning, pdfs=[("Übung.pdf", PDF)], films=[("a.mp4", MP4)])
    ada = await somebody(learning)
    await assign(learning, made["id"], ada)
    theirs, url = learning.bearer("user", ada), made["pdfs"][0]["url"]
    answer = await learning.http.get(url, headers=theirs)
    assert answer.content == PDF
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["etag"] == f'"{hashlib.sha256(PDF).hexdigest()}"'
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-cache"
    assert headers["content-disposition"] == (
        "attachment; filename=\"_bung.pdf\"; filename*=UTF-8''%C3%9Cbung.pdf"
    )
    part = await learning.http.get(url, headers={**theirs, "Range": "bytes=-10"})
    assert (part.status_code, part.content) == (206, PDF[-10:])
    known = await learning.http.get(url, headers={**theirs, "If-None-Match": headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    film = made["videos"][0]["url"]
    part = await learning.http.get(film, headers={**theirs, "Range": "bytes=4-7"})
    assert (part.content, part.headers["content-type"]) == (b"ftyp", "video/mp4")


async def test_a_deleted_material_is_gone_with_its_files(learning: Learning) -> None:
    made = await material(learning, pdfs=[("a.pdf", PDF)], films=[("a.mp4", MP4)])
    ada = await somebody(learning)
    await assign(learning, made["id"], ada)
    answer = await learning.http.delete(path(made), headers=learning.bearer())
    assert (await learning.data(answer))["id"] == made["id"]
    for url in (path(made), made["pdfs"][0]["url"]):
        for who in (learning.bearer(), learning.bearer("user", ada)):
            assert (await learning.http.get(url, headers=who)).status_code == 404
    assert (await learning.http.delete(path(made), headers=learning.bearer())).status_code == 404
    assert (await patch(learning, made["id"], form(title="y"))).status_code == 404
    ids = [made["pdfs"][0]["id"], made["videos"][0]["id"]]
    assert await learning.database["files"].find_one({"_id": {"$in": ids}}) is None

    async def nothing_loose() -> bool:
        return await learning.database["loose_objects"].find_one() is None

    await eventually(nothing_loose, within=30)


async def test_deeds_of_admins_are_in_the_audit_log(learning: Learning) -> None:
    made, ada = await material(learning, pdfs=[("a.pdf", PDF)]), await somebody(learning)
    await patch(learning, made["id"], form(description="x", videos=[LINK]))
    await assign(learning, made["id"], ada)
    await assign(learning, made["id"], ada)
    await learning.http.delete(path(made), headers=learning.bearer())
    deeds = [(each.action, each.members) for each in await learning.audit.of(made["id"])]
    assert deeds == [
        ("material.created", ("locale", "pdfs", "title")),
        ("material.changed", ("description", "videos")),
        ("material.assigned", ()),
        ("material.deleted", ()),
    ]


@pytest.mark.parametrize("role", [None, "user"])
async def test_only_admins_look_after_materials(learning: Learning, role: Any) -> None:
    made = await material(learning)
    headers = learning.bearer(role) if role else {}
    for method, url, files in (
        ("POST", "/education-materials", form(title="x")),
        ("GET", "/education-materials", None),
        ("PATCH", path(made), form(title="x")),
        ("DELETE", path(made), None),
        ("POST", f"{path(made)}/assign", None),
        ("GET", f"/education-materials/admin/users/{new_id()}", None),
    ):
        answer = await learning.http.request(method, url, headers=headers, files=files)
        assert answer.status_code == (403 if role else 401), (method, url)
