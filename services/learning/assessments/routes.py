"""Endpoints of placement tests and their results (contract, section 4)."""

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.learning.assessments.refusals import NoAttemptsLeft, NoSuchAssessment, NoSuchResult
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
    TargetLanguages,
    TestStatus,
)
from shared.http.conditional import Known
from shared.http.envelope import Envelope, created, ok
from shared.http.guards import admin, signed_in
from shared.http.pagination import Page, PageRequest
from shared.http.reference import refuses
from shared.http.schemas import Deleted
from shared.ids import checked_id
from shared.languages import Language
from shared.tokens import Principal

ONCE = {"idempotent": True}


@post("/proficiency-tests", guards=[admin], opt=ONCE)
async def create_test(
    data: JSONBody[CreateAssessment],
    principal: NamedDependency[Principal],
    assessments: NamedDependency[AssessmentService],
) -> Envelope[AssessmentView]:
    """Add a placement test.

    With its questions and the ranges of scores for each level. The ranges begin at 0, end at
    100, leave no gap and do not overlap; what is wrong with them is said for each.
    """
    made = await assessments.create(principal, data.assessment)
    return created(AssessmentView.with_questions(made, with_answers=True))


@get("/proficiency-tests")
async def list_tests(
    visitor: NamedDependency[Principal | None],
    known: NamedDependency[Known],
    assessments: NamedDependency[AssessmentService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
    targetLanguage: FromQuery[str | None] = None,  # noqa: N803  refusals name it so
    locale: FromQuery[Language | None] = None,
) -> Response[Envelope[Page[AssessmentSummary]]]:
    """List placement tests.

    The published ones; for admins, all. Without their questions.
    """
    asked, tag = PageRequest.of(page, limit), tag_in(targetLanguage)
    published_only = not _is_admin(visitor)
    query = AssessmentQuery(published_only=published_only, target_language=tag, locale=locale)

    async def answer() -> Page[AssessmentSummary]:
        found = await assessments.page(query, asked)
        return Page([AssessmentSummary.of(each) for each in found.list], found.pagination)

    state = (await assessments.revision(), query.document, asked)
    return await known.unless(Page[AssessmentSummary], state, answer)


@get("/proficiency-tests/target-languages")
async def list_target_languages(
    visitor: NamedDependency[Principal | None],
    known: NamedDependency[Known],
    assessments: NamedDependency[AssessmentService],
) -> Response[Envelope[TargetLanguages]]:
    """List the languages that there are placement tests for."""
    published_only = not _is_admin(visitor)

    async def answer() -> TargetLanguages:
        found = await assessments.target_languages(published_only=published_only)
        return TargetLanguages(target_languages=found)

    state = (await assessments.revision(), published_only)
    return await known.unless(TargetLanguages, state, answer)


@get("/proficiency-tests/{test_id:str}", opt=refuses(NoSuchAssessment))
async def find_test(
    test_id: FromPath[str],
    visitor: NamedDependency[Principal | None],
    known: NamedDependency[Known],
    assessments: NamedDependency[AssessmentService],
) -> Response[Envelope[AssessmentView]]:
    """Get a placement test with its questions.

    Which options are right is shown to admins only.
    """
    is_admin = _is_admin(visitor)
    found = await assessments.find(checked_id(test_id), published_only=not is_admin)
    return known.unless_same(AssessmentView.with_questions(found, with_answers=is_admin))


@post(
    "/proficiency-tests/{test_id:str}/duplicate",
    guards=[admin],
    opt=ONCE | refuses(NoSuchAssessment),
)
async def duplicate_test(
    test_id: FromPath[str],
    principal: NamedDependency[Principal],
    assessments: NamedDependency[AssessmentService],
) -> Envelope[AssessmentView]:
    """Copy a placement test.

    The copy is not published.
    """
    copied = await assessments.duplicate(principal, checked_id(test_id))
    return created(AssessmentView.with_questions(copied, with_answers=True))


@patch("/proficiency-tests/{test_id:str}", guards=[admin], opt=refuses(NoSuchAssessment))
async def change_test(
    test_id: FromPath[str],
    data: JSONBody[ChangeAssessment],
    principal: NamedDependency[Principal],
    assessments: NamedDependency[AssessmentService],
) -> Envelope[AssessmentView]:
    """Change a placement test.

    Only what is sent is changed; questions and options that are sent with their `id` stay the
    same ones. Results that are there already do not change.
    """
    changed = await assessments.change(principal, checked_id(test_id), data.changed, data.members)
    return ok(AssessmentView.with_questions(changed, with_answers=True))


@delete(
    "/proficiency-tests/{test_id:str}",
    status_code=200,
    guards=[admin],
    opt=refuses(NoSuchAssessment),
)
async def delete_test(
    test_id: FromPath[str],
    principal: NamedDependency[Principal],
    assessments: NamedDependency[AssessmentService],
) -> Envelope[Deleted]:
    """Delete a placement test.

    Results of it stay.
    """
    removed = checked_id(test_id)
    await assessments.delete(principal, removed)
    return ok(Deleted.of(removed))


@post(
    "/proficiency-tests/{test_id:str}/submit",
    guards=[signed_in],
    opt=ONCE | refuses(NoSuchAssessment, NoAttemptsLeft),
)
async def submit_test(
    test_id: FromPath[str],
    data: JSONBody[Submit],
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
) -> Envelope[ResultView]:
    """Submit your answers to a placement test.

    The score is the percentage of the points that could be reached, and decides the level. What
    is not answered counts as wrong. Every submission uses up an attempt.
    """
    marked = await results.submit(principal, checked_id(test_id), data.choices)
    return created(ResultView.with_answers(marked))


@get("/proficiency-tests/{test_id:str}/status", guards=[signed_in], opt=refuses(NoSuchAssessment))
async def find_test_status(
    test_id: FromPath[str],
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
) -> Envelope[TestStatus]:
    """Ask how you stand with a placement test.

    How many attempts are used and left (null: any number), and the last result.
    """
    return ok(TestStatus.of(await results.standing(principal, checked_id(test_id))))


@get("/proficiency-tests/results", guards=[signed_in])
async def list_own_results(
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ResultSummary]]:
    """List your results.

    The newest first, without the single answers.
    """
    found = await results.of(principal.user_id, PageRequest.of(page, limit))
    return ok(Page([ResultSummary.of(each) for each in found.list], found.pagination))


