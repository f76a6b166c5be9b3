"""A placement test: its questions, what is right, and what somebody's answers are worth."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Literal

import msgspec

from services.learning.assessments import refusals
from services.learning.assessments.bands import FULL, Band, level_of
from shared.errors import InvalidFields
from shared.figures import rounded
from shared.languages import Language, Text

QuestionType = Literal["single", "multiple"]

# One point less than all of them is then never rounded up to 100.00.
MOST_POINTS = FULL


class Option(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    text: str
    is_correct: bool


class Question(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    text: str
    type: QuestionType
    points: int
    media_url: str | None
    options: tuple[Option, ...]

    @property
    def right(self) -> frozenset[str]:
        return frozenset(option.id for option in self.options if option.is_correct)


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """`version` counts what was made of it. `max_attempts`: 0 is any number."""

    id: str
    version: int
    title: str
    description: str | None
    target_language: str
    locale: Language | None
    max_attempts: int
    is_published: bool
    questions: tuple[Question, ...]
    bands: tuple[Band, ...]
    created_at: datetime
    updated_at: datetime

    @property
    def max_score(self) -> int:
        return sum(question.points for question in self.questions)

    def attempts_left(self, used: int) -> int | None:
        """None: any number."""
        return max(0, self.max_attempts - used) if self.max_attempts else None


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The test as it was when somebody took it."""

    id: str
    title: str
    target_language: str
    version: int
    bands: tuple[Band, ...]


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody chose, and the `points` it was worth."""

    question_id: str
    question_text: str
    selected: tuple[str, ...]
    is_correct: bool
    points: int


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """`total_score`: in hundredths, 0 to 10000."""

    id: str
    user_id: str
    test: Snapshot
    total_score: int
    raw_score: int
    max_score: int
    level: str
    attempt: int
    completed_at: datetime
    answers: tuple[Answered, ...] = ()


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One question's answer, as it comes in."""

    question_id: str
    option_ids: tuple[str, ...]


def checked_questions(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Raises InvalidFields."""
    wrong = {
        f"questions[{index}]": text
        for index, question in enumerate(questions)
        if (text := _wrong_with(question))
    }
    if sum(question.points for question in questions) > MOST_POINTS:
        wrong["questions"] = refusals.TOO_MANY_POINTS
    if wrong:
        raise InvalidFields(wrong)
    return tuple(questions)


def copy_of(
    assessment: Assessment, new_id: Callable[[], str], title: str, now: datetime
) -> Assessment:
    """Unpublished, and with ids of its own throughout."""
    questions = tuple(
        msgspec.structs.replace(
            question,
            id=new_id(),
            options=tuple(msgspec.structs.replace(each, id=new_id()) for each in question.options),
        )
        for question in assessment.questions
    )
    return msgspec.structs.replace(
        assessment,
        id=new_id(),
        version=1,
        title=title,
        is_published=False,
        questions=questions,
        created_at=now,
        updated_at=now,
    )


def scored(
    assessment: Assessment,
    choices: Sequence[Choice],
    *,
    result_id: str,
    user_id: str,
    attempt: int,
    now: datetime,
) -> Result:
    """What is not answered is wrong; the order of `choices` is nothing. Raises InvalidFields."""
    chosen = _checked_choices(assessment, choices)
    answers = tuple(
        _marked(question, chosen.get(question.id, frozenset())) for question in assessment.questions
    )
    raw, most = sum(each.points for each in answers), assessment.max_score
    total = rounded(raw * FULL, most)
    return Result(
        id=result_id,
        user_id=user_id,
        test=Snapshot(
            id=assessment.id,
            title=assessment.title,
            target_language=assessment.target_language,
            version=assessment.version,
            bands=assessment.bands,
        ),
        total_score=total,
        raw_score=raw,
        max_score=most,
        level=level_of(total, assessment.bands),
        attempt=attempt,
        completed_at=now,
        answers=answers,
    )


def _wrong_with(question: Question) -> Text | None:
    texts = [option.text.strip().casefold() for option in question.options]
    if len(set(texts)) < len(texts):
        return refusals.SAME_OPTION
    if question.type == "single" and len(question.right) != 1:
        return refusals.ONE_RIGHT
    return refusals.SOME_RIGHT if not question.right else None


def _marked(question: Question, chosen: AbstractSet[str]) -> Answered:
    is_correct = chosen == question.right
    return Answered(
        question_id=question.id,
        question_text=question.text,
        # In the question's order, so that the same choice is the same result.
        selected=tuple(option.id for option in question.options if option.id in chosen),
        is_correct=is_correct,
        points=question.points if is_correct else 0,
    )


def _checked_choices(
    assessment: Assessment, choices: Sequence[Choice]
) -> Mapping[str, frozenset[str]]:
    questions = {question.id: question for question in assessment.questions}
    chosen: dict[str, frozenset[str]] = {}
    for index, choice in enumerate(choices):
        text = _wrong_choice(questions.get(choice.question_id), choice, chosen)
        if text:
            raise InvalidFields({f"answers[{index}]": text})
        chosen[choice.question_id] = frozenset(choice.option_ids)
    return chosen


def _wrong_choice(
    question: Question | None, choice: Choice, chosen: Mapping[str, object]
) -> Text | None:
    if question is None:
        return refusals.UNKNOWN_QUESTION
    if choice.question_id in chosen:
        return refusals.ANSWERED_TWICE
    if not {option.id for option in question.options}.issuperset(choice.option_ids):
        return refusals.UNKNOWN_OPTION
    if len(set(choice.option_ids)) < len(choice.option_ids):
        return refusals.SAME_CHOICE
    if question.type == "single" and len(choice.option_ids) > 1:
        return refusals.ONE_CHOICE
    return None
