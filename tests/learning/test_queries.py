"""No query of learning walks through a whole collection: mongod's profiler watches while the routes
of the service are at work. A new route is one more line of the script."""

import random
from dataclasses import dataclass
from typing import Any

import pytest

from deploy.stack import Stack
from gateway.table import TABLE
from services.learning.courses.domain import Course
from services.learning.courses.repository import COUNTED, Courses
from services.learning.levels import LEVELS
from services.learning.revisions import Revision
from shared.clock import utc_now
from shared.counters import Counters
from shared.ids import new_id
from shared.languages import LANGUAGES
from shared.mongo import Document, Session, in_transaction
from shared.roles import Role
from tests.learning.conftest import Learning
from tests.profiling import profiler, scans

CROWD = 150
COURSE = {"title": "Seen", "targetLanguage": "es", "level": "A1", "isPublished": True}
# Whose routes are all in the script: paths that begin so.
COVERED = ("/courses", "/settings")


@dataclass(frozen=True)
class Call:
    """`route` as in the gateway's table. `{id}` is the id in the last answer to a POST."""

    route: str
    who: Role | None = "admin"
    query: str = ""
    body: dict[str, Any] | None = None
    status: int = 200


LISTS = (
    *("", "page=3", "page=1000", "limit=100", "level=B1", "locale=tr", "level=c1&locale=de"),
    *("targetLanguage=es", "targetLanguage=es&level=A1", "targetLanguage=xxx"),
    *("targetLanguage=es&locale=en&level=A2&limit=100", "targetLanguage=de&page=2&limit=5"),
)
SEARCHES = ("search=crowd", "search=cro&level=B1", "search=zzz", "search=of+1&targetLanguage=es")

SCRIPT = (
    Call("POST /courses", body=COURSE, status=201),
    Call("GET /courses/{id}", who=None),
    Call("PATCH /courses/{id}", body={"level": "A2"}),
    Call("POST /courses/{id}/duplicate", status=201),
    Call("DELETE /courses/{id}"),
    *(
        Call("GET /courses", who, query)
        for who in (None, "user", "admin")
        for query in (*LISTS, *SEARCHES)  # type: ignore[misc]  # these are roles
    ),
    Call("POST /settings", body={"key": "seen", "value": 1}, status=201),
    Call("PUT /settings/{key}", body={"value": 2}),
    Call("GET /settings/{key}", who=None),
    Call("GET /settings"),
    Call("GET /settings", query="page=100"),
)


def test_every_route_is_in_the_script() -> None:
    routes = {f"{route.method} {route.path}" for route in TABLE if route.path.startswith(COVERED)}
    assert {call.route for call in SCRIPT} == routes


@pytest.fixture(scope="module")
async def seen(learning: Learning, servers: Stack) -> list[Document]:
    """What the profiler noted."""
    await crowd_in(learning)
    async with profiler(servers, "aula_learning") as driver:
        await play(learning)
        return list(driver["aula_learning"]["system.profile"].find({"appName": "aula"}))


async def crowd_in(learning: Learning) -> None:
    database, dice = learning.database, random.Random(7)
    counters = Counters(database["course_counters"], COUNTED)
    courses = Courses(database["courses"], counters, Revision(database["revisions"], "courses"))

    async def work(session: Session) -> None:
        for number in range(CROWD):
            members = {
                "title": f"Crowd of {number}",
                "target_language": dice.choice(("es", "de", "en")),
                "level": dice.choice(LEVELS),
                "locale": dice.choice(LANGUAGES),
                "tags": ("crowded", "evening"),
                "is_published": True,
            }
            course = Course.new(new_id(), members, utc_now())
            await courses.save(course, session, before=None)

    await in_transaction(database.client, work)


async def play(learning: Learning) -> None:
    places = {"id": "", "key": "seen"}
    for call in SCRIPT:
        method, path = call.route.split()
        answer = await learning.http.request(
            method,
            f"{path.format(**places)}?{call.query}",
            headers=learning.bearer(call.who) if call.who else {},
            json=call.body,
        )
        assert answer.status_code == call.status, (call, answer.text)
        if method == "POST":
            places["id"] = answer.json()["data"]["id"]


def asked_of_courses(seen: list[Document], *members: str) -> list[Document]:
    """Of lists and searches, those that filter by all of `members`."""
    reads = [each for each in seen if each["op"] in ("query", "command")]
    of_courses = [each for each in reads if each["ns"] == "aula_learning.courses"]
    found = [each for each in of_courses if "isPublished" in str(each["command"])]
    return [each for each in found if all(member in str(each["command"]) for member in members)]


async def test_no_operation_scans_a_collection(seen: list[Document]) -> None:
    assert scans(seen) == []
    assert len(seen) > 100


async def test_a_list_of_courses_reads_those_it_shows_and_no_more(seen: list[Document]) -> None:
    asked = [each for each in asked_of_courses(seen) if "terms" not in str(each["command"])]
    finds = [each for each in asked if "find" in each["command"]]
    counts = [each for each in asked if "aggregate" in each["command"]]
    assert len(finds) >= 20
    assert len(counts) >= 3 * len(LISTS)
    for each in finds:
        assert each["docsExamined"] == each["nreturned"], each
        assert not each.get("hasSortStage"), each
    for each in counts:
        assert each["docsExamined"] == 0, each


async def test_a_search_reads_no_courses_but_those_it_shows(seen: list[Document]) -> None:
    finds = asked_of_courses(seen, "terms")
    assert len(finds) == 3 * len(SEARCHES)
    for each in finds:
        assert each["docsExamined"] == 0, each
    assert max(each["nreturned"] for each in finds) >= CROWD
