"""Placement tests, made up, as bodies of requests."""

from typing import Any

from tests.learning.conftest import Learning

RANGES = [
    {"level": "A1", "minScore": 0, "maxScore": 40},
    {"level": "A2", "minScore": 41, "maxScore": 74.99},
    {"level": "B1", "minScore": 75, "maxScore": 100},
]


def single(text: str = "She ___ here.", points: int = 1, right: int = 0) -> dict[str, Any]:
    options = [{"text": f"option {n}", "isCorrect": n == right} for n in range(3)]
    return {"text": text, "type": "single", "points": points, "options": options}


def multiple(text: str = "Which are verbs?", points: int = 1, right: Any = (0, 2)) -> Any:
    options = [{"text": f"option {n}", "isCorrect": n in right} for n in range(4)]
    return {"text": text, "type": "multiple", "points": points, "options": options}


def body(**members: Any) -> dict[str, Any]:
    return {
        "title": "English placement",
        "targetLanguage": "en",
        "questions": [single(points=1), multiple(points=2)],
        "levelRanges": RANGES,
        **members,
    }


async def made(learning: Learning, **members: Any) -> dict[str, Any]:
    """As an admin sees it."""
    answer = await learning.http.post(
        "/proficiency-tests", json=body(**members), headers=learning.bearer()
    )
    assert answer.status_code == 201, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def right_answers(test: dict[str, Any]) -> list[dict[str, Any]]:
    """`test` as an admin sees it."""
    answers = []
    for question in test["questions"]:
        right = [option["id"] for option in question["options"] if option["isCorrect"]]
        chosen = {"optionId": right[0]} if question["type"] == "single" else {"optionIds": right}
        answers.append({"questionId": question["id"], **chosen})
    return answers
