"""What answers are worth: in integers, whatever their order."""

from datetime import UTC, datetime
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.learning.assessments import refusals
from services.learning.assessments.bands import FULL, Band
from services.learning.assessments.domain import (
    MOST_POINTS,
    Assessment,
    Choice,
    Option,
    Question,
    QuestionType,
    Result,
    scored,
)
from services.learning.assessments.views import AssessmentView
from shared.errors import InvalidFields
from shared.figures import rounded
from shared.languages import Text

NOW = datetime(2026, 2, 14, tzinfo=UTC)


def question(number: int, type_: QuestionType, points: int, right: set[int]) -> Question:
    options = tuple(
        Option(id=f"{number}.{n}", text=f"{n}", is_correct=n in right) for n in range(4)
    )
    return Question(
        id=f"{number}", text="?", type=type_, points=points, media_url=None, options=options
    )


def assessment(*questions: Question) -> Assessment:
    bands = Band(level="A1", lowest=0, highest=4999), Band(level="C2", lowest=5000, highest=FULL)
    return Assessment(
        id="test",
        version=3,
        title="A test",
        description=None,
        target_language="en",
        locale=None,
        max_attempts=1,
        is_published=True,
        questions=questions,
        bands=bands,
        created_at=NOW,
        updated_at=NOW,
    )


def taken(test: Assessment, choices: list[Choice]) -> Result:
    return scored(test, choices, result_id="result", user_id="ada", attempt=1, now=NOW)


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    questions = []
    for number in range(draw(st.integers(1, 6))):
        type_ = draw(st.sampled_from(("single", "multiple")))
        most = 1 if type_ == "single" else 4
        right = draw(st.sets(st.integers(0, 3), min_size=1, max_size=most))
        questions.append(question(number, type_, draw(st.integers(1, 50)), right))
    return assessment(*questions)


@st.composite
def choices_for(draw: st.DrawFn, test: Assessment) -> list[Choice]:
    choices = []
    for each in test.questions:
        most = 1 if each.type == "single" else 4
        ids = [option.id for option in each.options]
        chosen = draw(st.lists(st.sampled_from(ids), unique=True, max_size=most))
        if draw(st.booleans()):
            choices.append(Choice(question_id=each.id, option_ids=tuple(chosen)))
    return choices


@given(st.data())
def test_the_order_of_answers_and_of_options_is_nothing(data: st.DataObject) -> None:
    test = data.draw(assessments())
    choices = data.draw(choices_for(test))
    turned = [
        Choice(question_id=each.question_id, option_ids=each.option_ids[::-1])
        for each in data.draw(st.permutations(choices))
    ]
    assert taken(test, turned) == taken(test, choices)


@given(st.data())
def test_a_question_is_right_with_exactly_its_right_options(data: st.DataObject) -> None:
    test = data.draw(assessments())
    choices = data.draw(choices_for(test))
    result = taken(test, choices)
    chosen = {each.question_id: set(each.option_ids) for each in choices}
    for each, marked in zip(test.questions, result.answers, strict=True):
        is_right = chosen.get(each.id, set()) == each.right
        assert (marked.is_correct, marked.points) == (is_right, each.points if is_right else 0)
    assert result.raw_score == sum(marked.points for marked in result.answers)
    assert result.max_score == test.max_score


@given(
    st.integers(1, MOST_POINTS).flatmap(lambda most: st.tuples(st.integers(0, most), st.just(most)))
)
def test_a_percentage_is_exact_to_the_hundredth_and_full_only_when_all_is_right(
    points: tuple[int, int],
) -> None:
    raw, most = points
    total = rounded(raw * FULL, most)
    assert isinstance(total, int)
    assert abs(Fraction(raw * FULL, most) - total) <= Fraction(1, 2)
    assert (total == FULL) == (raw == most)
    assert (total == 0) == (raw == 0)


@given(st.data())
def test_what_everybody_sees_of_a_test_does_not_depend_on_what_is_right(
    data: st.DataObject,
) -> None:
    one = data.draw(assessments())
    other = msgspec.structs.replace(
        one,
        questions=tuple(
            question(
                number,
                each.type,
                each.points,
                data.draw(st.sets(st.integers(0, 3), min_size=1, max_size=4)),
            )
            for number, each in enumerate(one.questions)
        ),
    )
    views = [AssessmentView.with_questions(each, with_answers=False) for each in (one, other)]
    assert msgspec.json.encode(views[0]) == msgspec.json.encode(views[1])
    assert b"orrect" not in msgspec.json.encode(views[0])


def test_two_of_three_points_are_66_67() -> None:
    test = assessment(question(0, "single", 1, {0}), question(1, "multiple", 2, {1, 2}))
    result = taken(test, [Choice(question_id="1", option_ids=("1.2", "1.1"))])
    assert (result.total_score, result.raw_score, result.max_score) == (6667, 2, 3)
    assert (result.level, result.test.version) == ("C2", 3)


@pytest.mark.parametrize(
    ("choices", "place", "reason"),
    [
        ([("9", ("0.0",))], 0, refusals.UNKNOWN_QUESTION),
        ([("0", ("1.0",))], 0, refusals.UNKNOWN_OPTION),
        ([("0", ("0.0",)), ("0", ("0.1",))], 1, refusals.ANSWERED_TWICE),
        ([("0", ("0.0", "0.1"))], 0, refusals.ONE_CHOICE),
        ([("1", ("1.0", "1.0"))], 0, refusals.SAME_CHOICE),
    ],
)
def test_answers_that_make_no_sense_are_refused(
    choices: list[tuple[str, tuple[str, ...]]], place: int, reason: Text
) -> None:
    test = assessment(question(0, "single", 1, {0}), question(1, "multiple", 2, {1, 2}))
    with pytest.raises(InvalidFields) as refused:
        taken(test, [Choice(question_id=q, option_ids=o) for q, o in choices])
    assert refused.value.fields == {f"answers[{place}]": reason}
