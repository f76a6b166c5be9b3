"""Files of materials, in a folder and in a bucket."""

from tests.eventually import eventually
from tests.learning.materials import MP4, PDF, form
from tests.storage.conftest import Storage


async def test_files_of_a_material_lie_in_the_store_until_it_is_deleted(storage: Storage) -> None:
    before, admin = await storage.at_rest(), storage.bearer()
    parts = form(title="x", locale="en", pdfs=[("a.pdf", PDF)], films=[("b.mp4", MP4)])
    answer = await storage.http.post("/education-materials", files=parts, headers=admin)
    assert answer.status_code == 201, answer.text
    material = answer.json()["data"]
    assert len(storage.objects()) == len(before) + 2
    url, path = material["pdfs"][0]["url"], f"/education-materials/{material['id']}"
    theirs = await storage.http.get(url, headers=admin, follow_redirects=True)
    assert theirs.content == PDF
    assert theirs.headers["content-disposition"] == 'attachment; filename="a.pdf"'
    # Whoever has no right gets no link either.
    for who, status in ((storage.bearer("user"), 404), ({}, 401)):
        answer = await storage.http.get(url, headers=who)
        assert (answer.status_code, answer.headers.get("location")) == (status, None)
    assert (await storage.http.delete(path, headers=admin)).status_code == 200

    async def gone() -> bool:
        return storage.objects() == before

    await eventually(gone, within=30)


async def test_of_a_form_that_fails_after_its_files_came_none_is_stored(storage: Storage) -> None:
    before = await storage.at_rest()
    for parts in (
        form(title="x", pdfs=[("a.pdf", PDF)]),  # no locale
        form(title="x", locale="en", pdfs=[("a.pdf", PDF), ("b.pdf", PDF[:-9])]),
    ):
        answer = await storage.http.post(
            "/education-materials", files=parts, headers=storage.bearer()
        )
        assert answer.status_code == 400
        assert (storage.objects(), await storage.loose()) == (before, [])
