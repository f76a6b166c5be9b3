"""GET /admin/users: filters, sorting, paging, search, and the counting behind it."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.stack import Stack
from services.users.directory import MOST_MATCHES, Wanted
from services.users.listing import listing_of
from services.users.recount import Listed, Recount
from services.users.repository import SORT_MEMBERS, Order, document_of
from shared.contracts.auth import UserRoleChanged
from shared.contracts.users import User
from shared.http.pagination import Page, PageRequest
from tests.eventually import eventually
from tests.users.conftest import Users
from tests.users.people import Kept, kept, person

NAMES = ("Ada", "Işıl", "Çağla", "jean-luc", None)
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
async def crowd(servers: Stack) -> AsyncIterator[Kept]:
    """60 people, of all groups, many with the same values."""
    dice = random.Random(7)
    async with kept(servers.mongo_url, "test_directory") as crowd:
        people = [
            person(
                name=dice.choice(NAMES),
                surname=f"Crowd {dice.randrange(5)}",
                email=f"{dice.randrange(10**6)}@aula.test" if dice.random() < 0.7 else None,
                role=dice.choice(("user", "user", "admin", "superadmin")),
                last_login=dice.choice((None, "2026-03-01T00:00:00.000Z")),
                created_at=f"2026-0{dice.randrange(1, 4)}-01T00:00:00.000Z",
                is_registration_complete=dice.random() < 0.5,
            )
            for _ in range(60)
        ]
        await crowd.save(*people, person(registered=False, name="Nobody"))
        yield crowd


async def listed(
    kept: Kept, page: int = 1, limit: int = 100, by: str = "-createdAt", **wanted: Any
) -> Page[User]:
    order = Order(by.removeprefix("-"), by.startswith("-"))
    request = PageRequest(page, limit)
    return await kept.directory.page(Wanted(page=request, order=order, **wanted))


def key(user: User, by: str) -> tuple[str, str]:
    listing = listing_of(person(name=user.name, surname=user.surname))
    assert listing
    values = {
        "createdAt": user.created_at,
        "lastLogin": user.last_login,
        "name": listing.name,
        "email": user.email,
    }
    return (values[by] or "", user.id)


@pytest.mark.parametrize("search", [None, "crowd"])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("by", SORT_MEMBERS)
async def test_pages_of_a_sorted_list_hold_everybody_once_in_order(
    crowd: Kept, by: str, sign: str, search: str | None
) -> None:
    pages = [await listed(crowd, page, 7, sign + by, search=search) for page in range(1, 11)]
    users = [user for page in pages for user in page.list]
    assert [len(page.list) for page in pages] == [7] * 8 + [4, 0]
    assert {page.pagination.total_items for page in pages} == {60}
    keys = [key(user, by) for user in users]
    assert keys == sorted(keys, reverse=bool(sign))
    assert len({user.id for user in users}) == 60


async def test_who_comes_last_shifts_no_page_however_near_the_end_it_is(servers: Stack) -> None:
    async with kept(servers.mongo_url, "test_directory_coming") as crowd:
        people = [person() for _ in range(30)]
        await crowd.save(*people)

        async def come() -> None:
            for _ in range(30):
                await crowd.save(person(created_at="2026-02-01T00:00:00.000Z"))

        coming = asyncio.create_task(come())
        expected = sorted(each.id for each in people)
        while not coming.done():
            near_the_end = await listed(crowd, 10, 3, "createdAt")
            assert [user.id for user in near_the_end.list] == expected[27:30]
        await coming


@pytest.mark.parametrize("search", [None, "crowd"])
async def test_filters_choose_by_role_and_registration(crowd: Kept, search: str | None) -> None:
    everybody = (await listed(crowd)).list
    for role in ("user", "admin", "superadmin", None):
        for complete in (True, False, None):
            found = await listed(crowd, search=search, role=role, is_registration_complete=complete)
            expected = {
                user.id
                for user in everybody
                if role in (None, user.role) and complete in (None, user.is_registration_complete)
            }
            assert {user.id for user in found.list} == expected
            assert found.pagination.total_items == len(expected)


@pytest.mark.parametrize(
    ("search", "name"),
    [("isil", "Işıl"), ("IŞIL CROWD", "Işıl"), ("cagl", "Çağla"), ("luc crowd", "jean-luc")],
)
async def test_a_search_finds_by_prefix_whatever_case_and_accents(
    crowd: Kept, search: str, name: str
) -> None:
    found = (await listed(crowd, search=search)).list
    everybody = (await listed(crowd)).list
    assert {user.id for user in found} == {user.id for user in everybody if user.name == name}


@pytest.mark.parametrize("search", ["(a+)+$", ".*", "^", "a|b", "$where", "\\", "[", "{"])
async def test_no_search_is_a_pattern(crowd: Kept, search: str) -> None:
    assert (await listed(crowd, search=search)).list == []


async def test_a_person_is_found_by_what_they_are_called_now(servers: Stack) -> None:
    async with kept(servers.mongo_url, "test_directory_changes") as crowd:
        ada = person(name="Ada", role="user", is_registration_complete=False)
        renamed = person(ada.id, name="Grace", role="admin", is_registration_complete=True)
        await crowd.save(ada)
        await crowd.save(renamed, before=ada)
        assert (await listed(crowd, search="ada")).list == []
        assert [user.id for user in (await listed(crowd, search="grace")).list] == [ada.id]
        assert (await listed(crowd, role="user")).pagination.total_items == 0
        assert (await listed(crowd, role="admin")).pagination.total_items == 1
        await crowd.remove(renamed)
        assert (await listed(crowd)).list == []
        assert await crowd.counters.all() == {}


async def test_a_broad_search_looks_at_a_thousand_and_says_so(servers: Stack) -> None:
    async with kept(servers.mongo_url, "test_directory_broad") as crowd:
        people = [person(name=f"Ada {number}") for number in range(MOST_MATCHES + 100)]
        documents = [document_of(each, listing_of(each)) for each in people]
        await crowd.database["people"].insert_many(documents)
        found = await listed(crowd, search="ada", by="name")
        assert (len(found.list), found.pagination.total_items) == (100, MOST_MATCHES)


async def test_fifty_who_come_at_once_are_all_counted(servers: Stack) -> None:
    async with kept(servers.mongo_url, "test_directory_counters") as crowd:
        people = [person(role="admin") for _ in range(50)]
        await crowd.save(*people)  # which gives up after ten seconds of being in each other's way
        assert await crowd.counters.all() == {
            "groups.admin_incomplete": 50,
            "months.2026-01": 50,
            "days.2026-01-01": 50,
        }


async def test_a_recount_mends_what_is_listed_and_counted_otherwise(servers: Stack) -> None:
    async with kept(servers.mongo_url, "test_directory_recount") as crowd:
        await crowd.save(*(person(name="Ada") for _ in range(5)))
        unlisted = document_of(person(name="Grace", role="admin"), None)
        await crowd.database["people"].insert_one(unlisted)
        await crowd.database["counters"].update_many(
            {"_id": {"$gte": 0}}, {"$inc": {"groups.user_incomplete": 1}}
        )
        recount = Recount(crowd.database.client, crowd.people, crowd.counters)
        looked = await recount.run(NOW, mend=False)
        (lists, people), _ = await asyncio.gather(
            recount.run(NOW), crowd.save(*(person(name="Late") for _ in range(10)))
        )
        assert looked[0] == lists == Listed(1)
        assert looked[1].drift  # and yet it was there to be mended
        assert people.before["groups.user_incomplete"] > people.after["groups.user_incomplete"]
        assert await crowd.counters.all() == {
            "groups.user_incomplete": 15,
            "groups.admin_incomplete": 1,
            "months.2026-01": 16,
            "days.2026-01-01": 16,
        }
        found = await listed(crowd, search="grace")
        assert found.pagination.total_items == 1
        again = await recount.run(NOW)
        assert not any(each.drift for each in again)
        assert [line for each in again for line in each.lines] == [
            "lists         0 people who were not listed as they should be",
            "people        4 counters, all as they should be",
        ]


async def test_days_are_counted_anew_while_they_are_shown(servers: Stack) -> None:
    async with kept(servers.mongo_url, "test_directory_days") as crowd:
        moments = ("2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00.000Z", None)
        await crowd.save(*(person(created_at=each) for each in moments))
        recount = Recount(crowd.database.client, crowd.people, crowd.counters)
        later = NOW + timedelta(days=45)  # the first of January is the first of sixty days
        assert not (await recount.run(later))[1].drift
        await crowd.database["counters"].update_many({}, {"$unset": {"days": ""}})
        assert (await recount.run(later))[1].drift == {"days.2026-01-01": -1}
        assert "days.2025-12-31" not in await crowd.counters.all()


# Over HTTP


@pytest.fixture(scope="module")
async def admin(users: Users) -> dict[str, str]:
    """Headers."""
    return (await users.somebody("admin"))[1]


async def test_an_admin_finds_who_has_just_registered(users: Users, admin: dict[str, str]) -> None:
    user_id = os.urandom(12).hex()
    await users.register(user_id)

    async def found() -> bool:
        answer = await users.http.get("/admin/users", params={"search": user_id}, headers=admin)
        data = answer.json()["data"]
        assert answer.status_code == 200
        assert data["pagination"]["totalItems"] == len(data["list"])
        return bool(data["list"] and data["list"][0]["email"] == f"{user_id}@aula.test")

    await eventually(found, within=30)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("role=king", "role"),
        ("role=", "role"),
        ("sort=password", "sort"),
        ("sort=--name", "sort"),
        ("sort[$gt]=x&sort=$where", "sort"),
        ("isRegistrationComplete=perhaps", "isRegistrationComplete"),
        ("page=one", "page"),
        ("limit=1e999", "limit"),
    ],
)
async def test_a_bad_query_value_is_named(
    users: Users, admin: dict[str, str], query: str, field: str
) -> None:
    answer = await users.http.get(f"/admin/users?{query}", headers=admin)
    envelope = answer.json()
    assert (answer.status_code, envelope["code"]) == (400, "validation_failed")
    assert envelope["errors"][1].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("query", "page", "limit"),
    [
        ("", 1, 10),
        ("page=0&limit=0", 1, 1),
        ("page=-3&limit=1000", 1, 100),
        ("page=999999999999", 1_000_000_000, 10),
        ("page=" + "9" * 30, 1_000_000_000, 10),
        ("search[$ne]=&role[$ne]=user&$where=1", 1, 10),
        ("search=%00", 1, 10),
        ("search=%ED%A0%80", 1, 10),
        ("search=%FF%FE", 1, 10),
        ("search=" + "a" * 5_000, 1, 10),
        ("search=a&search=b", 1, 10),
    ],
)
async def test_hostile_and_out_of_range_queries_are_harmless(
    users: Users, admin: dict[str, str], query: str, page: int, limit: int
) -> None:
    answer = await users.http.get(f"/admin/users?{query}", headers=admin)
    assert answer.status_code == 200
    pagination = answer.json()["data"]["pagination"]
    assert (pagination["currentPage"], pagination["itemsPerPage"]) == (page, limit)


async def test_the_list_is_for_admins(users: Users) -> None:
    assert (await users.http.get("/admin/users")).status_code == 401
    bearer = users.issuer.bearer()
    assert (await users.http.get("/admin/users", headers=bearer)).status_code == 403


async def test_an_admin_who_was_demoted_sees_no_list(users: Users) -> None:
    user_id, bearer = await users.somebody("admin")
    await users.say(UserRoleChanged(user_id=user_id, version=2, role="user"))

    async def refused() -> bool:
        return (await users.http.get("/admin/users", headers=bearer)).status_code == 403

    await eventually(refused, within=30)
