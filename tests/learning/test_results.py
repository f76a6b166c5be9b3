"""Taking a test: attempts, races, snapshots, and who sees what came of it."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.contracts.learning import TestSubmitted
from shared.contracts.users import UserDeleted
from shared.ids import new_id
from tests.learning.assessments import body, made, right_answers
from tests.learning.conftest import Learning
from tests.learning.people import registered, somebody, told

Json = dict[str, Any]


async def submit(
    learning: Learning, test: Json, user_id: str, answers: Any = None, **headers: str
) -> httpx.Response:
    sent = {"answers": right_answers(test) if answers is None else answers}
    bearer = learning.bearer("user", user_id) | headers
    url = f"/proficiency-tests/{test['id']}/submit"
    return await learning.http.post(url, json=sent, headers=bearer)


async def seen(learning: Learning, path: str, user_id: str) -> Any:
    bearer = learning.bearer("user", user_id)
    answer = await learning.http.get(f"/proficiency-tests{path}", headers=bearer)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_a_test_is_taken_scored_and_said(learning: Learning) -> None:
    test = await made(learning)
    ada = await somebody(learning)
    single, multiple = right_answers(test)
    wrong = test["questions"][0]["options"][1]["id"]
    answer = await submit(
        learning, test, ada, [multiple, {"questionId": single["questionId"], "optionId": wrong}]
    )
    assert answer.status_code == 201, answer.text
    result = answer.json()["data"]
    assert result["user"] == {"id": ada, "name": "Ada Lovelace", "email": f"{ada}@aula.test"}
    assert result["test"] == {
        "id": test["id"],
        "title": test["title"],
        "targetLanguage": "en",
        "version": 1,
    }
    assert (result["totalScore"], result["rawScore"], result["maxScore"]) == (66.67, 2, 3)
    assert (result["level"], result["attempt"]) == ("A2", 1)
    first, second = result["answers"]
    assert first == {
        "questionId": single["questionId"],
        "questionText": test["questions"][0]["text"],
        "selectedOptionIds": [wrong],
        "isCorrect": False,
        "points": 0,
    }
    assert (second["isCorrect"], second["points"]) == (True, 2)
    assert second["selectedOptionIds"] == multiple["optionIds"]
    (event,) = await learning.said(ada, TestSubmitted)
    assert event == TestSubmitted(
        user_id=ada,
        result_id=result["id"],
        test_id=test["id"],
        test_title=test["title"],
        target_language="en",
        level="A2",
        total_score=66.67,
        completed_at=result["completedAt"],
    )
    assert await seen(learning, f"/results/{result['id']}", ada) == result


async def test_what_is_not_answered_is_wrong(learning: Learning) -> None:
    test = await made(learning)
    single, _ = right_answers(test)
    blank = {"questionId": test["questions"][1]["id"], "optionIds": []}
    for answers, score in (([], 0.0), ([single], 33.33), ([single, blank], 33.33)):
        answer = await submit(learning, test, new_id(), answers)
        assert answer.json()["data"]["totalScore"] == score
        assert len(answer.json()["data"]["answers"]) == 2


async def test_of_two_submissions_at_the_same_time_one_counts(learning: Learning) -> None:
    test = await made(learning)
    for _ in range(5):
        ada = new_id()
        both = await asyncio.gather(*(submit(learning, test, ada) for _ in range(2)))
        assert sorted(answer.status_code for answer in both) == [201, 409]
        (refused,) = [answer for answer in both if answer.status_code == 409]
        assert refused.json()["code"] == "no_attempts_left"
        assert await learning.database["results"].count_documents({"user_id": ada}) == 1
        assert len(await learning.said(ada, TestSubmitted)) == 1


async def test_no_more_attempts_than_allowed_however_many_come_at_once(learning: Learning) -> None:
    test = await made(learning, maxAttempts=3)
    ada = new_id()
    answers = await asyncio.gather(*(submit(learning, test, ada) for _ in range(8)))
    made_it = [a.json()["data"]["attempt"] for a in answers if a.status_code == 201]
    assert sorted(made_it) == [1, 2, 3]
    assert [a.status_code for a in answers].count(409) == 5


async def test_many_people_submit_at_once(learning: Learning) -> None:
    test = await made(learning)
    people = [new_id() for _ in range(30)]
    answers = await asyncio.gather(*(submit(learning, test, each) for each in people))
    assert {answer.status_code for answer in answers} == {201}


async def test_an_idempotency_key_spends_one_attempt(learning: Learning) -> None:
    test = await made(learning)
    ada, key = new_id(), {"Idempotency-Key": new_id()}
    one = await submit(learning, test, ada, **key)
    two = await submit(learning, test, ada, **key)
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json()["data"] == two.json()["data"]
    assert (await submit(learning, test, ada)).status_code == 409


async def test_the_status_counts_attempts_and_shows_the_last_result(learning: Learning) -> None:
    test = await made(learning, maxAttempts=2)
    ada, path = new_id(), f"/{test['id']}/status"
    assert await seen(learning, path, ada) == {
        "hasCompleted": False,
        "attemptsUsed": 0,
        "attemptsLeft": 2,
        "result": None,
    }
    await submit(learning, test, ada)
    last = (await submit(learning, test, ada, [])).json()["data"]
    assert await seen(learning, path, ada) == {
        "hasCompleted": True,
        "attemptsUsed": 2,
        "attemptsLeft": 0,
        "result": {
            "resultId": last["id"],
            "totalScore": 0.0,
            "level": "A1",
            "completedAt": last["completedAt"],
        },
    }
    anytime = await made(learning, maxAttempts=0)
    for _ in range(3):
        assert (await submit(learning, anytime, ada)).status_code == 201
    status = await seen(learning, f"/{anytime['id']}/status", ada)
    assert (status["attemptsUsed"], status["attemptsLeft"]) == (3, None)


async def test_a_result_stays_as_it_was_whatever_becomes_of_the_test(learning: Learning) -> None:
    test = await made(learning)
    ada = new_id()
    result = (await submit(learning, test, ada)).json()["data"]
    url = f"/proficiency-tests/{test['id']}"
    change = {"title": "Another", "questions": body()["questions"][:1], "maxAttempts": 2}
    changed = await learning.http.patch(url, json=change, headers=learning.bearer())
    again = await submit(learning, changed.json()["data"], ada)
    assert again.json()["data"]["test"]["version"] == 2
    stale = await submit(learning, test, new_id())  # who saw the questions of before
    assert stale.status_code == 400
    assert "answers[0]: is not a question of this test" in stale.json()["errors"]
    await learning.http.delete(url, headers=learning.bearer())
    assert await seen(learning, f"/results/{result['id']}", ada) == result
    assert (await submit(learning, test, ada)).status_code == 404
    kept = await learning.database["results"].find_one({"_id": result["id"]})
    assert kept is not None
    assert [band["level"] for band in kept["test"]["bands"]] == ["A1", "A2", "B1"]


async def test_what_is_not_published_cannot_be_taken(learning: Learning) -> None:
    test = await made(learning, isPublished=False)
    assert (await submit(learning, test, new_id())).status_code == 404
    bearer = learning.bearer("user")
    url = f"/proficiency-tests/{test['id']}/status"
    assert (await learning.http.get(url, headers=bearer)).status_code == 404


async def test_results_are_listed_to_their_owner_and_to_admins(learning: Learning) -> None:
    test = await made(learning, maxAttempts=0)
    ada, bob = await somebody(learning), new_id()
    ids = [(await submit(learning, test, ada)).json()["data"]["id"] for _ in range(3)]
    others = (await submit(learning, test, bob)).json()["data"]
    page = await seen(learning, "/results?limit=2", ada)
    assert [each["id"] for each in page["list"]] == ids[:0:-1]
    assert page["pagination"]["totalItems"] == 3
    assert "answers" not in page["list"][0]
    bearer = learning.bearer("user", ada)
    url = f"/proficiency-tests/results/{others['id']}"
    foreign = await learning.http.get(url, headers=bearer)
    unknown = await learning.http.get(f"/proficiency-tests/results/{new_id()}", headers=bearer)
    for answer in (foreign, unknown):
        assert (answer.status_code, answer.json()["code"]) == (404, "result_not_found")
    admin = learning.bearer()
    url = f"/proficiency-tests/admin/users/{ada}/results"
    answer = await learning.http.get(url, headers=admin)
    assert [each["id"] for each in answer.json()["data"]["list"]] == ids[::-1]
    assert {each["user"]["name"] for each in answer.json()["data"]["list"]} == {"Ada Lovelace"}
    url = f"/proficiency-tests/admin/results/{others['id']}"
    assert (await learning.http.get(url, headers=admin)).json()["data"] == others


async def test_the_list_of_all_results_reads_the_same_from_both_ends(learning: Learning) -> None:
    test = await made(learning)
    await asyncio.gather(*(submit(learning, test, new_id()) for _ in range(5)))
    admin, pages = learning.bearer(), []
    url = "/proficiency-tests/admin/results"
    total = await learning.database["results"].count_documents({})
    for page in range(1, -(-total // 3) + 2):
        query = {"page": page, "limit": 3}
        data = (await learning.http.get(url, params=query, headers=admin)).json()["data"]
        assert data["pagination"]["totalItems"] == total
        pages += [each["id"] for each in data["list"]]
    newest = learning.database["results"].find({}, sort=[("completed_at", -1), ("_id", -1)])
    assert pages == [each["_id"] async for each in newest]


async def test_a_result_that_an_admin_deletes_gives_the_attempt_back(learning: Learning) -> None:
    test = await made(learning)
    ada, admin = new_id(), new_id()
    result = (await submit(learning, test, ada)).json()["data"]
    url = f"/proficiency-tests/admin/results/{result['id']}"
    bearer = learning.bearer("admin", admin)
    answer = await learning.http.delete(url, headers=bearer)
    assert answer.json()["data"]["id"] == result["id"]
    assert (await learning.http.delete(url, headers=bearer)).status_code == 404
    assert (await submit(learning, test, ada)).json()["data"]["attempt"] == 1
    (entry,) = await learning.audit.of(ada)
    assert entry.action == "test_result.deleted"


async def test_who_is_known_from_a_token_only_takes_tests_and_is_named_later(
    learning: Learning,
) -> None:
    test = await made(learning)
    ada = new_id()
    result = (await submit(learning, test, ada)).json()["data"]
    assert result["user"] == {"id": ada, "name": None, "email": None}
    await told(learning, registered(ada, email="ada@aula.test"))
    named = await seen(learning, f"/results/{result['id']}", ada)
    assert named["user"]["email"] == "ada@aula.test"


async def test_who_is_gone_for_good_takes_no_test(learning: Learning) -> None:
    test = await made(learning)
    ada = await somebody(learning)
    await told(learning, UserDeleted(user_id=ada, erasure_id=new_id()))
    answer = await submit(learning, test, ada)
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_required")
    assert await learning.database["people"].find_one({"_id": ada}) is None


OTHER = "65cdd01890f43f1e2a000001"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "answers: is required"),
        ({"answers": None}, "answers"),
        ({"answers": [{"questionId": OTHER, "optionId": OTHER}]}, "is not a question"),
        ({"answers": [{"questionId": "QUESTION", "optionId": OTHER}]}, "is not an option"),
        ({"answers": [{"questionId": "QUESTION"}]}, "either optionId or optionIds"),
        (
            {"answers": [{"questionId": "QUESTION", "optionId": OTHER, "optionIds": []}]},
            "either optionId or optionIds",
        ),
        ({"answers": [{"questionId": {"$gt": ""}, "optionId": OTHER}]}, "questionId"),
        ({"answers": [{"questionId": "QUESTION", "optionId": "x"}]}, "optionId"),
        ({"answers": [{"questionId": "QUESTION", "optionIds": []}] * 2}, "answered twice"),
        ({"answers": [], "totalScore": 100}, "totalScore"),
    ],
)
async def test_answers_that_make_no_sense_spend_no_attempt(
    learning: Learning, sent: Json, said: str
) -> None:
    test = await made(learning)
    ada = new_id()
    bearer = learning.bearer("user", ada)
    for answer in sent.get("answers") or []:
        if answer["questionId"] == "QUESTION":
            answer["questionId"] = test["questions"][0]["id"]
    url = f"/proficiency-tests/{test['id']}"
    answer = await learning.http.post(f"{url}/submit", json=sent, headers=bearer)
    assert answer.status_code == 400, answer.text
    assert any(said in line for line in answer.json()["errors"]), answer.text
    assert (await seen(learning, f"/{test['id']}/status", ada))["attemptsUsed"] == 0


async def test_ids_that_are_none_and_ids_of_nothing(learning: Learning) -> None:
    admin = learning.bearer()
    for path in (
        "/{}",
        "/{}/status",
        "/results/{}",
        "/admin/results/{}",
    ):
        for wrong, status in (("x" * 24, 400), ("$ne", 400), (new_id(), 404)):
            url = f"/proficiency-tests{path.format(wrong)}"
            assert (await learning.http.get(url, headers=admin)).status_code == status, url
