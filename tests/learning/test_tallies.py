"""The numbers for the dashboard: exact through submissions, deletions and erasure, and mended by a
recount that says what was wrong."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from deploy.stack import Stack
from services.learning.assessments.domain import Result
from services.learning.assessments.repository import Results
from services.learning.assessments.tallies import Tallies, counted, tally_of
from services.learning.recount import kept_in
from shared.counters import CountedMeanwhile
from shared.day_counters import forget_old_days
from shared.documents import to_document
from shared.ids import new_id
from shared.mongo import Database, Session, connect, ensure_indexes, in_transaction
from shared.recount import Outcome, recount
from tests.learning.results import result as a_result

NOW = datetime(2026, 2, 14, 23, 59, tzinfo=UTC)


def result(level: str = "A1", language: str = "en", score: int = 5000, days: int = 0) -> Result:
    return a_result(
        level=level,
        language=language,
        total_score=score,
        completed_at=NOW - timedelta(days=days),
    )


@dataclass
class Desk:
    database: Database
    results: Results
    tallies: Tallies

    async def add(self, each: Result) -> None:
        async def work(session: Session) -> None:
            await self.results.add(each, session)
            await self.tallies.add(each.id, tally_of(each), session)

        await in_transaction(self.database.client, work)


@pytest.fixture
async def desk(servers: Stack) -> AsyncIterator[Desk]:
    client = connect(servers.mongo_url)
    database = client[f"test_{new_id()}"]
    await ensure_indexes(database["results"], Results.INDEXES)
    tallies = Tallies(database["tallies"], database["tallies_of_erased"])
    yield Desk(database, Results(database["results"]), tallies)
    await client.drop_database(database.name)
    client.close()


async def test_results_are_counted_by_level_language_month_and_day(desk: Desk) -> None:
    some = [result(), result("B1+", "pt-BR", 9999), result(score=1), result(days=40)]
    await asyncio.gather(*map(desk.add, some))
    assert await desk.tallies.all(NOW) == {
        "totals.submissions": 4,
        "totals.score": 5000 + 9999 + 1 + 5000,
        "levels.A1": 3,
        "level_scores.A1": 10001,
        "levels.B1+": 1,
        "level_scores.B1+": 9999,
        "languages.en": 3,
        "language_scores.en": 10001,
        "languages.pt-BR": 1,
        "language_scores.pt-BR": 9999,
        "months.2026-02": 3,
        "months.2026-01": 1,
        "days.2026-02-14": 3,
        "days.2026-01-05": 1,
    }


async def test_days_are_shown_for_sixty_of_them(desk: Desk) -> None:
    for days in (0, 29, 30, 59, 60, 400):
        await desk.add(result(days=days))
    shown = [name for name in await desk.tallies.all(NOW) if name.startswith("days.")]
    assert len(shown) == 4


async def days(desk: Desk) -> set[str]:
    return {name for name in await desk.tallies.there.all() if name.startswith("days.")}


async def test_days_that_are_no_longer_shown_are_forgotten_and_nobody_misses_them(
    desk: Desk,
) -> None:
    old = [result(days=days) for days in (59, 62, 63, 63, 400)]
    await asyncio.gather(*map(desk.add, [result(), *old]))
    shown = await desk.tallies.all(NOW)
    await forget_old_days([desk.tallies.there, desk.tallies.erased], NOW)
    assert await days(desk) == {"days.2026-02-14", "days.2025-12-17", "days.2025-12-14"}
    assert await desk.tallies.all(NOW) == shown
    (kept,) = [each for each in kept_in(desk.database) if each.name == "tests"]
    assert (await recount(kept, NOW)).drift == {}

    async def remove(session: Session) -> None:
        await desk.results.remove(old[-1].id, session)
        await desk.tallies.remove(old[-1].id, tally_of(old[-1]), session)

    await in_transaction(desk.database.client, remove)
    assert (await recount(kept, NOW)).drift == {}
    assert len(await days(desk)) == 4
    await forget_old_days([desk.tallies.there], NOW)
    assert len(await days(desk)) == 3


async def test_what_erased_people_got_stays_in_the_figures_but_not_in_the_list(desk: Desk) -> None:
    stays, goes = result(), result("C1", score=9000)
    await asyncio.gather(desk.add(stays), desk.add(goes))
    before = await desk.tallies.all(NOW)

    async def work(session: Session) -> None:
        await desk.results.remove(goes.id, session)
        await desk.tallies.forget([to_document(goes)], session)

    await in_transaction(desk.database.client, work)
    assert await desk.tallies.all(NOW) == before
    assert await desk.tallies.results_there() == 1


async def test_a_recount_beside_submissions_mends_and_says_what_was_wrong(desk: Desk) -> None:
    await asyncio.gather(*(desk.add(result(days=day)) for day in range(10)))
    wrong = Counter({"totals.submissions": 2, "levels.C2": 1, "days.2026-02-14": -1})

    async def spoil(session: Session) -> None:
        await desk.tallies.there.add("x", wrong, session)

    await in_transaction(desk.database.client, spoil)
    (kept,) = [each for each in kept_in(desk.database) if each.name == "tests"]
    outcome, *_ = await asyncio.gather(
        recount(kept, NOW), *(desk.add(result("B2")) for _ in range(5))
    )
    assert outcome.drift == wrong
    assert f"{'tests':<14}{'levels.C2':<28}{0:>12}, 1 too many before" in outcome.lines
    again = await recount(kept, NOW)
    assert again.drift == {}
    assert again.after["totals.submissions"] == 15
    assert again.lines == [f"tests         {len(again.after)} counters, all as they should be"]


async def test_recounts_at_once_mend_once(desk: Desk) -> None:
    wrong = Counter({"totals.submissions": 2, "levels.C2": 1})

    async def spoil(session: Session) -> None:
        await desk.tallies.there.add("x", wrong, session)

    await in_transaction(desk.database.client, spoil)
    (kept,) = [each for each in kept_in(desk.database) if each.name == "tests"]
    done = await asyncio.gather(*(recount(kept, NOW) for _ in range(4)), return_exceptions=True)
    mended = [each for each in done if isinstance(each, Outcome) and each.drift]
    assert len(mended) == 1
    assert all(isinstance(each, Outcome | CountedMeanwhile) for each in done)
    assert (await recount(kept, NOW)).after == {}


async def test_the_command_says_how_it_stands(desk: Desk, servers: Stack) -> None:
    client, prefix = desk.database.client, f"test_{new_id()}"
    database = client[f"{prefix}_learning"]
    await database["results"].insert_one(to_document(result()))
    environment = {"AULA_MONGO_URL": servers.mongo_url, "AULA_DATABASE_PREFIX": prefix}
    said = []
    for options, status in ((["--check"], 3), ([], 0), (["--check"], 0)):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "services.learning.recount", *options),
            env=os.environ | environment,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        assert process.returncode == status
        said.append(output.decode())
    await client.drop_database(database.name)
    assert "totals.submissions" in said[0]
    assert "1 too few before" in said[0]
    assert said[1] == said[0]
    assert "all as they should be" in said[2]
    assert "before" not in said[2]


def test_a_result_is_one_in_each_counter() -> None:
    each = result()
    assert tally_of(each) == counted(level="A1", language="en", day="2026-02-14", score=5000)
