"""Endpoints of courses (contract, section 4)."""

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.learning.courses.domain import Course
from services.learning.courses.schemas import (
    ChangeCourse,
    CreateCourse,
    wanted_courses,
)
from services.learning.courses.service import CourseService, sees_all
from shared.http.conditional import Known
from shared.http.envelope import Envelope, created, ok
from shared.http.guards import admin
from shared.http.pagination import Page
from shared.http.schemas import Deleted
from shared.ids import checked_id
from shared.tokens import Principal


@post("/courses", guards=[admin], opt={"idempotent": True})
async def create_course(
    data: JSONBody[CreateCourse],
    principal: NamedDependency[Principal],
    courses: NamedDependency[CourseService],
) -> Envelope[Course]:
    """Add a course.

    It can be seen by everybody once `isPublished` is true. Without a `locale` it is in the
    language of the request.
    """
    return created(await courses.create(principal, data.changes()))


@get("/courses")
async def list_courses(
    known: NamedDependency[Known],
    visitor: NamedDependency[Principal | None],
    courses: NamedDependency[CourseService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
    targetLanguage: FromQuery[str | None] = None,  # noqa: N803  refusals name it so
    level: FromQuery[str | None] = None,
    locale: FromQuery[str | None] = None,
    search: FromQuery[str | None] = None,
) -> Response[Envelope[Page[Course]]]:
    """List courses.

    The published ones; for admins, all. The newest first.
    """
    wanted = wanted_courses(
        page, limit, targetLanguage, level, locale, search, published_only=not sees_all(visitor)
    )
    state = (await courses.revision(), wanted)
    return await known.unless(Page[Course], state, lambda: courses.page(wanted))


@get("/courses/{course_id:str}")
async def find_course(
    course_id: FromPath[str],
    known: NamedDependency[Known],
    visitor: NamedDependency[Principal | None],
    courses: NamedDependency[CourseService],
) -> Response[Envelope[Course]]:
    """Get a course.

    One that is not published is there for admins only.
    """
    return known.unless_same(await courses.course(visitor, checked_id(course_id)))


@post("/courses/{course_id:str}/duplicate", guards=[admin], opt={"idempotent": True})
async def duplicate_course(
    course_id: FromPath[str],
    principal: NamedDependency[Principal],
    courses: NamedDependency[CourseService],
) -> Envelope[Course]:
    """Copy a course.

    The copy is not published.
    """
    return created(await courses.duplicate(principal, checked_id(course_id)))


@patch("/courses/{course_id:str}", guards=[admin])
async def change_course(
    course_id: FromPath[str],
    data: JSONBody[ChangeCourse],
    principal: NamedDependency[Principal],
    courses: NamedDependency[CourseService],
) -> Envelope[Course]:
    """Change a course.

    Only what is sent is changed; null clears a member.
    """
    return ok(await courses.change(principal, checked_id(course_id), data.changes()))


@delete("/courses/{course_id:str}", status_code=200, guards=[admin])
async def delete_course(
    course_id: FromPath[str],
    principal: NamedDependency[Principal],
    courses: NamedDependency[CourseService],
) -> Envelope[Deleted]:
    """Delete a course."""
    target = checked_id(course_id)
    await courses.delete(principal, target)
    return ok(Deleted.of(target))


HANDLERS = (
    create_course,
    list_courses,
    find_course,
    duplicate_course,
    change_course,
    delete_course,
)
