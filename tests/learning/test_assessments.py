"""The tests that there are: made, changed and copied by admins, shown to all."""

import re
from typing import Any

import pytest

from shared.ids import new_id
from tests.learning.assessments import body, made, multiple, single
from tests.learning.conftest import Learning

ID = re.compile(r"[0-9a-f]{24}")


async def shown(learning: Learning, test: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = await learning.http.get(f"/proficiency-tests/{test['id']}", headers=headers)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def refusal(learning: Learning, **members: Any) -> list[str]:
    answer = await learning.http.post(
        "/proficiency-tests", json=body(**members), headers=learning.bearer()
    )
    assert answer.status_code == 400, answer.text
    errors: list[str] = answer.json()["errors"]
    assert errors[0] == "Validation failed"
    return errors[1:]


async def test_a_test_is_made_and_shown_without_what_is_right(learning: Learning) -> None:
    test = await made(learning, targetLanguage="EN-gb", locale="tr", description="Forty minutes")
    assert test["targetLanguage"] == "en-GB"
    assert (test["version"], test["maxAttempts"], test["isPublished"]) == (1, 1, True)
    assert (test["questionCount"], test["maxScore"]) == (2, 3)
    assert test["levelRanges"][1] == {"level": "A2", "minScore": 41.0, "maxScore": 74.99}
    rights = [o["isCorrect"] for q in test["questions"] for o in q["options"]]
    assert rights == [True, False, False, True, False, True, False]
    for headers in ({}, learning.bearer("user")):
        public = await shown(learning, test, **headers)
        for question in test["questions"]:
            for option in question["options"]:
                option.pop("isCorrect", None)
        assert public == test


async def test_two_tests_that_differ_in_what_is_right_look_the_same(learning: Learning) -> None:
    """To the byte, but for ids and times: also the headers, and the list."""
    one = await made(learning, questions=[single(right=0), multiple(right=(0, 1))])
    two = await made(learning, questions=[single(right=2), multiple(right=(3,))])
    seen = []
    for test in (one, two):
        answer = await learning.http.get(f"/proficiency-tests/{test['id']}")
        for member in ("createdAt", "updatedAt"):
            assert test[member] in answer.text
        text = ID.sub("ID", re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", answer.text))
        headers = {n: v for n, v in answer.headers.items() if n not in ("etag", "date")}
        seen.append((text, headers | {"x-request-id": ""}))
        assert "isCorrect" not in answer.text
    assert seen[0] == seen[1]


async def test_the_list_has_what_is_published_the_newest_first(learning: Learning) -> None:
    hidden = await made(learning, targetLanguage="sw", isPublished=False)
    first = await made(learning, targetLanguage="sw", locale="es")
    second = await made(learning, targetLanguage="sw", locale="de")
    wanted = {"targetLanguage": "SW", "limit": 1}
    pages = [
        (await learning.http.get("/proficiency-tests", params={**wanted, "page": page})).json()[
            "data"
        ]
        for page in (1, 2, 3)
    ]
    assert [[test["id"] for test in page["list"]] for page in pages] == [
        [second["id"]],
        [first["id"]],
        [],
    ]
    assert pages[0]["pagination"]["totalItems"] == 2
    assert "questions" not in pages[0]["list"][0]
    query = {"targetLanguage": "sw", "locale": "es"}
    (only,) = (await learning.http.get("/proficiency-tests", params=query)).json()["data"]["list"]
    assert only["id"] == first["id"]
    answer = await learning.http.get("/proficiency-tests", params=wanted, headers=learning.bearer())
    assert answer.json()["data"]["pagination"]["totalItems"] == 3
    assert answer.headers["cache-control"].startswith("private")
    assert (await learning.http.get(f"/proficiency-tests/{hidden['id']}")).status_code == 404
    assert (await shown(learning, hidden, **learning.bearer()))["isPublished"] is False


async def test_target_languages_are_those_of_published_tests(learning: Learning) -> None:
    await made(learning, targetLanguage="fi")
    await made(learning, targetLanguage="et", isPublished=False)
    path = "/proficiency-tests/target-languages"
    found = (await learning.http.get(path)).json()["data"]["targetLanguages"]
    assert "fi" in found
    assert "et" not in found
    assert found == sorted(found)
    answer = await learning.http.get(path, headers=learning.bearer())
    assert "et" in answer.json()["data"]["targetLanguages"]


async def test_what_a_client_has_already_is_not_sent_again(learning: Learning) -> None:
    test = await made(learning, targetLanguage="pl")
    for path in ("", "?targetLanguage=pl", "/target-languages", f"/{test['id']}"):
        path = f"/proficiency-tests{path}"
        first = await learning.http.get(path)
        assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
        known = {"If-None-Match": first.headers["etag"], "Accept-Language": "de"}
        again = await learning.http.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b""), path
        change = {"title": f"Changed for {path[-10:]}"}
        url = f"/proficiency-tests/{test['id']}"
        answer = await learning.http.patch(url, json=change, headers=learning.bearer())
        assert answer.status_code == 200
        assert (await learning.http.get(path, headers=known)).status_code == 200, path


async def test_a_change_is_a_new_version_and_leaves_the_rest(learning: Learning) -> None:
    test = await made(learning, description="Before")
    url = f"/proficiency-tests/{test['id']}"
    change = {"title": "After", "description": None, "maxAttempts": 0}
    answer = await learning.http.patch(url, json=change, headers=learning.bearer())
    changed = answer.json()["data"]
    assert changed["updatedAt"] >= test["updatedAt"]
    assert changed == {**test, **change, "version": 2, "updatedAt": changed["updatedAt"]}
    same = (await learning.http.patch(url, json={}, headers=learning.bearer())).json()["data"]
    assert same == changed
    for wrong in ({"title": None}, {"levelRanges": []}, {"questions": []}, {"version": 7}):
        answer = await learning.http.patch(url, json=wrong, headers=learning.bearer())
        assert answer.status_code == 400, wrong


async def test_questions_that_stay_keep_their_ids_and_others_get_new_ones(
    learning: Learning,
) -> None:
    test = await made(learning)
    first, second = test["questions"]
    kept = {**first, "text": "Reworded", "options": [*first["options"], {"text": "another"}]}
    url = f"/proficiency-tests/{test['id']}"
    change = {"questions": [single("A new one"), kept]}
    answer = await learning.http.patch(url, json=change, headers=learning.bearer())
    new, same = answer.json()["data"]["questions"]
    assert same["id"] == first["id"]
    assert [o["id"] for o in same["options"]][:3] == [o["id"] for o in first["options"]]
    assert new["id"] not in (first["id"], second["id"])
    for wrong in ([second, second], [{**first, "id": new_id()}]):
        answer = await learning.http.patch(
            url, json={"questions": wrong}, headers=learning.bearer()
        )
        assert answer.status_code == 400, wrong


async def test_a_duplicate_is_unpublished_and_has_ids_of_its_own(learning: Learning) -> None:
    test = await made(learning)
    url = f"/proficiency-tests/{test['id']}/duplicate"
    answer = await learning.http.post(url, headers=learning.bearer())
    assert answer.status_code == 201
    copied = answer.json()["data"]
    assert (copied["isPublished"], copied["version"]) == (False, 1)
    assert copied["title"] == f"{test['title']} (copy)"
    assert not set(ID.findall(str(copied["questions"]))) & set(ID.findall(str(test["questions"])))
    assert ID.sub("", str(copied["questions"])) == ID.sub("", str(test["questions"]))
    assert copied["levelRanges"] == test["levelRanges"]


async def test_a_deleted_test_is_gone(learning: Learning) -> None:
    test = await made(learning)
    url = f"/proficiency-tests/{test['id']}"
    answer = await learning.http.delete(url, headers=learning.bearer())
    assert answer.json()["data"]["id"] == test["id"]
    for response in (
        await learning.http.get(url),
        await learning.http.delete(url, headers=learning.bearer()),
        await learning.http.patch(url, json={"title": "x"}, headers=learning.bearer()),
        await learning.http.post(f"{url}/duplicate", headers=learning.bearer()),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "test_not_found")


async def test_what_admins_do_is_in_the_audit_log(learning: Learning) -> None:
    admin = new_id()
    bearer = learning.bearer("admin", admin)
    test = (await learning.http.post("/proficiency-tests", json=body(), headers=bearer)).json()[
        "data"
    ]
    url = f"/proficiency-tests/{test['id']}"
    await learning.http.patch(url, json={"isPublished": False, "title": "x"}, headers=bearer)
    await learning.http.post(f"{url}/duplicate", headers=bearer)
    await learning.http.delete(url, headers=bearer)
    entries = await learning.audit.of(admin)
    assert [(entry.action, entry.members) for entry in entries] == [
        ("test.created", ()),
        ("test.changed", ("isPublished", "title")),
        ("test.duplicated", ()),
        ("test.deleted", ()),
    ]


async def test_an_idempotency_key_makes_one_test(learning: Learning) -> None:
    headers = {**learning.bearer(), "Idempotency-Key": new_id()}
    sent = body(targetLanguage="is")
    one = await learning.http.post("/proficiency-tests", json=sent, headers=headers)
    two = await learning.http.post("/proficiency-tests", json=sent, headers=headers)
    assert one.json()["data"]["id"] == two.json()["data"]["id"]
    other = await learning.http.post("/proficiency-tests", json=body(), headers=headers)
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (single(right=7), "exactly one correct option"),
        ({**multiple(right=(0, 1)), "type": "single"}, "exactly one correct option"),
        (multiple(right=()), "at least one correct option"),
        ({**single(), "options": [{"text": "a", "isCorrect": True}]}, "options"),
        (
            {**single(), "options": [{"text": "a", "isCorrect": True}, {"text": "A "}]},
            "same text",
        ),
        ({**single(), "points": 0}, "points"),
        ({**single(), "points": 1.5}, "points"),
        ({**single(), "points": "2"}, "points"),
        ({**single(), "type": "open"}, "type"),
        ({**single(), "text": "  "}, "text"),
        ({**single(), "mediaUrl": "javascript:alert(1)"}, "mediaUrl"),
        ({**single(), "id": "65cdd01890f43f1e2a000001"}, "not of this test"),
        ({**single(), "answer": 1}, "answer"),
    ],
)
async def test_a_wrong_question_is_refused_with_the_reason(
    learning: Learning, question: dict[str, Any], said: str
) -> None:
    (line,) = await refusal(learning, questions=[single(), question])
    assert said in line
    assert "questions" in line or "answer" in line


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"targetLanguage": "English"}, "targetLanguage: must be a language tag"),
        ({"locale": "fr"}, "locale"),
        ({"title": ""}, "title"),
        ({"maxAttempts": -1}, "maxAttempts"),
        ({"maxAttempts": True}, "maxAttempts"),
        ({"questions": []}, "questions"),
        ({"levelRanges": []}, "levelRanges: at least one"),
        ({"levelRanges": [{"level": "Z9", "minScore": 0, "maxScore": 100}]}, "level"),
        ({"levelRanges": [{"level": "A1", "minScore": 0, "maxScore": 101}]}, "maxScore"),
        (
            {"levelRanges": [{"level": "A1", "minScore": 0, "maxScore": 99.995}]},
            "levelRanges[0].maxScore: must be a number from 0 to 100",
        ),
        (
            {"levelRanges": [{"level": "A1", "minScore": 0, "maxScore": 99}]},
            "levelRanges[0] (A1): the highest range must end at 100",
        ),
        ({"levelRanges": [{"level": "A1", "minScore": 0}]}, "levelRanges[0].maxScore: is required"),
        (
            {"levelRanges": [{"level": "A1", "minScore": 0, "maxScore": 100, "name": "x"}]},
            "levelRanges[0].name: is not a known member",
        ),
        ({"createdBy": "me"}, "createdBy"),
    ],
)
async def test_a_wrong_test_is_refused_with_the_reason(
    learning: Learning, members: dict[str, Any], said: str
) -> None:
    (line,) = await refusal(learning, **members)
    assert said in line


async def test_only_admins_make_and_change_tests(learning: Learning) -> None:
    test = await made(learning)
    url = f"/proficiency-tests/{test['id']}"
    for headers, status in (({}, 401), (learning.bearer("user"), 403)):
        for answer in (
            await learning.http.post("/proficiency-tests", json=body(), headers=headers),
            await learning.http.patch(url, json={"title": "x"}, headers=headers),
            await learning.http.delete(url, headers=headers),
            await learning.http.post(f"{url}/duplicate", headers=headers),
            await learning.http.get("/proficiency-tests/admin/results", headers=headers),
        ):
            assert answer.status_code == status
