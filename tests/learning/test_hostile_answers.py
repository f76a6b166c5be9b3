"""Bad input of every kind at placement tests: a 4xx in the envelope, never a 500."""

import asyncio

import pytest

from shared.ids import new_id
from tests.learning.assessments import made
from tests.learning.conftest import Learning

ID = b"65cdd01890f43f1e2a000001"
ANSWER = b'{"questionId":"%b","optionId":"%b"}' % (ID, ID)
BODIES = (
    *(b"", b"{", b"[]", b"null", b"NaN", b'"text"', b'{"title":NaN}', b'{"isAdmin":true}'),
    *(b'{"title":"\\ud800"}', b'{"title":"\xed\xa0\x80"}', b'{"title":"a\\u0000"}'),
    *(b'{"title":{"$ne":null}}', b'{"$set":{"isPublished":true}}', b'{"maxAttempts":1e400}'),
    b'{"maxAttempts":' + b"9" * 5_000 + b"}",
    b'{"levelRanges":[{"level":"A1","minScore":-1e308,"maxScore":1e308}]}',
    b'{"levelRanges":[{"level":"A1","minScore":0.1e-300,"maxScore":100}]}',
    b'{"questions":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"questions":[' + b",".join([b"{}"] * 50_000) + b"]}",
    b'{"answers":[' + b",".join([ANSWER] * 10_000) + b"]}",
    b'{"answers":[{"questionId":"%b","optionIds":["' % ID + b'","'.join([ID] * 10_000) + b'"]}]}',
    b'{"answers":[{"questionId":["%b"],"optionId":"%b"}]}' % (ID, ID),
    b'{"answers":{"0":%b}}' % ANSWER,
)


@pytest.mark.parametrize(
    ("method", "path", "who"),
    [
        ("POST", "/proficiency-tests", "admin"),
        ("PATCH", "/proficiency-tests/{id}", "admin"),
        ("POST", "/proficiency-tests/{id}/submit", "user"),
    ],
)
async def test_bodies_that_make_no_sense_are_refused(
    learning: Learning, method: str, path: str, who: str
) -> None:
    test = await made(learning)
    bearer = learning.bearer("admin" if who == "admin" else "user")
    headers = {**bearer, "Content-Type": "application/json"}
    url = path.replace("{id}", test["id"])
    answers = await asyncio.gather(
        *(learning.http.request(method, url, headers=headers, content=body) for body in BODIES)
    )
    for body, answer in zip(BODIES, answers, strict=True):
        assert answer.status_code == 400, (body[:40], answer.text[:200])
        assert answer.json()["code"]
    shown = await learning.http.get(f"/proficiency-tests/{test['id']}", headers=learning.bearer())
    assert (await learning.data(shown)) == test


async def test_odd_queries_never_fail(learning: Learning) -> None:
    for query in (
        "page=-1&limit=0",
        "page=99999999999999999999&limit=99999999999999999999",
        "targetLanguage[$ne]=en",
    ):
        for path in ("/proficiency-tests", "/proficiency-tests/admin/results"):
            url = f"{path}?{query}"
            answer = await learning.http.get(url, headers=learning.bearer())
            assert answer.status_code == 200, url
    for query in ("targetLanguage=(a%2B)%2B$", "targetLanguage=", "page=x", "locale[]=x&locale=xx"):
        answer = await learning.http.get(f"/proficiency-tests?{query}")
        assert answer.status_code == 400, query


async def test_a_test_of_the_largest_size_is_made_and_taken(learning: Learning) -> None:
    words = "ş" * 60
    options = [{"text": f"{words}{n}", "isCorrect": n % 2 == 0} for n in range(20)]
    questions = [
        {"text": f"{words}{n}", "type": "multiple", "points": 50, "options": options}
        for n in range(180)
    ]
    test = await made(learning, questions=questions)
    assert test["maxScore"] == 9_000
    chosen = [
        {"questionId": q["id"], "optionIds": [o["id"] for o in q["options"] if o["isCorrect"]]}
        for q in test["questions"]
    ]
    url = f"/proficiency-tests/{test['id']}/submit"
    bearer = learning.bearer("user", new_id())
    answer = await learning.http.post(url, json={"answers": chosen}, headers=bearer)
    assert (await learning.data(answer, 201))["totalScore"] == 100.0
