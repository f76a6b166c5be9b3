"""How many people there are: exact, and at the same cost for any number of them."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from deploy.stack import Stack
from services.users.dashboard import Dashboard
from services.users.domain import Person
from services.users.listing import listing_of
from services.users.recount import Recount
from services.users.repository import document_of
from shared.clock import timestamp
from shared.contracts.dashboard import Share, UsersOverview, UsersPart
from shared.ids import new_id
from tests.figures import two_decimals
from tests.profiling import profiler, scans
from tests.users.people import Kept, kept, person

NAME = "test_dashboard_of_users"
NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


@pytest.fixture
async def crowd(servers: Stack) -> AsyncIterator[Kept]:
    async with kept(servers.mongo_url, NAME) as crowd:
        yield crowd
        await crowd.database.client.drop_database(NAME)


async def part(crowd: Kept) -> UsersPart:
    return await Dashboard(crowd.counters, lambda: NOW).part()


async def test_without_anybody_everything_is_zero(crowd: Kept) -> None:
    found = await part(crowd)
    assert found.overview == UsersOverview(
        total=0,
        admins=0,
        registration_completed=0,
        completion_rate=0.0,
        new_last_30_days=0,
        monthly_growth_rate=0.0,
    )
    assert (found.months, [role.count for role in found.roles]) == ({}, [0, 0, 0])


async def test_people_are_counted_as_they_come_change_and_go(crowd: Kept) -> None:
    dice = random.Random(5)
    people = [
        person(
            role=dice.choice(("user", "user", "user", "admin", "superadmin")),
            is_registration_complete=dice.random() < 0.6,
            created_at=timestamp(NOW - timedelta(days=dice.randrange(100))),
        )
        for _ in range(60)
    ]
    await crowd.save(*people, person(registered=False))
    for goes in people[:7]:
        await crowd.remove(goes)
    stay = people[7:]
    completed = [each for each in stay if each.profile.is_registration_complete]
    ages = [(NOW.date() - datetime.fromisoformat(_registered(each)).date()).days for each in stay]
    new = len([age for age in ages if age < 30])
    before = len([age for age in ages if 30 <= age < 60])
    roles = {
        role: len([each for each in stay if each.account.role == role])
        for role in ("user", "admin", "superadmin")
    }
    found = await part(crowd)
    assert found.overview == UsersOverview(
        total=len(stay),
        admins=roles["admin"] + roles["superadmin"],
        registration_completed=len(completed),
        completion_rate=two_decimals(Fraction(len(completed), len(stay)) * 100),
        new_last_30_days=new,
        monthly_growth_rate=two_decimals(Fraction(new - before, before) * 100),
    )
    assert found.roles == [
        Share(
            key=role,
            label=role.capitalize(),
            count=count,
            percentage=two_decimals(Fraction(count, len(stay)) * 100),
        )
        for role, count in roles.items()
    ]
    months = {_registered(each)[:7] for each in stay}
    assert found.months == {
        month: len([each for each in stay if _registered(each)[:7] == month]) for month in months
    }


async def test_it_costs_the_same_for_a_hundred_people_and_ten_thousand(
    crowd: Kept, servers: Stack
) -> None:
    one = person(created_at=timestamp(NOW))
    document = document_of(one, listing_of(one))
    recount = Recount(crowd.database.client, crowd.people, crowd.counters)
    costs = []
    for more in (100, 9_900):
        await crowd.database["people"].insert_many(
            [{**document, "_id": new_id()} for _ in range(more)]
        )
        await recount.run(NOW)
        async with profiler(servers, NAME) as driver:
            found = await part(crowd)
            seen = list(driver[NAME]["system.profile"].find({"appName": "aula"}))
        assert scans(seen) == []
        costs.append((len(seen), sum(each.get("docsExamined", 0) for each in seen)))
    assert found.overview.new_last_30_days == 10_000
    assert costs[0] == costs[1]
    assert costs[1][1] <= 32


def _registered(each: Person) -> str:
    return each.account.created_at or ""
