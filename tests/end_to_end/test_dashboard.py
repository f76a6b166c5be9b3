"""The dashboard of the whole system: it shows what a count of everything shows, and comes whoever
is away."""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from services.learning.assessments.tallies import KINDS
from services.learning.materials.domain import Assignment
from services.learning.recount import kept_in
from services.notifications.contact.domain import STATUSES, Contact
from services.notifications.recount import kept_in as contacts_kept_in
from services.users.listing import listing_of
from services.users.repository import document_of
from shared.clock import moment_in, timestamp, utc_now
from shared.counters import Counters
from shared.documents import to_document
from shared.figures import last_months, two_spans
from shared.ids import new_id
from shared.mongo import Document
from shared.recount import recount
from tests.end_to_end.client import Json, bearer, dashboard, data_of
from tests.end_to_end.conftest import Aula
from tests.eventually import eventually
from tests.figures import two_decimals
from tests.learning.results import result
from tests.users.people import person

DICE = random.Random(3)


def ago(days: int) -> datetime:
    return utc_now() - timedelta(days=DICE.randrange(days), seconds=DICE.randrange(3600))


@pytest.fixture(scope="module")
async def school(aula: Aula, superadmin: Json) -> None:
    """Somebody who came in by the front door, and three months of others who were always there, of
    whom no counter knows until it is counted anew."""
    people = [
        person(
            role=DICE.choice(("user", "user", "admin")),
            is_registration_complete=DICE.random() < 0.5,
            created_at=timestamp(ago(80)),
        )
        for _ in range(40)
    ]
    users, learning = aula.database("users"), aula.database("learning")
    await users["people"].insert_many([document_of(each, listing_of(each)) for each in people])
    results = [
        result(user_id=DICE.choice(people).id, total_score=score, completed_at=ago(80))
        for score in range(0, 10_001, 333)
    ]
    await learning["results"].insert_many(map(to_document, results))
    assignments = [
        Assignment(
            id=new_id(),
            material_id=new_id(),
            user_id=DICE.choice(people[:12]).id,
            assigned_at=ago(80),
        )
        for _ in range(30)
    ]
    await learning["material_assignments"].insert_many(map(to_document, assignments))
    contacts = [
        Contact(
            id=new_id(),
            full_name="Grace Hopper",
            email="grace@aula.test",
            phone=None,
            message="?",
            source=None,
            language="en",
            status=DICE.choice(STATUSES),
            created_at=ago(80),
        )
        for _ in range(20)
    ]
    notifications = aula.database("notifications")
    await notifications["contacts"].insert_many(map(to_document, contacts))
    for kept in (*kept_in(learning), *contacts_kept_in(notifications)):
        await recount(kept, utc_now())
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.users.recount"),
        env=os.environ | {"AULA_MONGO_URL": aula.stack.mongo_url},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await command.communicate()
    assert (command.returncode, b"too few before" in output) == (0, True), output


async def everybody_is_registered(aula: Aula) -> None:
    """Other tests may have left events about people on their way to users."""
    rows = aula.database("auth")["outbox"].find({"subject": "user.registered"}, {"_id": 1})
    ids = [f"users-register:{row['_id']}" async for row in rows]
    inbox = aula.database("users")["inbox"]

    async def heard() -> bool:
        return await inbox.count_documents({"_id": {"$in": ids}}) == len(ids)

    await eventually(heard, within=30)


async def of_one_day(aula: Aula, superadmin: Json, query: str) -> Json:
    """The dashboard, all of it from the same day."""
    while True:
        before = utc_now()
        data = await dashboard(aula.http, bearer(superadmin), query)
        if timestamp(before)[:10] == data["generatedAt"][:10]:
            return data


async def every(aula: Aula, service: str, collection: str) -> list[Document]:
    return [document async for document in aula.database(service)[collection].find()]


def by_month(moments: Iterable[datetime]) -> Counter[str]:
    return Counter(f"{moment:%Y-%m}" for moment in moments)


def spans(moments: Iterable[datetime], now: datetime) -> tuple[int, int]:
    ages = [(now.date() - moment.date()).days for moment in moments]
    return len([a for a in ages if a < 30]), len([a for a in ages if 30 <= a < 60])


def rate(part: int, whole: int) -> float:
    return two_decimals(Fraction(part, whole) * 100) if whole else 0


def has(values: Mapping[str, object], **expected: object) -> None:
    assert {name: values[name] for name in expected} == expected


