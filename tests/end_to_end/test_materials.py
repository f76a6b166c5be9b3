"""A learner is given a material and opens it, through the gateway; and is forgotten."""

from tests.end_to_end.client import Json, bearer, data_of, sign_in
from tests.end_to_end.conftest import Aula
from tests.eventually import eventually
from tests.learning.materials import LINK, MP4, PDF, form


async def test_a_learner_opens_what_they_were_given_and_nobody_else_does(
    aula: Aula, superadmin: Json
) -> None:
    admin, http = bearer(superadmin), aula.http
    parts = form(
        title="Unit 1",
        locale="en",
        videos=[LINK],
        pdfs=[("Übung.pdf", PDF)],
        films=[("film.mp4", MP4)],
    )
    material = data_of(await http.post("/education-materials", files=parts, headers=admin), 201)
    path = f"/education-materials/{material['id']}"
    pdf, film = material["pdfs"][0]["url"], material["videos"][1]["url"]
    signed_in = await sign_in(http, aula.mailbox, "reader@aula.test")
    learner, user_id = bearer(signed_in), signed_in["user"]["id"]
    stranger = bearer(await sign_in(http, aula.mailbox, "stranger@aula.test"))

    async def assigned() -> bool:
        answer = await http.post(f"{path}/assign", json={"userIds": [user_id]}, headers=admin)
        return bool(data_of(answer)["assignedCount"])

    await eventually(assigned, within=30)
    mine = data_of(await http.get("/api/v1/education-materials/my", headers=learner))
    assert [each["id"] for each in mine["list"]] == [material["id"]]
    assert data_of(await http.get(path, headers=learner)) == material
    whole = await http.get(pdf, headers=learner)
    assert (whole.status_code, whole.content) == (200, PDF)
    assert whole.headers["content-disposition"].endswith("filename*=UTF-8''%C3%9Cbung.pdf")
    part = await http.get(film, headers=learner | {"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{len(MP4)}"
    known = await http.get(pdf, headers=learner | {"If-None-Match": whole.headers["etag"]})
    assert known.status_code == 304
    for url in (path, pdf, film):
        assert (await http.get(url, headers=stranger)).status_code == 404
        assert (await http.get(url)).status_code == 401
    changed = await http.patch(path, files=form(pdfs=[("2.pdf", PDF)]), headers=admin)
    assert len(data_of(changed)["pdfs"]) == 2

    data_of(await http.post("/users/me/account-deletion", headers=learner))
    data_of(await http.post("/users/me/account-deletion/finalize-now", headers=learner))
    theirs = f"/education-materials/admin/users/{user_id}"

    async def is_forgotten() -> bool:
        return (await http.get(theirs, headers=admin)).status_code == 404

    await eventually(is_forgotten, within=30)
    again = await http.post(f"{path}/assign", json={"userIds": [user_id]}, headers=admin)
    assert data_of(again)["notFoundUserIds"] == [user_id]
    data_of(await http.delete(path, headers=admin))
    assert (await http.get(pdf, headers=admin)).status_code == 404
