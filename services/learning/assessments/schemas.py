"""What the endpoints of placement tests take and answer (contract, section 4)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.learning.assessments import refusals
from services.learning.assessments.bands import Band, checked_bands
from services.learning.assessments.domain import (
    Answered,
    Assessment,
    Choice,
    Option,
    Question,
    QuestionType,
    Result,
    checked_questions,
)
from services.learning.assessments.results import Marked, Standing
from services.learning.language_tags import BAD_TAG, language_tag
from services.learning.levels import Level
from services.learning.links import BAD_LINK, LONGEST_LINK, is_link
from shared.clock import timestamp
from shared.errors import InvalidFields
from shared.ids import new_id
from shared.languages import Language, Text
from shared.text_fields import LINES, NAME

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=NAME)]
Description = Annotated[str, Meta(max_length=5000, pattern=LINES)]
_WORDS = rf"^(?=[\s\S]*\S){LINES[1:]}"  # lines, with something to see
Words = Annotated[str, Meta(min_length=1, max_length=2000, pattern=_WORDS)]
FewWords = Annotated[str, Meta(min_length=1, max_length=500, pattern=_WORDS)]
Id = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{24}(?![\s\S])")]
Score = Annotated[float, Meta(ge=0, le=100)]
Attempts = Annotated[int, Meta(ge=0, le=1000)]


class Body(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
): ...


class OptionBody(Body, frozen=True, kw_only=True):
    """`id`: of an option that the test has already, to keep it."""

    id: Id | None = None
    text: FewWords
    is_correct: bool = False


class QuestionBody(Body, frozen=True, kw_only=True):
    """`id`: of a question that the test has already, to keep it."""

    id: Id | None = None
    text: Words
    type: QuestionType
    points: Annotated[int, Meta(ge=1, le=1000)] = 1
    media_url: Annotated[str, Meta(max_length=LONGEST_LINK)] | None = None
    options: Annotated[tuple[OptionBody, ...], Meta(min_length=2, max_length=20)]


class BandBody(Body, frozen=True, kw_only=True):
    level: Level
    min_score: Score
    max_score: Score


Questions = Annotated[tuple[QuestionBody, ...], Meta(min_length=1, max_length=200)]
Bands = Annotated[tuple[BandBody, ...], Meta(max_length=20)]


class CreateAssessment(Body, frozen=True, kw_only=True):
    title: Title
    description: Description | None = None
    target_language: str
    locale: Language | None = None
    max_attempts: Attempts = 1
    is_published: bool = True
    questions: Questions
    level_ranges: Bands

    def assessment(self, now: datetime) -> Assessment:
        """Raises InvalidFields."""
        return Assessment(
            id=new_id(),
            version=1,
            title=self.title,
            description=self.description,
            target_language=_tag(self.target_language),
            locale=self.locale,
            max_attempts=self.max_attempts,
            is_published=self.is_published,
            questions=_questions(self.questions, ()),
            bands=_bands(self.level_ranges),
            created_at=now,
            updated_at=now,
        )


class ChangeAssessment(Body, frozen=True, kw_only=True):
    """What is left out stays; null clears what may be empty."""

    title: Title | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    target_language: str | UnsetType = UNSET
    locale: Language | UnsetType | None = UNSET
    max_attempts: Attempts | UnsetType = UNSET
    is_published: bool | UnsetType = UNSET
    questions: Questions | UnsetType = UNSET
    level_ranges: Bands | UnsetType = UNSET

    @property
    def members(self) -> list[str]:
        """What it changes, by the names of the API."""
        names = zip(self.__struct_fields__, self.__struct_encode_fields__, strict=True)
        return [shown for name, shown in names if getattr(self, name) is not UNSET]

    def changed(self, known: Assessment) -> Assessment:
        """Raises InvalidFields."""
        values: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("title", "description", "locale", "max_attempts", "is_published")
            if getattr(self, name) is not UNSET
        }
        if self.target_language is not UNSET:
            values["target_language"] = _tag(self.target_language)
        if self.questions is not UNSET:
            values["questions"] = _questions(self.questions, known.questions)
        if self.level_ranges is not UNSET:
            values["bands"] = _bands(self.level_ranges)
        return msgspec.structs.replace(known, **values)


class AnswerBody(Body, frozen=True, kw_only=True):
    """`option_ids`: empty is not answered."""

    question_id: Id
    option_id: Id | None = None
    option_ids: Annotated[tuple[Id, ...], Meta(max_length=100)] | None = None


class Submit(Body, frozen=True, kw_only=True):
    answers: Annotated[tuple[AnswerBody, ...], Meta(max_length=1000)]

    @property
    def choices(self) -> list[Choice]:
        """Raises InvalidFields."""
        choices = []
        for index, answer in enumerate(self.answers):
            if (answer.option_id is None) == (answer.option_ids is None):
                raise InvalidFields({f"answers[{index}]": refusals.ONE_MEMBER})
            ids = (answer.option_id,) if answer.option_id else answer.option_ids or ()
            choices.append(
                Choice(
                    question_id=answer.question_id.lower(),
                    option_ids=tuple(each.lower() for each in ids),
                )
            )
        return choices


def tag_in(query: str | None) -> str | None:
    """Raises InvalidFields."""
    return None if query is None else _tag(query)


def _tag(text: str) -> str:
    tag = language_tag(text)
    if tag is None:
        raise InvalidFields({"targetLanguage": BAD_TAG})
    return tag


def _bands(bodies: Sequence[BandBody]) -> tuple[Band, ...]:
    wrong: dict[str, Text] = {}

    def hundredths(index: int, member: str, value: float) -> int:
        exact = Decimal(repr(value)) * 100
        if exact != int(exact):
            wrong[f"levelRanges[{index}].{member}"] = refusals.NOT_HUNDREDTHS
        return int(exact)

    bands = [
        Band(
            level=body.level,
            lowest=hundredths(index, "minScore", body.min_score),
            highest=hundredths(index, "maxScore", body.max_score),
        )
        for index, body in enumerate(bodies)
    ]
    if wrong:
        raise InvalidFields(wrong)
    return checked_bands(bands)


def _questions(bodies: Sequence[QuestionBody], known: Sequence[Question]) -> tuple[Question, ...]:
    """Those with an id are `known` ones, and keep it."""
    before = {question.id: question for question in known}
    kept = _Kept(before, "questions[{}]")
    questions = []
    for index, body in enumerate(bodies):
        question_id = kept.id_of(body.id, index)
        options = before[question_id].options if question_id in before else ()
        ours = _Kept({option.id for option in options}, f"questions[{index}].options[{{}}]")
        if body.media_url is not None and not is_link(body.media_url):
            raise InvalidFields({f"questions[{index}].mediaUrl": BAD_LINK})
        questions.append(
            Question(
                id=question_id,
                text=body.text,
                type=body.type,
                points=body.points,
                media_url=body.media_url,
                options=tuple(
                    Option(
                        id=ours.id_of(each.id, place), text=each.text, is_correct=each.is_correct
                    )
                    for place, each in enumerate(body.options)
                ),
            )
        )
    return checked_questions(questions)


class _Kept:
    """Gives out ids: new ones, and each known one once."""

    def __init__(self, known: Any, place: str) -> None:
        self._known = set(known)
        self._given: set[str] = set()
        self._place = place

    def id_of(self, wanted: str | None, index: int) -> str:
        if wanted is None:
            return new_id()
        wanted = wanted.lower()
        if wanted not in self._known:
            raise InvalidFields({self._place.format(index): refusals.UNKNOWN_PART})
        if wanted in self._given:
            raise InvalidFields({self._place.format(index): refusals.SAME_ID})
        self._given.add(wanted)
        return wanted


class Answer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    pass


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


class Removed(Answer, frozen=True, kw_only=True):
    message: str
    id: str


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


class Status(Answer, frozen=True, kw_only=True):
    """`attempts_left`: null is any number. `result`: the last one."""

    has_completed: bool
    attempts_used: int
    attempts_left: int | None
    result: LastResult | None

    @classmethod
    def of(cls, standing: Standing) -> "Status":
        return cls(
            has_completed=standing.used > 0,
            attempts_used=standing.used,
            attempts_left=standing.left,
            result=LastResult.of(standing.last) if standing.last else None,
        )
