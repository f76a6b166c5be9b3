"""What the endpoints of placement tests take (contract, section 4); `views` is what they answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.learning.assessments import refusals
from services.learning.assessments.bands import Band, checked_bands
from services.learning.assessments.domain import (
    Assessment,
    Choice,
    Option,
    Question,
    QuestionType,
    checked_questions,
)
from services.learning.language_tags import BAD_TAG, language_tag
from services.learning.levels import Level
from services.learning.links import BAD_LINK, LONGEST_LINK, is_link
from shared.errors import InvalidFields
from shared.http.schemas import Body, Id
from shared.ids import new_id
from shared.languages import Language, Text
from shared.text_fields import LINES, NAME

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=NAME)]
Description = Annotated[str, Meta(max_length=5000, pattern=LINES)]
_WORDS = rf"^(?=[\s\S]*\S){LINES[1:]}"  # lines, with something to see
Words = Annotated[str, Meta(min_length=1, max_length=2000, pattern=_WORDS)]
FewWords = Annotated[str, Meta(min_length=1, max_length=500, pattern=_WORDS)]
Score = Annotated[float, Meta(ge=0, le=100)]
Attempts = Annotated[int, Meta(ge=0, le=1000)]


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
        questions.append(_question(body, question_id, options, f"questions[{index}]"))
    return checked_questions(questions)


def _question(
    body: QuestionBody, question_id: str, known: Sequence[Option], place: str
) -> Question:
    if body.media_url is not None and not is_link(body.media_url):
        raise InvalidFields({f"{place}.mediaUrl": BAD_LINK})
    kept = _Kept((option.id for option in known), f"{place}.options[{{}}]")
    return Question(
        id=question_id,
        text=body.text,
        type=body.type,
        points=body.points,
        media_url=body.media_url,
        options=tuple(
            Option(id=kept.id_of(each.id, index), text=each.text, is_correct=each.is_correct)
            for index, each in enumerate(body.options)
        ),
    )


class _Kept:
    """Gives out ids: new ones, and each known one once."""

    def __init__(self, known: Iterable[str], place: str) -> None:
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
