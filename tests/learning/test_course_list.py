"""GET /courses: what is in it, in which order, how it is found, and how it is kept by clients."""

import asyncio
import itertools
import random
from typing import Any

import httpx
import pytest

from services.learning.courses.repository import COUNTED
from services.learning.levels import LEVELS
from services.learning.recount import kept_in
from shared.clock import utc_now
from shared.counters import Counters
from shared.ids import new_id
from shared.languages import LANGUAGES
from shared.recount import recount
from tests.learning.conftest import Learning
from tests.learning.test_courses import change, create

# A language that no other test teaches, so that the list is this one's own.
OURS = "qaa"


@pytest.fixture(scope="module")
async def offer(learning: Learning) -> list[dict[str, Any]]:
    """40 courses, newest first."""
    dice = random.Random(7)
    made = [
        await create(
            learning,
            title=f"{dice.choice(('Işıltı', 'Café über', 'Plain (a+)+$'))} {number}",
            targetLanguage=OURS,
            level=dice.choice(("A1", "A1+", "B2")),
            locale=dice.choice(("tr", "de")),
            tags=["Online"] if number % 2 else [],
            isPublished=number % 4 != 0,
        )
        for number in range(40)
    ]
    return sorted(made, key=lambda each: (each["createdAt"], each["id"]), reverse=True)


async def ask(learning: Learning, query: str, **headers: str) -> httpx.Response:
    path = f"/courses?targetLanguage={OURS}&{query}"
    return await learning.http.get(path, headers=headers)


async def listed(learning: Learning, query: str, **headers: str) -> list[dict[str, Any]]:
    """All pages of it."""
    found: list[dict[str, Any]] = []
    for page in itertools.count(1):
        data = await learning.data(await ask(learning, f"{query}&page={page}&limit=7", **headers))
        found += data["list"]
        if not data["pagination"]["hasNextPage"]:
            assert data["pagination"]["totalItems"] == len(found)
            return found
    raise AssertionError


async def test_pages_follow_one_another_newest_first(
    learning: Learning, offer: list[dict[str, Any]]
) -> None:
    published = [course for course in offer if course["isPublished"]]
    assert await listed(learning, "") == published
    assert await listed(learning, "", **learning.bearer("user")) == published
    assert await listed(learning, "", **learning.bearer()) == offer
    beyond = await learning.data(await ask(learning, "page=99"))
    assert (beyond["list"], beyond["pagination"]["totalItems"]) == ([], len(published))
    clamped = await learning.data(await ask(learning, "page=-1&limit=1000"))
    assert clamped["pagination"]["itemsPerPage"] == 100


@pytest.mark.parametrize("level", [None, "A1", "A1+", "C2"])
@pytest.mark.parametrize("locale", [None, "tr", "en"])
async def test_filters_leave_what_has_all_of_them(
    learning: Learning, offer: list[dict[str, Any]], level: str | None, locale: str | None
) -> None:
    wanted = {name: value for name, value in (("level", level), ("locale", locale)) if value}
    query = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in wanted.items())
    expected = [each for each in offer if wanted.items() <= each.items()]
    assert await listed(learning, query, **learning.bearer()) == expected


async def test_a_bare_plus_and_another_case_are_understood(
    learning: Learning, offer: list[dict[str, Any]]
) -> None:
    plus = await listed(learning, "level=A1%2B")
    assert plus
    assert plus == await listed(learning, "level=a1+")
    answer = await learning.http.get("/courses?targetLanguage=QAA&limit=100")
    assert len((await learning.data(answer))["list"]) == 30


@pytest.mark.parametrize(
    ("search", "start"),
    [
        ("isil", "Işıltı"),
        ("IŞIL", "Işıltı"),
        ("cafe", "Café"),
        ("UBER", "Café"),
        ("plain (a%2B)", "Plain"),
        ("(a%2B)%2B$", None),
        ("afé", None),
        (".*", None),
        ("^plain", None),
    ],
)
async def test_a_search_finds_the_start_of_any_word_of_title_and_tags(
    learning: Learning, offer: list[dict[str, Any]], search: str, start: str | None
) -> None:
    expected = [each for each in offer if start and each["title"].startswith(start)]
    assert await listed(learning, f"search={search}", **learning.bearer()) == expected