async def test_it_shows_what_a_count_of_everything_shows(
    aula: Aula, superadmin: Json, school: None
) -> None:
    await everybody_is_registered(aula)
    data = await of_one_day(aula, superadmin, "?months=4")
    now = moment_in(data["generatedAt"])
    assert now
    months = [row["month"] for row in data["trends"]]
    assert months == last_months(now, 4)

    people = [each for each in await every(aula, "users", "people") if each.get("listed")]
    roles = Counter(each["account"]["role"] for each in people)
    registered = [datetime.fromisoformat(each["account"]["createdAt"]) for each in people]
    completed = len([each for each in people if each["profile"]["isRegistrationComplete"]])
    last, before = spans(registered, now)
    assert data["overview"]["users"] == {
        "total": len(people),
        "admins": roles["admin"] + roles["superadmin"],
        "registrationCompleted": completed,
        "completionRate": rate(completed, len(people)),
        "newLast30Days": last,
        "monthlyGrowthRate": rate(last - before, before),
    }
    assert {row["key"]: row["count"] for row in data["distributions"]["roles"]} == {
        role: roles[role] for role in ("user", "admin", "superadmin")
    }
    assert {row["month"]: row["users"] for row in data["trends"]} == {
        month: by_month(registered)[month] for month in months
    }

    # Other tests may have erased somebody: what they did stays in the figures.
    learning = aula.database("learning")
    erased = await Counters(learning["tallies_of_erased"], KINDS).all()
    results = await every(aula, "learning", "results")
    scores = [each["total_score"] for each in results]
    submitted = [each["completed_at"] for each in results]
    last, before = map(sum, zip(spans(submitted, now), two_spans(erased, now), strict=True))
    total = len(results) + erased["totals.submissions"]
    has(
        data["overview"]["tests"],
        totalTests=len(await every(aula, "learning", "assessments")),
        totalSubmissions=total,
        averageScore=two_decimals(Fraction(sum(scores) + erased["totals.score"], 100 * total)),
        submissionsLast30Days=last,
        monthlyGrowthRate=rate(last - before, before),
    )
    assert {row["month"]: row["testSubmissions"] for row in data["trends"]} == {
        month: by_month(submitted)[month] + erased[f"months.{month}"] for month in months
    }
    newest = sorted(results, key=lambda each: (each["completed_at"], each["_id"]), reverse=True)
    recent = [row["id"] for row in data["recentActivity"]["testResults"]]
    assert recent == [each["_id"] for each in newest[:5]]

    gone = await Counters(learning["material_tallies_gone"], ("days",)).all()
    assignments = await every(aula, "learning", "material_assignments")
    assigned = [each["assigned_at"] for each in assignments]
    owners = {each["user_id"] for each in assignments}
    has(
        data["overview"]["materials"],
        assignments=len(assignments),
        assignedUsers=len(owners),
        avgAssignmentsPerUser=two_decimals(Fraction(len(assignments), len(owners))),
        assignmentsLast30Days=spans(assigned, now)[0] + two_spans(gone, now)[0],
    )
    courses = await every(aula, "learning", "courses")
    assert data["overview"]["courses"] == {"total": len(courses)}

    contacts = await every(aula, "notifications", "contacts")
    statuses = Counter(each["status"] for each in contacts)
    came = [each["created_at"] for each in contacts]
    assert data["overview"]["contacts"] == {
        "total": len(contacts),
        "pending": statuses["PENDING"],
        "replied": statuses["REPLIED"],
        "replyRate": rate(statuses["REPLIED"], len(contacts)),
        "newLast30Days": spans(came, now)[0],
    }
    assert {row["month"]: row["contacts"] for row in data["trends"]} == {
        month: by_month(came)[month] for month in months
    }
    shares = {row["key"]: row["count"] for row in data["distributions"]["contactsByStatus"]}
    assert shares == {status: statuses[status] for status in STATUSES}


async def test_a_change_is_shown_at_once(aula: Aula, superadmin: Json, school: None) -> None:
    before = (await dashboard(aula.http, bearer(superadmin)))["overview"]
    course = {"title": "Of the dashboard", "targetLanguage": "es", "level": "A1"}
    data_of(await aula.http.post("/courses", json=course, headers=bearer(superadmin)), 201)
    message = {"fullName": "Alan Turing", "email": "alan.dashboard@aula.test", "message": "Hello"}
    data_of(await aula.http.post("/contact", json=message), 201)
    data = await dashboard(aula.http, bearer(superadmin))
    assert data["overview"]["courses"]["total"] == before["courses"]["total"] + 1
    assert data["overview"]["contacts"]["pending"] == before["contacts"]["pending"] + 1
    newest = data["recentActivity"]["contacts"][0]
    has(newest, fullName="Alan Turing", email="alan.dashboard@aula.test", status="PENDING")


@asynccontextmanager
async def stopped(aula: Aula, service: str) -> AsyncIterator[None]:
    await aula.stack.stop_one(service)
    try:
        yield
    finally:
        await aula.stack.start_one(service)


@asynccontextmanager
async def hanging(aula: Aula, service: str) -> AsyncIterator[None]:
    pid = aula.stack.pids[service]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize(
    ("away", "service", "null"),
    [
        (stopped, "users", "users"),
        (hanging, "learning", "tests"),
        (hanging, "notifications", "contacts"),
    ],
)
async def test_it_comes_in_time_whoever_is_away(
    aula: Aula, superadmin: Json, away: Any, service: str, null: str
) -> None:
    async with away(aula, service):
        started = time.monotonic()
        data = data_of(await aula.http.get("/admin/dashboard", headers=bearer(superadmin)))
        # 1.5 s, where nobody else is at work; who waits for it to the end waits for 15.
        assert time.monotonic() - started < 8
        assert service in data["degraded"]
        assert data["overview"][null] is None
    data = await dashboard(aula.http, bearer(superadmin))
    assert data["overview"][null] is not None
