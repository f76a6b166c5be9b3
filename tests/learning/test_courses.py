"""Courses: what admins make of them, and what everybody sees."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.contracts.learning import CoursePublished, CourseRescheduled
from shared.ids import new_id
from tests.learning.conftest import Learning

COURSE = {"title": "Spanish for beginners", "targetLanguage": "es", "level": "A1", "locale": "en"}
WHOLE = {
    **COURSE,
    "description": "Twelve weeks,\nfrom hola to a conversation.",
    "price": {"amount": "149.90", "currency": "EUR"},
    "imageUrl": "https://cdn.example/es.png",
    "durationWeeks": 12,
    "lessonsPerWeek": 3,
    "startsAt": "2027-01-11T18:00:00+03:00",
    "tags": ["evening", "online"],
    "isPublished": True,
}


async def create(learning: Learning, **members: Any) -> dict[str, Any]:
    body = {**COURSE, **members}
    answer = await learning.http.post("/courses", json=body, headers=learning.bearer())
    data: dict[str, Any] = await learning.data(answer, 201)
    return data


async def change(learning: Learning, course_id: str, **members: Any) -> httpx.Response:
    path = f"/courses/{course_id}"
    return await learning.http.patch(path, json=members, headers=learning.bearer())


async def seen(learning: Learning, course_id: str, **headers: str) -> httpx.Response:
    return await learning.http.get(f"/courses/{course_id}", headers=headers)


async def test_a_course_is_shown_as_it_was_made(learning: Learning) -> None:
    course = await create(learning, **WHOLE)
    assert course == {
        **WHOLE,
        "id": course["id"],
        "startsAt": "2027-01-11T15:00:00.000Z",
        "createdAt": course["createdAt"],
        "updatedAt": course["createdAt"],
    }
    assert await learning.data(await seen(learning, course["id"])) == course


async def test_the_least_there_can_be_is_a_title_a_language_and_a_level(learning: Learning) -> None:
    least = {"title": " Deutsch ", "targetLanguage": "DE-at", "level": "B1+"}
    headers = {**learning.bearer(), "X-Language": "de"}
    answer = await learning.http.post("/courses", json=least, headers=headers)
    course = await learning.data(answer, 201)
    assert course == {
        "id": course["id"],
        "title": "Deutsch",
        "description": None,
        "targetLanguage": "de-AT",
        "level": "B1+",
        "locale": "de",
        "price": None,
        "imageUrl": None,
        "durationWeeks": None,
        "lessonsPerWeek": None,
        "startsAt": None,
        "tags": [],
        "isPublished": False,
        "createdAt": course["createdAt"],
        "updatedAt": course["updatedAt"],
    }


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("149.90", "EUR", "149.90"),
        (149.9, "EUR", "149.90"),
        (0.1, "TRY", "0.10"),
        (0, "USD", "0.00"),
        ("1500", "JPY", "1500"),
        (1500.0, "JPY", "1500"),
        ("1.5", "KWD", "1.500"),
        ("9999999999.99", "EUR", "9999999999.99"),
        (9999999999.99, "EUR", "9999999999.99"),
        ("007.50", "GBP", "7.50"),
    ],
)
async def test_a_price_is_kept_to_the_last_decimal(
    learning: Learning, amount: object, currency: str, shown: str
) -> None:
    course = await create(learning, price={"amount": amount, "currency": currency})
    assert course["price"] == {"amount": shown, "currency": currency}


@pytest.mark.parametrize(
    ("member", "value", "field"),
    [
        *(("title", value, "title") for value in ("", "  ", None, 5, "a" * 201, "a\nb")),
        *(("targetLanguage", value, "targetLanguage") for value in ("", "english", "e", "e_n", 1)),
        *(("level", value, "level") for value in ("D1", "a1", "C2+", "A1 ", "Pre-A1+", None)),
        *(("locale", value, "locale") for value in ("fr", "EN", None)),
        *(
            ("price", {"amount": value, "currency": "EUR"}, "price.amount")
            for value in ("-1", -0.01, "1e3", "1,5", "", " 1", "٣", "NaN", "1_0", "10000000000")
        ),
        *(
            ("price", {"amount": value, "currency": "EUR"}, "price.amount")
            for value in (1e300, 1e-7)
        ),
        ("price", {"amount": "1.999", "currency": "EUR"}, "price.amount"),
        ("price", {"amount": "1.5", "currency": "JPY"}, "price.amount"),
        *(
            ("price", {"amount": 1, "currency": value}, "price.currency")
            for value in ("eur", "XXX", "€", "", "EURO")
        ),
        ("price", {"amount": True, "currency": "EUR"}, "price.amount"),
        ("price", {"amount": 1}, "price.currency"),
        ("price", {"amount": 1, "currency": "EUR", "$inc": 1}, "price.$inc"),
        ("price", 100, "price"),
        *(
            ("imageUrl", value, "imageUrl")
            for value in (
                *("javascript:alert(1)", "data:image/png;base64,AA", "//evil.example/x", "x.png"),
                *("https://", "https://user@host.example/", "https://a.example/\nb", "/../etc"),
                *("https://a.example:99999/", "http://[::1", "ftp://a.example/", "/a\\b", "/a b"),
            )
        ),
        *(("durationWeeks", value, "durationWeeks") for value in (0, -1, 521, 1.5, "12", True)),
        *(("lessonsPerWeek", value, "lessonsPerWeek") for value in (0, 101, "3")),
        *(
            ("startsAt", value, "startsAt")
            for value in ("", "soon", "2026-02-30", "1999-12-31", "0001-01-01", "9999-12-31", 0)
        ),
        *(("tags", value, None) for value in ("a", [""], ["a"] * 21, ["a" * 51], [None], {})),
        *(("isPublished", value, "isPublished") for value in (1, "true", None)),
        *((name, "x", name) for name in ("id", "_id", "createdAt", "terms", "$set", "isAdmin")),
    ],
)
async def test_what_makes_no_sense_is_refused_by_name(
    learning: Learning, member: str, value: object, field: str | None
) -> None:
    course_id = (await create(learning, **WHOLE))["id"] if member == "title" else None
    body = {**COURSE, member: value}
    answers = [await learning.http.post("/courses", json=body, headers=learning.bearer())]
    if course_id:
        answers.append(await change(learning, course_id, **{member: value}))
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
        general, *details = answer.json()["errors"]
        assert general == "Validation failed"
        assert field is None or [detail.split(": ")[0] for detail in details] == [field]


async def test_what_is_missing_is_named(learning: Learning) -> None:
    for name in ("title", "targetLanguage", "level"):
        body = {member: value for member, value in COURSE.items() if member != name}
        answer = await learning.http.post("/courses", json=body, headers=learning.bearer())
        assert answer.json()["errors"] == ["Validation failed", f"{name}: is required"]


async def test_wrong_values_are_named_together_in_the_callers_language(learning: Learning) -> None:
    body = {**COURSE, "imageUrl": "x", "startsAt": "x", "price": {"amount": "1", "currency": "x"}}
    headers = {**learning.bearer(), "X-Language": "tr"}
    answer = await learning.http.post("/courses", json=body, headers=headers)
    general, *details = answer.json()["errors"]
    assert general == "Doğrulama başarısız"
    assert {line.split(": ")[0] for line in details} == {"imageUrl", "startsAt", "price.currency"}


async def test_a_change_changes_what_it_names_and_null_clears(learning: Learning) -> None:
    course = await create(learning, **WHOLE)
    changed = await learning.data(await change(learning, course["id"], level="A2", price=None))
    assert changed["updatedAt"] >= course["updatedAt"]
    updated = {"updatedAt": changed["updatedAt"]}
    assert changed == {**course, "level": "A2", "price": None, **updated}
    cleared = dict.fromkeys(
        ("description", "imageUrl", "durationWeeks", "lessonsPerWeek", "startsAt"), None
    )
    bare = await learning.data(await change(learning, course["id"], tags=None, **cleared))
    assert bare == {**changed, **cleared, "tags": [], "updatedAt": bare["updatedAt"]}
    assert await learning.data(await seen(learning, course["id"])) == bare


async def test_a_change_that_changes_nothing_is_none(learning: Learning) -> None:
    course = await create(learning, **WHOLE)
    assert await learning.data(await change(learning, course["id"])) == course
    same = await learning.data(await change(learning, course["id"], title=course["title"] + " "))
    assert same == course


async def test_changes_at_the_same_time_all_count(learning: Learning) -> None:
    course = await create(learning)
    members = {"level": "C1", "durationWeeks": 9, "lessonsPerWeek": 2, "tags": ["a"], "price": None}
    answers = await asyncio.gather(
        *(change(learning, course["id"], **{name: value}) for name, value in members.items())
    )
    assert {answer.status_code for answer in answers} == {200}
    found = await learning.http.get(f"/courses/{course['id']}", headers=learning.bearer())
    data = await learning.data(found)
    assert {name: data[name] for name in members} == members


async def test_a_duplicate_is_an_unpublished_copy_of_its_own(learning: Learning) -> None:
    course = await create(learning, **WHOLE)
    path = f"/courses/{course['id']}/duplicate"
    copy = await learning.data(await learning.http.post(path, headers=learning.bearer()), 201)
    assert copy["id"] != course["id"]
    assert copy["createdAt"] >= course["createdAt"]
    own = {name: copy[name] for name in ("id", "createdAt", "updatedAt")}
    assert copy == {**course, **own, "isPublished": False}
    await learning.data(await change(learning, copy["id"], title="Another"))
    assert (await learning.data(await seen(learning, course["id"])))["title"] == course["title"]


async def test_what_is_not_published_only_admins_find(learning: Learning) -> None:
    course = await create(learning)
    for headers in ({}, learning.bearer("user")):
        answer = await seen(learning, course["id"], **headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    for role in ("admin", "superadmin"):
        answer = await seen(learning, course["id"], **learning.bearer(role))  # type: ignore[arg-type]
        assert await learning.data(answer) == course


async def test_a_deleted_course_is_gone(learning: Learning) -> None:
    course = await create(learning, isPublished=True)
    path = f"/courses/{course['id']}"
    deleted = await learning.data(await learning.http.delete(path, headers=learning.bearer()))
    assert (deleted["id"], bool(deleted["message"])) == (course["id"], True)
    for method in ("GET", "PATCH", "DELETE"):
        body = {} if method == "PATCH" else None
        answer = await learning.http.request(method, path, json=body, headers=learning.bearer())
        assert answer.status_code == 404


async def test_nobody_is_told_of_a_course_before_it_can_be_seen(learning: Learning) -> None:
    course = await create(learning)
    assert await learning.said(course["id"], CoursePublished) == []
    published = await learning.data(await change(learning, course["id"], isPublished=True))
    await change(learning, course["id"], isPublished=True, level="A2")
    expected = CoursePublished(
        course_id=course["id"],
        title=course["title"],
        target_language="es",
        level="A1",
        locale="en",
        published_at=published["updatedAt"],
    )
    assert await learning.said(course["id"], CoursePublished) == [expected]
    await change(learning, course["id"], isPublished=False)
    await change(learning, course["id"], isPublished=True)
    assert len(await learning.said(course["id"], CoursePublished)) == 2
    at_once = await create(learning, isPublished=True)
    assert len(await learning.said(at_once["id"], CoursePublished)) == 1


async def test_who_waits_for_a_course_is_told_when_its_start_changes(learning: Learning) -> None:
    start, later = "2030-09-01T08:00:00.000Z", "2030-10-01T08:00:00.000Z"
    course = await create(learning, startsAt=start)
    course_id = course["id"]
    await change(learning, course_id, startsAt=later)
    assert await learning.said(course_id, CourseRescheduled) == []
    await change(learning, course_id, isPublished=True)
    (published,) = await learning.said(course_id, CoursePublished)
    assert published.starts_at == later
    await change(learning, course_id, description="x")
    await change(learning, course_id, startsAt=start)
    await change(learning, course_id, startsAt=None)
    await change(learning, course_id, isPublished=False, startsAt=start)
    await change(learning, course_id, startsAt=later)
    await change(learning, course_id, isPublished=True)
    await learning.http.delete(f"/courses/{course_id}", headers=learning.bearer())
    said = await learning.said(course_id, CourseRescheduled)
    assert [(each.starts_at, each.is_published) for each in said] == [
        (start, True),
        (None, True),
        (None, False),
        (None, False),
    ]
    assert [each.changed_at for each in said] == sorted(each.changed_at for each in said)


async def test_each_change_is_later_than_the_one_before_though_a_clock_was_fast(
    learning: Learning,
) -> None:
    course_id = (await create(learning))["id"]
    ahead = {"$set": {"updatedAt": "2095-01-01T00:00:00.000Z"}}
    await learning.database["courses"].update_one({"_id": course_id}, ahead)
    await change(learning, course_id, isPublished=True)
    await change(learning, course_id, startsAt="2030-09-01")
    await learning.http.delete(f"/courses/{course_id}", headers=learning.bearer())
    (published,) = await learning.said(course_id, CoursePublished)
    rescheduled, gone = await learning.said(course_id, CourseRescheduled)
    assert [published.published_at, rescheduled.changed_at, gone.changed_at] == [
        "2095-01-01T00:00:00.001Z",
        "2095-01-01T00:00:00.002Z",
        "2095-01-01T00:00:00.003Z",
    ]


async def test_the_same_request_twice_makes_one_course(learning: Learning) -> None:
    headers = {**learning.bearer(), "Idempotency-Key": new_id()}
    first, second = [
        await learning.http.post("/courses", json=COURSE, headers=headers) for _ in range(2)
    ]
    assert first.json() == second.json()
    path = f"/courses/{first.json()['data']['id']}/duplicate"
    first, second = [await learning.http.post(path, headers=headers) for _ in range(2)]
    assert first.json()["data"]["id"] == second.json()["data"]["id"]


async def test_what_admins_did_is_in_the_audit_log_without_its_values(learning: Learning) -> None:
    admin = new_id()
    headers = learning.bearer("admin", admin)
    answer = await learning.http.post("/courses", json=COURSE, headers=headers)
    path = f"/courses/{answer.json()['data']['id']}"
    await learning.http.patch(path, json={"imageUrl": None}, headers=headers)  # changes nothing
    await learning.http.patch(path, json={"imageUrl": "x"}, headers=headers)  # is refused
    await learning.http.patch(path, json={"imageUrl": "/x", "level": "A2"}, headers=headers)
    await learning.http.post(f"{path}/duplicate", headers=headers)
    await learning.http.delete(path, headers=headers)
    entries = [(entry.action, entry.members) for entry in await learning.audit.of(admin)]
    assert entries == [
        ("course.created", ("level", "locale", "targetLanguage", "title")),
        ("course.changed", ("imageUrl", "level")),
        ("course.duplicated", ()),
        ("course.deleted", ()),
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/courses"),
        ("POST", "/courses/{id}/duplicate"),
        ("PATCH", "/courses/{id}"),
        ("DELETE", "/courses/{id}"),
    ],
)
async def test_only_admins_change_the_offer(learning: Learning, method: str, path: str) -> None:
    for headers, status in (({}, 401), (learning.bearer("user"), 403)):
        answer = await learning.http.request(
            method, path.replace("{id}", new_id()), headers=headers, json={}
        )
        assert answer.status_code == status


async def test_a_malformed_id_is_refused_and_an_unknown_one_not_found(learning: Learning) -> None:
    for course_id, status in (("x", 400), ("$ne", 400), (new_id(), 404)):
        path, headers = f"/courses/{course_id}", learning.bearer()
        assert (await learning.http.get(path)).status_code == status
        assert (await change(learning, course_id, title="x")).status_code == status
        assert (await learning.http.delete(path, headers=headers)).status_code == status
        answer = await learning.http.post(f"{path}/duplicate", headers=headers)
        assert answer.status_code == status