@get("/proficiency-tests/results/{result_id:str}", guards=[signed_in], opt=refuses(NoSuchResult))
async def find_own_result(
    result_id: FromPath[str],
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
) -> Envelope[ResultView]:
    """Get one of your results, answer by answer."""
    return ok(ResultView.with_answers(await results.own(principal, checked_id(result_id))))


@get("/proficiency-tests/admin/results", guards=[admin])
async def list_results(
    results: NamedDependency[ResultService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ResultSummary]]:
    """List everybody's results.

    The newest first, without the single answers.
    """
    found = await results.all(PageRequest.of(page, limit))
    return ok(Page([ResultSummary.of(each) for each in found.list], found.pagination))


@get("/proficiency-tests/admin/results/{result_id:str}", guards=[admin], opt=refuses(NoSuchResult))
async def find_result(
    result_id: FromPath[str], results: NamedDependency[ResultService]
) -> Envelope[ResultView]:
    """Get anybody's result, answer by answer."""
    return ok(ResultView.with_answers(await results.find(checked_id(result_id))))


@delete(
    "/proficiency-tests/admin/results/{result_id:str}",
    status_code=200,
    guards=[admin],
    opt=refuses(NoSuchResult),
)
async def delete_result(
    result_id: FromPath[str],
    principal: NamedDependency[Principal],
    results: NamedDependency[ResultService],
) -> Envelope[Deleted]:
    """Delete a result.

    The attempt may be made again.
    """
    removed = checked_id(result_id)
    await results.delete(principal, removed)
    return ok(Deleted.of(removed))


@get("/proficiency-tests/admin/users/{user_id:str}/results", guards=[admin])
async def list_results_of_user(
    user_id: FromPath[str],
    results: NamedDependency[ResultService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[ResultSummary]]:
    """List somebody's results.

    The newest first, without the single answers.
    """
    found = await results.of(checked_id(user_id), PageRequest.of(page, limit))
    return ok(Page([ResultSummary.of(each) for each in found.list], found.pagination))


def _is_admin(visitor: Principal | None) -> bool:
    return visitor is not None and visitor.has("admin")


HANDLERS = (
    create_test,
    list_tests,
    list_target_languages,
    find_test,
    duplicate_test,
    change_test,
    delete_test,
    submit_test,
    find_test_status,
    list_own_results,
    find_own_result,
    list_results,
    find_result,
    delete_result,
    list_results_of_user,
)
