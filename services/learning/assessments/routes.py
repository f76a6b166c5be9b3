"""Endpoints of placement tests and their results (contract, section 4)."""

from typing import Any

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.learning.assessments.repository import AssessmentQuery
from services.learning.assessments.results import ResultService
from services.learning.assessments.schemas import (
    ChangeAssessment,
    CreateAssessment,
    Submit,
    tag_in,
)
from services.learning.assessments.service import AssessmentService
from services.learning.assessments.views import (
    AssessmentSummary,
    AssessmentView,
    ResultSummary,
    ResultView,
    Status,
    TargetLanguages,
)
from services.learning.schemas import Deleted
from shared import languages
from shared.http.conditional import Known, tag_of
from shared.http.envelope import Envelope, created, ok
from shared.http.guards import admin, signed_in
from shared.http.pagination import Page, PageRequest
from shared.ids import checked_id
from shared.languages import Language
from shared.tokens import Principal

ONCE = {"idempotent": True}


@post("/proficiency-tests", guards=[admin], opt=ONCE)
async def create(
    data: JSONBody[CreateAssessment],
    principal: NamedDependency[Principal],
    assessments: NamedDependency[AssessmentService],
) -> Envelope[AssessmentView]:
    made = await assessments.create(principal, data.assessment)
    return created(AssessmentView.with_questions(made, with_answers=True))


@get("/proficiency-tests")
async def tests(
    visitor: NamedDependency[Principal | None],
    known: NamedDependency[Known],
    assessments: NamedDependency[AssessmentService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
    targetLanguage: FromQuery[str | None] = None,  # noqa: N803  refusals name it so
    locale: FromQuery[Language | None] = None,
) -> Response[Any]:
    asked, tag = PageRequest.of(page, limit), tag_in(targetLanguage)
    published_only = not _is_admin(visitor)
    query = AssessmentQuery(published_only=published_only, target_language=tag, locale=locale)

    async def answer() -> Page[AssessmentSummary]:
        found = await assessments.page(query, asked)
        return Page([AssessmentSummary.of(each) for each in found.list], found.pagination)

    parts = ("list", published_only, tag, locale, asked, languages.current())
    return await known.unless(tag_of(await assessments.revision(), *parts), answer)


@get("/proficiency-tests/target-languages")
async def target_languages(
    visitor: NamedDependency[Principal | None],
    known: NamedDependency[Known],
    assessments: NamedDependency[AssessmentService],
) -> Response[Any]:
    published_only = not _is_admin(visitor)

    async def answer() -> TargetLanguages:
        found = await assessments.target_languages(published_only=published_only)
        return TargetLanguages(target_languages=found)

    parts = ("languages", published_only, languages.current())
    return await known.unless(tag_of(await assessments.revision(), *parts), answer)


@get("/proficiency-tests/{test_id:str}")
async def test(
    test_id: FromPath[str],
    visitor: NamedDependency[Principal | None],
    known: NamedDependency[Known],
    assessments: NamedDependency[AssessmentService],
) -> Response[Any]:
    """Right answers are for admins."""
    is_admin = _is_admin(visitor)
    found = await assessments.find(checked_id(test_id), published_only=not is_admin)
    return known.unless_same(AssessmentView.with_questions(found, with_answers=is_admin))


@post("/proficiency-tests/{test_id:str}/duplicate", guards=[admin], opt=ONCE)
async def duplicate(
    test_id: FromPath[str],
    principal: NamedDependency[Principal],
    assessments: NamedDependency[AssessmentService],
) -> Envelope[AssessmentView]:
    copied = await assessments.duplicate(principal, checked_id(test_id))
    return created(AssessmentView.with_questions(copied, with_answers=True))


@patch("/proficiency-tests/{test_id:str}", guards=[admin])
async def change(
    test_id: FromPath[str],
    data: JSONBody[ChangeAssessment],
    principal: NamedDependency[Principal],
    assessments: NamedDependency[AssessmentService],
) -> Envelope[AssessmentView]:
    changed = await assessments.change(principal, checked_id(test_id), data.changed, data.members)
    return ok(AssessmentView.with_questions(changed, with_answers=True))


@delete("/proficiency-tests/{test_id:str}", status_code=200, guards=[admin])
async def remove(
    test_id: FromPath[str],
    principal: NamedDependency[Principal],
    assessments: NamedDependency[AssessmentService],
) -> Envelope[Deleted]:
    removed = checked_id(test_id)
    await assessments.delete(principal, removed)
    return ok(Deleted.of(removed))


@post("/proficiency-tests/{test_id:str}/submit", guards=[signed_in], opt=ONCE)
async def submit(
    test_id: FromPath[str],
    data: JSONBody[Submit],
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
) -> Envelope[ResultView]:
    marked = await results.submit(principal, checked_id(test_id), data.choices)
    return created(ResultView.with_answers(marked))


@get("/proficiency-tests/{test_id:str}/status", guards=[signed_in])
async def status(
    test_id: FromPath[str],
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
) -> Envelope[Status]:
    return ok(Status.of(await results.standing(principal, checked_id(test_id))))


@get("/proficiency-tests/results", guards=[signed_in])
async def own_results(
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ResultSummary]]:
    found = await results.of(principal.user_id, PageRequest.of(page, limit))
    return ok(Page([ResultSummary.of(each) for each in found.list], found.pagination))


@get("/proficiency-tests/results/{result_id:str}", guards=[signed_in])
async def own_result(
    result_id: FromPath[str],
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
) -> Envelope[ResultView]:
    return ok(ResultView.with_answers(await results.own(principal, checked_id(result_id))))


@get("/proficiency-tests/admin/results", guards=[admin])
async def all_results(
    results: NamedDependency[ResultService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ResultSummary]]:
    found = await results.all(PageRequest.of(page, limit))
    return ok(Page([ResultSummary.of(each) for each in found.list], found.pagination))


@get("/proficiency-tests/admin/results/{result_id:str}", guards=[admin])
async def any_result(
    result_id: FromPath[str], results: NamedDependency[ResultService]
) -> Envelope[ResultView]:
    return ok(ResultView.with_answers(await results.find(checked_id(result_id))))


@delete("/proficiency-tests/admin/results/{result_id:str}", status_code=200, guards=[admin])
async def remove_result(
    result_id: FromPath[str],
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
) -> Envelope[Deleted]:
    removed = checked_id(result_id)
    await results.delete(principal, removed)
    return ok(Deleted.of(removed))


@get("/proficiency-tests/admin/users/{user_id:str}/results", guards=[admin])
async def results_of(
    user_id: FromPath[str],
    results: NamedDependency[ResultService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ResultSummary]]:
    found = await results.of(checked_id(user_id), PageRequest.of(page, limit))
    return ok(Page([ResultSummary.of(each) for each in found.list], found.pagination))


def _is_admin(visitor: Principal | None) -> bool:
    return visitor is not None and visitor.has("admin")


HANDLERS = (
    create,
    tests,
    target_languages,
    test,
    duplicate,
    change,
    remove,
    submit,
    status,
    own_results,
    own_result,
    all_results,
    any_result,
    remove_result,
    results_of,
)
