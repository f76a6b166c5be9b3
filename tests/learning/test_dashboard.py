"""How courses, placement tests and materials stand: exact, in the shape of the contract, and at the
same cost for any number of results."""

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import msgspec
import pytest

from deploy.stack import Stack
from services.learning.assessments.domain import Result
from services.learning.assessments.repository import Results
from services.learning.assessments.tallies import Tallies
from services.learning.courses.repository import COUNTED
from services.learning.dashboard.labels import language_name
from services.learning.dashboard.service import Dashboard
from services.learning.materials.domain import Assignment
from services.learning.materials.repository import Assignments, Materials
from services.learning.materials.tallies import Tallies as MaterialTallies
from services.learning.people import Learner
from services.learning.recount import kept_in
from shared.acquaintances import People
from shared.contracts.dashboard import LearningPart
from shared.counters import Counters
from shared.documents import to_document
from shared.ids import new_id
from shared.mongo import Database, Session, connect, ensure_indexes, in_transaction
from shared.recount import recount
from tests.figures import two_decimals
from tests.learning.conftest import Learning
from tests.learning.results import result
from tests.profiling import profiler, scans

NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
DICE = random.Random(11)


def some_result() -> Result:
    return result(
        language=DICE.choice(("en", "en", "pt-BR", "xx")),
        total_score=DICE.randrange(10_001),
        level=DICE.choice(("A1", "B1+", "C2")),
        completed_at=NOW - timedelta(days=DICE.randrange(100), seconds=DICE.randrange(1800)),
    )


@dataclass
class Desk:
    database: Database
    tallies: Tallies
    dashboard: Dashboard

    async def transaction(self, work: Callable[[Session], object]) -> None:
        await in_transaction(self.database.client, work)  # type: ignore[arg-type]

    async def recount(self) -> None:
        for kept in kept_in(self.database):
            await recount(kept, NOW)


@pytest.fixture
async def desk(servers: Stack) -> AsyncIterator[Desk]:
    client = connect(servers.mongo_url)
    database = client[f"test_{new_id()}"]
    await ensure_indexes(database["results"], Results.INDEXES)
    await ensure_indexes(database["people"], People.INDEXES)
    await ensure_indexes(database["materials"], Materials.INDEXES)
    await ensure_indexes(database["material_assignments"], Assignments.INDEXES)
    tallies = Tallies(database["tallies"], database["tallies_of_erased"])
    dashboard = Dashboard(
        Counters(database["course_counters"], COUNTED),
        tallies,
        MaterialTallies(database["material_tallies"], database["material_tallies_gone"]),
        Results(database["results"]),
        People(database["people"], Learner),
        lambda: NOW,
    )
    yield Desk(database, tallies, dashboard)
    await client.drop_database(database.name)
    client.close()


async def test_without_anything_everything_is_zero_or_empty(desk: Desk) -> None:
    part = msgspec.to_builtins(await desk.dashboard.part())
    for name in ("courses", "tests", "materials"):
        assert set(part[name].values()) == {0}
    assert [part[name] for name in part if name not in ("courses", "tests", "materials")] == [
        {}, {}, [], [], [],
    ]  # fmt: skip


async def test_results_are_as_a_count_of_them_says(desk: Desk) -> None:
    results = [some_result() for _ in range(80)]
    await desk.database["results"].insert_many(map(to_document, results))
    await desk.recount()
    gone = results.pop()

    async def forget(session: Session) -> None:
        await desk.tallies.forget([to_document(gone)], session)
        await desk.database["results"].delete_one({"_id": gone.id}, session=session)

    await desk.transaction(forget)
    part = await desk.dashboard.part()
    every = [*results, gone]  # what erased people did stays in the figures
    ages = [(NOW.date() - each.completed_at.date()).days for each in every]
    last, before = (len([age for age in ages if low <= age < low + 30]) for low in (0, 30))
    assert msgspec.to_builtins(part.tests) == {
        "totalTests": 0,
        "totalSubmissions": 80,
        "averageScore": average(every),
        "submissionsLast30Days": last,
        "monthlyGrowthRate": two_decimals(Fraction(last - before, before) * 100),
    }
    assert part.submission_months == count_by(every, lambda each: f"{each.completed_at:%Y-%m}")
    levels = count_by(every, lambda each: each.level)
    assert [each.key for each in part.levels] == ["A1", "B1+", "C2"]
    for level in part.levels:
        theirs = [each for each in every if each.level == level.key]
        assert level.count == levels[level.key]
        assert level.percentage == two_decimals(Fraction(len(theirs), 80) * 100)
        assert level.average_score == average(theirs)
    assert part.languages[0].label == "English"
    assert [each.submissions for each in part.languages] == sorted(
        (each.submissions for each in part.languages), reverse=True
    )
    for language in part.languages:
        theirs = [each for each in every if each.test.target_language == language.key]
        assert (language.submissions, language.average_score) == (len(theirs), average(theirs))


