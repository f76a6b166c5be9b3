"""What the endpoints of placement tests answer (contract, section 4)."""

from typing import Any

from msgspec import UNSET, UnsetType

from services.learning.assessments.bands import Band
from services.learning.assessments.domain import (
    Answered,
    Assessment,
    Question,
    QuestionType,
    Result,
)
from services.learning.assessments.results import Marked, Standing
from shared.clock import timestamp
from shared.http.schemas import Answer
from shared.languages import Language


class OptionView(Answer, frozen=True, kw_only=True):
    """`is_correct`: for admins only; nobody else gets the member at all."""

    id: str
    text: str
    is_correct: bool | UnsetType = UNSET


class QuestionView(Answer, frozen=True, kw_only=True):
    id: str
    text: str
    type: QuestionType
    points: int
    media_url: str | None
    options: tuple[OptionView, ...]

    @classmethod
    def of(cls, question: Question, *, with_answers: bool) -> "QuestionView":
        return cls(
            id=question.id,
            text=question.text,
            type=question.type,
            points=question.points,
            media_url=question.media_url,
            options=tuple(
                OptionView(
                    id=option.id,
                    text=option.text,
                    is_correct=option.is_correct if with_answers else UNSET,
                )
                for option in question.options
            ),
        )


class BandView(Answer, frozen=True, kw_only=True):
    level: str
    min_score: float
    max_score: float

    @classmethod
    def of(cls, band: Band) -> "BandView":
        return cls(level=band.level, min_score=band.lowest / 100, max_score=band.highest / 100)


class AssessmentSummary(Answer, frozen=True, kw_only=True):
    id: str
    title: str
    description: str | None
    target_language: str
    locale: Language | None
    version: int
    max_attempts: int
    is_published: bool
    question_count: int
    max_score: int
    level_ranges: tuple[BandView, ...]
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, assessment: Assessment) -> "AssessmentSummary":
        return cls(**_summary(assessment))


class AssessmentView(AssessmentSummary, frozen=True, kw_only=True):
    questions: tuple[QuestionView, ...]

    @classmethod
    def with_questions(cls, assessment: Assessment, *, with_answers: bool) -> "AssessmentView":
        questions = (
            QuestionView.of(each, with_answers=with_answers) for each in assessment.questions
        )
        return cls(**_summary(assessment), questions=tuple(questions))


def _summary(assessment: Assessment) -> dict[str, Any]:
    return {
        "id": assessment.id,
        "title": assessment.title,
        "description": assessment.description,
        "target_language": assessment.target_language,
        "locale": assessment.locale,
        "version": assessment.version,
        "max_attempts": assessment.max_attempts,
        "is_published": assessment.is_published,
        "question_count": len(assessment.questions),
        "max_score": assessment.max_score,
        "level_ranges": tuple(map(BandView.of, assessment.bands)),
        "created_at": timestamp(assessment.created_at),
        "updated_at": timestamp(assessment.updated_at),
    }


class TargetLanguages(Answer, frozen=True, kw_only=True):
    target_languages: list[str]


class Taker(Answer, frozen=True, kw_only=True):
    id: str
    name: str | None
    email: str | None


class Taken(Answer, frozen=True, kw_only=True):
    id: str
    title: str
    target_language: str
    version: int


class AnsweredView(Answer, frozen=True, kw_only=True):
    question_id: str
    question_text: str
    selected_option_ids: tuple[str, ...]
    is_correct: bool
    points: int

    @classmethod
    def of(cls, answered: Answered) -> "AnsweredView":
        return cls(
            question_id=answered.question_id,
            question_text=answered.question_text,
            selected_option_ids=answered.selected,
            is_correct=answered.is_correct,
            points=answered.points,
        )


class ResultSummary(Answer, frozen=True, kw_only=True):
    id: str
    user: Taker
    test: Taken
    total_score: float
    raw_score: int
    max_score: int
    level: str
    attempt: int
    completed_at: str

    @classmethod
    def of(cls, marked: Marked) -> "ResultSummary":
        return cls(**_result(marked))


class ResultView(ResultSummary, frozen=True, kw_only=True):
    answers: tuple[AnsweredView, ...]

    @classmethod
    def with_answers(cls, marked: Marked) -> "ResultView":
        return cls(**_result(marked), answers=tuple(map(AnsweredView.of, marked.result.answers)))


def _result(marked: Marked) -> dict[str, Any]:
    result, person = marked.result, marked.person
    return {
        "id": result.id,
        "user": Taker(
            id=result.user_id,
            name=person.full_name if person else None,
            email=person.email if person else None,
        ),
        "test": Taken(
            id=result.test.id,
            title=result.test.title,
            target_language=result.test.target_language,
            version=result.test.version,
        ),
        "total_score": result.total_score / 100,
        "raw_score": result.raw_score,
        "max_score": result.max_score,
        "level": result.level,
        "attempt": result.attempt,
        "completed_at": timestamp(result.completed_at),
    }


class LastResult(Answer, frozen=True, kw_only=True):
    result_id: str
    total_score: float
    level: str
    completed_at: str

    @classmethod
    def of(cls, result: Result) -> "LastResult":
        return cls(
            result_id=result.id,
            total_score=result.total_score / 100,
            level=result.level,
            completed_at=timestamp(result.completed_at),
        )


class TestStatus(Answer, frozen=True, kw_only=True):
    """`attempts_left`: null is any number. `result`: the last one."""

    has_completed: bool
    attempts_used: int
    attempts_left: int | None
    result: LastResult | None

    @classmethod
    def of(cls, standing: Standing) -> "TestStatus":
        return cls(
            has_completed=standing.used > 0,
            attempts_used=standing.used,
            attempts_left=standing.left,
            result=LastResult.of(standing.last) if standing.last else None,
        )
