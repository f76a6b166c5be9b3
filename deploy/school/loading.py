"""Loading the sample school: each step looks first, and makes only what is not there."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from deploy.api import Api, Failed, waited
from deploy.school.courses import COURSES
from deploy.school.materials import MATERIALS, Material
from deploy.school.placement import ENGLISH, TESTS, PlacementTest

LEARNER = {"email": "deniz@aula.test", "name": "Deniz", "surname": "Kaya", "language": "tr"}
_RIGHT_ANSWERS = 7  # of the learner's, of twelve

Step = tuple[str, Callable[[], bool]]


class School:
    """Steps with their names; each returns whether it made anything."""

    def __init__(self, visitor: Api, admin: Api) -> None:
        self._visitor = visitor
        self._admin = admin
        self._learner: dict[str, Any] | None = None
        self._session: Api | None = None  # the learner's, where it was needed already

    def steps(self) -> Iterator[Step]:
        for test in TESTS:
            yield f"placement test  {test.title}", partial(self._test, test)
        for course in COURSES:
            yield f"course          {course['title']}", partial(self._course, course)
        for material in MATERIALS:
            yield f"material        {material.title}", partial(self._material, material)
        yield f"learner         {LEARNER['email']}", self._person
        yield "result          of the learner", self._result
        yield "assignment      to the learner", self._assignment

    def _test(self, test: PlacementTest) -> bool:
        if self._find("/proficiency-tests", test.title):
            return False
        self._admin.post("/proficiency-tests", test.body())
        return True

    def _course(self, course: dict[str, Any]) -> bool:
        if self._find("/courses", course["title"]):
            return False
        self._admin.post("/courses", course)
        return True

    def _material(self, material: Material) -> bool:
        if self._find("/education-materials", material.title):
            return False
        self._admin.upload(
            "/education-materials", material.fields, material.filename, material.content
        )
        return True

    def _person(self) -> bool:
        email = LEARNER["email"]
        found = self._admin.all("/admin/users", search=email)
        self._learner = next((each for each in found if each["email"] == email), None)
        if self._learner and self._learner["name"]:
            return False
        self._session, user = self._visitor.signed_in(email)
        self._session.patch("/me", {key: value for key, value in LEARNER.items() if key != "email"})
        self._learner = user
        return True

    def _result(self) -> bool:
        user_id = self._learner_id()
        if self._admin.all(f"/proficiency-tests/admin/users/{user_id}/results"):
            return False
        test = self._admin.get(f"/proficiency-tests/{self._there('/proficiency-tests', ENGLISH)}")
        session = self._session or self._visitor.signed_in(LEARNER["email"])[0]
        answers = [
            {"questionId": question["id"], "optionIds": _chosen(question, number < _RIGHT_ANSWERS)}
            for number, question in enumerate(test["questions"])
        ]
        session.post(f"/proficiency-tests/{test['id']}/submit", {"answers": answers})
        return True

    def _assignment(self) -> bool:
        """Learning may not have heard of somebody who has just come."""
        path = f"/education-materials/{self._there('/education-materials', MATERIALS[0])}/assign"

        def assigned() -> dict[str, Any] | None:
            summary: dict[str, Any] = self._admin.post(path, {"userIds": [self._learner_id()]})
            return None if summary["notFoundUserIds"] else summary

        summary = waited(assigned, f"learning has not heard of {LEARNER['email']}")
        return bool(summary["assignedCount"])

    def _find(self, path: str, title: str) -> dict[str, Any] | None:
        return next((each for each in self._admin.all(path) if each["title"] == title), None)

    def _there(self, path: str, wanted: PlacementTest | Material) -> str:
        found = self._find(path, wanted.title)
        if found is None:
            raise Failed(f"{wanted.title} has gone meanwhile")
        return str(found["id"])

    def _learner_id(self) -> str:
        if self._learner is None:
            raise Failed("the learner has to come first")
        return str(self._learner["id"])


def _chosen(question: dict[str, Any], right: bool) -> list[str]:
    """The right options, or the first wrong one: an admin sees which is which."""
    options = [each["id"] for each in question["options"] if each["isCorrect"] == right]
    return options if right else options[:1]