async def test_searches_and_filters_go_together(
    learning: Learning, offer: list[dict[str, Any]]
) -> None:
    expected = [each for each in offer if each["isPublished"] and each["tags"]]
    assert await listed(learning, "search=onl") == expected
    expected = [each for each in expected if each["level"] == "B2"]
    assert await listed(learning, "search=onl&level=B2") == expected
    assert await listed(learning, "search=%20%CC%81") == await listed(learning, "")


@pytest.mark.parametrize("query", ["level=D1", "level=", "locale=fr", "locale=EN", "page=x"])
async def test_filters_that_make_no_sense_are_refused_by_name(
    learning: Learning, query: str
) -> None:
    answer = await ask(learning, query)
    assert answer.status_code == 400
    assert answer.json()["errors"][1].startswith(query.partition("=")[0])
    assert (await learning.http.get("/courses?targetLanguage=not+one")).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "isPublished=false&published_only=false&$where=1",
        "level[$ne]=A1&search[$regex]=.*&targetLanguage[$gt]=",
        "search=" + "a" * 8000,
        "search=(a%2B)%2B$",
        "search=%00%ff%ed%a0%80",
        "page=99999999999999999999&limit=0",
        "page=&limit=",
        "level=A1&level=B2",
    ],
)
async def test_odd_queries_show_nothing_more_and_break_nothing(
    learning: Learning, offer: list[dict[str, Any]], query: str
) -> None:
    answer = await ask(learning, query)
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200:
        assert all(each["isPublished"] for each in answer.json()["data"]["list"])


async def test_a_client_that_has_the_list_is_told_so_until_any_course_changes(
    learning: Learning, offer: list[dict[str, Any]]
) -> None:
    course = await create(learning, isPublished=True)
    first = await ask(learning, "level=A1")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert "Authorization" in first.headers["vary"]
    for known in (tag, f'"x", {tag}', tag.removeprefix("W/"), "*"):
        again = await ask(learning, "level=A1", **{"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for deed in ("change", "delete"):
        tag = (await ask(learning, "level=A1")).headers["etag"]
        if deed == "change":
            await change(learning, course["id"], level="C1")
        else:
            await learning.http.delete(f"/courses/{course['id']}", headers=learning.bearer())
        again = await ask(learning, "level=A1", **{"If-None-Match": tag})
        assert (again.status_code, again.headers["etag"] == tag) == (200, False)


async def test_what_admins_are_shown_is_theirs_and_another_thing(
    learning: Learning, offer: list[dict[str, Any]]
) -> None:
    tags = {}
    for who, headers in (
        ("all", {}),
        ("user", learning.bearer("user")),
        ("admin", learning.bearer()),
    ):
        answer = await ask(learning, "", **headers)
        assert answer.headers["cache-control"].startswith("public" if who == "all" else "private")
        tags[who] = answer.headers["etag"]
    assert tags["all"] == tags["user"] != tags["admin"]
    assert tags["admin"] != (await ask(learning, "page=2", **learning.bearer())).headers["etag"]
    stale = {"If-None-Match": tags["all"], **learning.bearer()}
    assert (await ask(learning, "", **stale)).status_code == 200


async def test_a_course_is_kept_by_clients_too(
    learning: Learning, offer: list[dict[str, Any]]
) -> None:
    path = f"/courses/{next(each['id'] for each in offer if each['isPublished'])}"
    tag = (await learning.http.get(path)).headers["etag"]
    again = await learning.http.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


async def test_courses_are_counted_as_they_come_and_go(learning: Learning) -> None:
    counters = Counters(learning.database["course_counters"], COUNTED)
    before = await counters.all()
    made = await asyncio.gather(
        *(
            create(learning, title=new_id(), level=level, locale=locale, isPublished=locale == "tr")
            for level in LEVELS[:4]
            for locale in LANGUAGES
        )
    )
    await change(learning, made[1]["id"], isPublished=True)
    await change(learning, made[0]["id"], isPublished=False, level="C2")
    await learning.http.delete(f"/courses/{made[2]['id']}", headers=learning.bearer())
    after = await counters.all()
    assert after["courses.total"] - before["courses.total"] == len(made) - 1
    assert after["courses.published"] - before["courses.published"] == 4
    (kept,) = [each for each in kept_in(learning.database) if each.name == "courses"]
    assert (await recount(kept, utc_now())).drift == {}
