"""No query about materials walks through a whole collection, and lists read what they show: the
profiler of mongod watches while routes, handlers and removals are at work."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.stack import Stack
from gateway.table import TABLE
from services.learning.materials.domain import Assignment, Material
from services.learning.materials.repository import Assignments, Materials
from shared.contracts.users import UserDeleted, UserExportRequested
from shared.ids import new_id
from shared.languages import LANGUAGES
from shared.mongo import Document, Session, in_transaction
from tests.eventually import eventually
from tests.learning.conftest import Learning
from tests.learning.materials import PDF, form, material
from tests.learning.people import somebody, told
from tests.learning.test_assignments import drift
from tests.profiling import profiler, scans

CROWD = 300  # materials of long ago, all of them somebody's
OLD = datetime(2001, 1, 1, tzinfo=UTC)
Seen = list[Document]

# In this order: route as in the gateway's table, who, query.
SCRIPT = (
    ("POST /education-materials", "admin", ""),
    *(
        ("GET /education-materials", "admin", query)
        for query in ("", "page=3", "limit=100", "locale=de", "locale=tr&page=2&limit=5")
    ),
    ("POST /education-materials/{id}/assign", "admin", ""),
    *(("GET /education-materials/my", "user", query) for query in ("", "page=9", "limit=100")),
    ("GET /education-materials/admin/users/{userId}", "admin", "limit=5"),
    ("GET /education-materials/{id}", "user", ""),
    ("GET /education-materials/{id}/files/{fileId}", "user", ""),
    ("PATCH /education-materials/{id}", "admin", ""),
    ("DELETE /education-materials/{id}", "admin", ""),
    ("GET /education-materials/my", "user", ""),
)


def test_every_route_of_materials_is_in_the_script() -> None:
    routes = {f"{r.method} {r.path}" for r in TABLE if r.path.startswith("/education-materials")}
    assert {route for route, _, _ in SCRIPT} == routes


@pytest.fixture(scope="module")
async def seen(learning: Learning, servers: Stack) -> Seen:
    ada = await somebody(learning)
    made = await material(learning, pdfs=[("a.pdf", PDF)])
    await crowd_in(learning, ada)
    async with profiler(servers, "aula_learning") as driver:
        await play(learning, made, ada)

        async def unassigned() -> bool:
            return await learning.database["materials"].find_one({"_id": made["id"]}) is None

        await eventually(unassigned, within=30)
        await told(
            learning,
            UserExportRequested(user_id=ada, export_id=new_id()),
            UserDeleted(user_id=ada, erasure_id=new_id()),
        )
        return list(driver["aula_learning"]["system.profile"].find({"appName": "aula"}))


async def crowd_in(learning: Learning, ada: str) -> None:
    materials = Materials(learning.database["materials"])
    assignments = Assignments(learning.database["material_assignments"])

    async def work(session: Session) -> None:
        for number in range(CROWD):
            locale = LANGUAGES[number % len(LANGUAGES)]
            each = Material(
                id=new_id(), title=f"{number}", locale=locale, created_at=OLD, updated_at=OLD
            )
            await materials.add(each, session)
            rows = [
                Assignment(id=new_id(), material_id=each.id, user_id=user, assigned_at=OLD)
                for user in (ada, new_id())
            ]
            await assignments.add(rows, session)

    await in_transaction(learning.database.client, work)


async def play(learning: Learning, made: dict[str, Any], ada: str) -> None:
    people = {"admin": learning.bearer(), "user": learning.bearer("user", ada)}
    bodies: dict[str, dict[str, Any]] = {
        "POST /education-materials": {"files": form(title="x", locale="de", pdfs=[("b", PDF)])},
        "PATCH /education-materials/{id}": {"files": form(title="y", pdfs=[("b", PDF)])},
        "POST /education-materials/{id}/assign": {
            "json": {"userIds": [ada, await somebody(learning)]}
        },
    }
    places = {"id": made["id"], "userId": ada, "fileId": made["pdfs"][0]["id"]}
    for route, who, query in SCRIPT:
        method, path = route.split()
        url = f"{path.format(**places)}?{query}"
        answer = await learning.http.request(
            method, url, headers=people[who], **bodies.get(route, {})
        )
        assert answer.status_code in (200, 201), (route, answer.text)


async def test_no_operation_scans_a_collection(seen: Seen) -> None:
    assert scans(seen) == []
    assert len(seen) > 100


@pytest.mark.parametrize(("collection", "least"), [("materials", 5), ("material_assignments", 4)])
async def test_a_list_reads_what_it_shows_and_no_more(
    seen: Seen, collection: str, least: int
) -> None:
    asked = [each for each in seen if each["ns"] == f"aula_learning.{collection}"]
    finds = [each for each in asked if each["op"] == "query" and "sort" in each["command"]]
    assert len(finds) >= least
    for each in finds:
        assert each["docsExamined"] == each["nreturned"], each["command"]
        assert not each.get("hasSortStage"), each["command"]
    counts = [each for each in asked if "aggregate" in each["command"]]
    assert len(counts) >= least
    for each in counts:
        assert each["docsExamined"] == 0, each["command"]


async def test_whether_somebody_has_any_material_costs_the_same_whatever_they_have(
    seen: Seen,
) -> None:
    asked = [each for each in seen if "distinct" in each["command"]]
    of_assignments = [each for each in asked if each["ns"].endswith("material_assignments")]
    assert len(of_assignments) >= 2
    for each in of_assignments:
        assert each["docsExamined"] == 0, each["command"]
        assert each["keysExamined"] <= 6, each["command"]


@pytest.fixture(scope="module", autouse=True)
async def cleared(learning: Learning) -> AsyncIterator[None]:
    """Others count what there is."""
    yield
    await learning.database["materials"].delete_many({"created_at": OLD})
    await learning.database["material_assignments"].delete_many({"assigned_at": OLD})
    await drift(learning)  # mended
