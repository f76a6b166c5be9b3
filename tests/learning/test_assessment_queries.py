"""No query about placement tests and people walks through a whole collection, and lists read what
they show: mongod's profiler watches while routes and handlers are at work."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.stack import Stack
from gateway.table import TABLE
from shared.clock import utc_now
from shared.contracts.auth import UserEmailChanged
from shared.contracts.users import UserDeleted, UserExportRequested
from shared.ids import new_id
from shared.mongo import Document
from tests.learning.assessments import body, made, right_answers
from tests.learning.conftest import Learning
from tests.learning.people import somebody, told
from tests.profiling import profiler, scans

CROWD = 300  # results of others, and as many tests
Seen = list[Document]

# In this order: route as in the gateway's table, who, query.
SCRIPT = (
    ("POST /proficiency-tests", "admin", ""),
    *(
        ("GET /proficiency-tests", who, query)
        for who in ("user", "admin")
        for query in (
            "",
            "targetLanguage=en",
            "locale=tr&limit=3",
            "targetLanguage=en&locale=tr&page=2",
        )
    ),
    *(("GET /proficiency-tests/target-languages", who, "") for who in ("user", "admin")),
    ("GET /proficiency-tests/{id}", "user", ""),
    ("POST /proficiency-tests/{id}/duplicate", "admin", ""),
    ("PATCH /proficiency-tests/{id}", "admin", ""),
    ("GET /proficiency-tests/{id}/status", "user", ""),
    ("POST /proficiency-tests/{id}/submit", "user", ""),
    ("GET /proficiency-tests/{id}/status", "user", ""),
    ("GET /proficiency-tests/results", "user", ""),
    ("GET /proficiency-tests/results/{resultId}", "user", ""),
    *(("GET /proficiency-tests/admin/results", "admin", query) for query in ("", "page=29")),
    ("GET /proficiency-tests/admin/results/{resultId}", "admin", ""),
    ("GET /proficiency-tests/admin/users/{userId}/results", "admin", "limit=5"),
    ("DELETE /proficiency-tests/admin/results/{resultId}", "admin", ""),
    ("DELETE /proficiency-tests/{id}", "admin", ""),
)


def test_every_route_of_placement_tests_is_in_the_script() -> None:
    routes = {f"{r.method} {r.path}" for r in TABLE if r.path.startswith("/proficiency-tests")}
    assert {route for route, _, _ in SCRIPT} == routes


@pytest.fixture(scope="module")
async def seen(learning: Learning, servers: Stack) -> Seen:
    ada, test = await somebody(learning), await made(learning, maxAttempts=0)
    await crowd_in(learning, test, ada)
    async with profiler(servers, "aula_learning") as driver:
        await play(learning, test, ada)
        await told(
            learning,
            UserEmailChanged(user_id=ada, version=2, email="profiled@aula.test"),
            UserExportRequested(user_id=ada, export_id=new_id()),
            UserDeleted(user_id=ada, erasure_id=new_id()),
        )
        return list(driver["aula_learning"]["system.profile"].find({"appName": "aula"}))


async def crowd_in(learning: Learning, test: dict[str, Any], ada: str) -> None:
    """Results of others and of `ada`, and tests; all old, and none in the figures for long."""
    bearer = learning.bearer("user", ada)
    answers = {"answers": right_answers(test)}
    url = f"/proficiency-tests/{test['id']}/submit"
    first = await learning.http.post(url, json=answers, headers=bearer)
    result = await learning.database["results"].find_one({"_id": first.json()["data"]["id"]})
    assessment = await learning.database["assessments"].find_one({"_id": test["id"]})
    assert result is not None
    assert assessment is not None
    old = utc_now() - timedelta(days=365)
    others = [
        {**result, "_id": new_id(), "user_id": new_id(), "completed_at": old} for _ in range(CROWD)
    ]
    await learning.database["results"].insert_many(others)
    tests = [
        {**assessment, "_id": new_id(), "target_language": "xh", "created_at": old}
        for _ in range(CROWD)
    ]
    await learning.database["assessments"].insert_many(tests)
    share = {"$inc": {"totals.submissions": CROWD}}
    await learning.database["tallies"].update_one({"_id": 0}, share, upsert=True)


async def play(learning: Learning, test: dict[str, Any], ada: str) -> None:
    people = {"admin": learning.bearer(), "user": learning.bearer("user", ada)}
    bodies = {
        "POST /proficiency-tests": body(),
        "PATCH /proficiency-tests/{id}": {"title": "Another"},
        "POST /proficiency-tests/{id}/submit": {"answers": right_answers(test)},
    }
    places = {"id": test["id"], "userId": ada, "resultId": ""}
    for route, who, query in SCRIPT:
        method, path = route.split()
        url = f"{path.format(**places)}?{query}"
        answer = await learning.http.request(
            method, url, headers=people[who], json=bodies.get(route)
        )
        assert answer.status_code in (200, 201), (route, answer.text)
        if route.endswith("/submit"):
            places["resultId"] = answer.json()["data"]["id"]


async def test_no_operation_scans_a_collection(seen: Seen) -> None:
    assert scans(seen) == []
    assert len(seen) > 100


@pytest.mark.parametrize("collection", ["assessments", "results"])
async def test_a_list_reads_what_it_shows_and_no_more(seen: Seen, collection: str) -> None:
    finds = [
        each
        for each in seen
        if each["ns"] == f"aula_learning.{collection}"
        and each["op"] == "query"
        and "sort" in each["command"]
    ]
    assert len(finds) >= 6
    for each in finds:
        assert each["docsExamined"] == each["nreturned"], each["command"]
        assert not each.get("hasSortStage"), each["command"]


async def test_taking_a_test_reads_a_handful_of_documents(seen: Seen) -> None:
    """However many results there are."""
    mine = [each for each in seen if each["ns"] == "aula_learning.results"]
    attempts = [each for each in mine if "test.id" in str(each["command"].get("filter", ""))]
    assert attempts
    assert max(each["docsExamined"] for each in attempts) <= 1


@pytest.fixture(scope="module", autouse=True)
async def cleared(learning: Learning) -> AsyncIterator[None]:
    """Others count what there is."""
    yield
    gone = await learning.database["results"].delete_many(
        {"completed_at": {"$lt": utc_now() - timedelta(days=300)}}
    )
    await learning.database["assessments"].delete_many({"target_language": "xh"})
    share = {"$inc": {"totals.submissions": -gone.deleted_count}}
    await learning.database["tallies"].update_one({"_id": 0}, share)
