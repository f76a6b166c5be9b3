"""A learner takes a placement test, through the gateway, and is forgotten."""

from tests.end_to_end.client import Json, bearer, data_of, sign_in
from tests.end_to_end.conftest import Aula
from tests.eventually import eventually
from tests.learning.assessments import body, right_answers


async def test_a_learner_finds_out_their_level_and_leaves(aula: Aula, superadmin: Json) -> None:
    admin, http = bearer(superadmin), aula.http
    test = data_of(await http.post("/proficiency-tests", json=body(), headers=admin), 201)
    signed_in = await sign_in(http, aula.mailbox, "placed@aula.test")
    learner, user_id = bearer(signed_in), signed_in["user"]["id"]
    public = data_of(await http.get(f"/api/v1/proficiency-tests/{test['id']}"))
    assert "isCorrect" not in str(public)
    answers = {"answers": right_answers(test)}
    url = f"/proficiency-tests/{test['id']}/submit"
    result = data_of(await http.post(url, json=answers, headers=learner), 201)
    assert (result["totalScore"], result["level"]) == (100.0, "B1")
    assert (await http.post(url, json=answers, headers=learner)).status_code == 409
    mine = data_of(await http.get("/proficiency-tests/my-results", headers=learner))
    assert [each["id"] for each in mine["list"]] == [result["id"]]
    everybodys = data_of(await http.get("/proficiency-tests/admin/results", headers=admin))
    assert result["id"] in [each["id"] for each in everybodys["list"]]

    data_of(await http.post("/users/me/account-deletion", headers=learner))
    data_of(await http.post("/users/me/account-deletion/finalize-now", headers=learner))

    async def is_forgotten() -> bool:
        url = f"/proficiency-tests/admin/results/{result['id']}"
        return (await http.get(url, headers=admin)).status_code == 404

    await eventually(is_forgotten, within=30)
    url = f"/proficiency-tests/admin/users/{user_id}/results"
    assert data_of(await http.get(url, headers=admin))["list"] == []