async def test_the_last_five_results_come_with_who_they_are_of_now(desk: Desk) -> None:
    results = [result(completed_at=NOW - timedelta(minutes=minutes)) for minutes in range(7)]
    await desk.database["results"].insert_many(map(to_document, results))
    ada, erased = results[0].user_id, results[1].user_id
    await desk.database["people"].insert_many(
        [
            {"_id": ada, "email": "ada@aula.test", "name": "Ada", "surname": "Lovelace"},
            {"_id": erased, "email": "x@aula.test", "erased": True},
        ]
    )
    recent = (await desk.dashboard.part()).test_results
    assert [each.id for each in recent] == [each.id for each in results[:5]]
    assert (recent[0].user_name, recent[0].user_email) == ("Ada Lovelace", "ada@aula.test")
    assert (recent[1].user_name, recent[1].user_email) == (None, None)
    assert recent[0].total_score == results[0].total_score / 100
    assert recent[0].completed_at == "2026-03-01T00:30:00.000Z"


async def test_assignments_are_those_there_are_and_by_month_those_there_were(desk: Desk) -> None:
    rows = [
        Assignment(
            id=new_id(),
            material_id=new_id(),
            user_id=f"{person:024}",
            assigned_at=NOW - timedelta(days=days),
        )
        for person, days in ((1, 0), (1, 1), (1, 29), (1, 40), (2, 2), (3, 90), (3, 0))
    ]
    await desk.database["material_assignments"].insert_many(map(to_document, rows))
    await desk.database["materials"].insert_many([{"_id": new_id(), "removed": False}])
    await desk.recount()
    part = await desk.dashboard.part()
    assert msgspec.to_builtins(part.materials) == {
        "total": 1,
        "assignments": 7,
        "assignedUsers": 3,
        "avgAssignmentsPerUser": 2.33,
        "assignmentsLast30Days": 5,
    }
    assert part.assignment_months == {"2025-12": 1, "2026-01": 2, "2026-02": 2, "2026-03": 2}


async def test_it_costs_the_same_for_a_hundred_results_and_ten_thousand(
    desk: Desk, servers: Stack
) -> None:
    one = some_result()
    costs = []
    for more in (100, 9_900):
        people = [new_id() for _ in range(more)]
        documents = [
            to_document(replace_ids(one, NOW - timedelta(seconds=n), user_id))
            for n, user_id in enumerate(people)
        ]
        await desk.database["results"].insert_many(documents)
        await desk.database["people"].insert_many([{"_id": each} for each in people])
        await desk.recount()
        async with profiler(servers, desk.database.name) as driver:
            part = await desk.dashboard.part()
            found = driver[desk.database.name]["system.profile"].find({"appName": "aula"})
            seen = list(found)
        assert scans(seen) == []
        costs.append((len(seen), sum(each.get("docsExamined", 0) for each in seen)))
    assert part.tests.total_submissions == 10_000
    assert costs[0] == costs[1]
    assert costs[1][1] <= 5 * 32 + 10


async def test_the_part_is_for_admins(learning: Learning) -> None:
    assert (await learning.http.get("/dashboard/learning")).status_code == 401
    headers = learning.bearer("user")
    assert (await learning.http.get("/dashboard/learning", headers=headers)).status_code == 403
    answer = await learning.http.get("/dashboard/learning", headers=learning.bearer("admin"))
    msgspec.convert(await learning.data(answer), LearningPart)


@pytest.mark.parametrize(
    ("tag", "name"),
    [("en", "English"), ("pt-BR", "Portuguese (BR)"), ("zh-Hant-TW", "Chinese (Hant-TW)")],
)
def test_languages_are_called_by_their_names(tag: str, name: str) -> None:
    assert language_name(tag) == name
    assert language_name("gsw-CH") == "gsw-CH"


def average(results: list[Result]) -> float:
    return two_decimals(Fraction(sum(each.total_score for each in results), 100 * len(results)))


def count_by(results: list[Result], key: Callable[[Result], str]) -> dict[str, int]:
    keys = [key(each) for each in results]
    return {each: keys.count(each) for each in sorted(set(keys))}


def replace_ids(one: Result, completed_at: datetime, user_id: str) -> Result:
    return msgspec.structs.replace(one, id=new_id(), user_id=user_id, completed_at=completed_at)
