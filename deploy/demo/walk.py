"""What a school and one of its learners do, step by step, through the API alone."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from deploy import pdf
from deploy.api import Api, Failed, waited

Step = tuple[str, Callable[[], str]]

_QUESTIONS = (
    ("She ___ in Berlin since 2019.", "has lived", "lives"),
    ("If I ___ you, I would wait.", "were", "am"),
    ("The letter ___ yesterday.", "was sent", "has sent"),
    ("He suggested ___ early.", "leaving", "to leave"),
)
_BANDS = (("A2", 0, 49), ("B1", 50, 74), ("B2", 75, 100))
_RIGHT = 3  # of the learner's answers: 75 of 100, B2
_SERVICES = 4


class Walk:
    """Steps with their names; each returns what there is to be seen. They build on each other."""

    def __init__(self, visitor: Api, admin: Api) -> None:
        self._visitor = visitor
        self._admin = admin
        self._tag = secrets.token_hex(4)
        self._email = f"demo-{self._tag}@aula.test"
        self.made: list[str] = []  # paths to be deleted in the end

    def steps(self) -> Iterator[Step]:
        yield "a school offers a placement test", self.offers_a_test
        yield "and a course", self.offers_a_course
        yield "a learner signs in by code", self.signs_in
        yield "completes the registration", self.registers
        yield "brings a phone", self.brings_a_phone
        yield "starts a live activity on it", self.starts_an_activity
        yield "takes the test", self.takes_the_test
        yield "has a result to show", self.shows_the_result
        yield "and was told of it", self.is_told
        yield "gets a material, opens it", self.gets_a_material
        yield "a visitor writes to the school", self.visitor_writes
        yield "the school answers", self.school_answers
        yield "the school looks at its numbers", self.looks_at_numbers
        yield "the learner asks for their data", self.exports
        yield "wants to leave, and stays", self.stays
        yield "leaves for good", self.leaves
        yield "every service has erased them", self.is_gone

    def offers_a_test(self) -> str:
        made = self._admin.post(
            "/proficiency-tests",
            {
                "title": f"English, {self._tag}",
                "targetLanguage": "en",
                "isPublished": True,
                "questions": [
                    {
                        "text": text,
                        "type": "single",
                        "options": [
                            {"text": right, "isCorrect": True},
                            {"text": wrong, "isCorrect": False},
                        ],
                    }
                    for text, right, wrong in _QUESTIONS
                ],
                "levelRanges": [
                    {"level": level, "minScore": low, "maxScore": high}
                    for level, low, high in _BANDS
                ],
            },
        )
        self.made.append(f"/proficiency-tests/{made['id']}")
        self._test: dict[str, Any] = made
        return f"“{made['title']}”, {len(_QUESTIONS)} questions, {len(_BANDS)} levels"

    def offers_a_course(self) -> str:
        made = self._admin.post(
            "/courses",
            {
                "title": f"English for travellers, {self._tag}",
                "description": "Eight weeks of talking.",
                "targetLanguage": "en",
                "level": "B2",
                "locale": "de",
                "price": {"amount": "149.00", "currency": "EUR"},
                "isPublished": True,
            },
        )
        self.made.append(f"/courses/{made['id']}")
        shown = self._visitor.get("/courses", search=made["title"])["list"]
        if [each["id"] for each in shown] != [made["id"]]:
            raise Failed("visitors do not find the course")
        return f"{made['price']['amount']} {made['price']['currency']}, visitors find it"

    def signs_in(self) -> str:
        self._learner, user = self._visitor.signed_in(self._email)
        self._learner_id = user["id"]
        self.made.append(f"/admin/users/{self._learner_id}")
        return f"{self._email}"

    def registers(self) -> str:
        self._learner.post(
            "/auth/registration/complete",
            {
                "name": "Deniz",
                "surname": "Kaya",
                "language": "tr",
                "privacyPolicyAccepted": True,
                "privacyPolicyVersion": "1.0.0",
                "termsOfUseAccepted": True,
                "termsOfUseVersion": "1.0.0",
            },
        )
        user = self._learner.patch("/users/username", {"newUsername": f"deniz_{self._tag}"})
        self._learner.patch("/me", {"timezone": "Europe/Istanbul"})
        return f"{user['name']} {user['surname']}, @{user['username']}, speaks Turkish"

    def brings_a_phone(self) -> str:
        self._phone = f"phone-{self._tag}"
        device = {"platform": "ios", "deviceId": self._phone, "token": self._tag * 8}
        self._learner.post("/notifications/device-token", device)
        return "for pushes"

    def starts_an_activity(self) -> str:
        session = {
            "streamId": f"placement:{self._test['id']}",
            "deviceId": self._phone,
            "liveActivityToken": self._tag * 10,
            "activityId": f"activity-{self._tag}",
        }
        self._learner.post("/notifications/live-activity-sessions", session)
        return "which ends with the result"

    def takes_the_test(self) -> str:
        test = self._learner.get(f"/proficiency-tests/{self._test['id']}")
        if any("isCorrect" in option for each in test["questions"] for option in each["options"]):
            raise Failed("the right answers can be seen before the test is taken")
        right = {each["id"]: each for each in self._test["questions"]}
        answers = [
            {"questionId": each["id"], "optionId": _option(right[each["id"]], number < _RIGHT)}
            for number, each in enumerate(test["questions"])
        ]
        path = f"/proficiency-tests/{test['id']}/submit"
        self._result = self._learner.post(path, {"answers": answers})["id"]
        return f"{_RIGHT} of {len(answers)} answers right"

    def shows_the_result(self) -> str:
        def named() -> dict[str, Any] | None:
            found: dict[str, Any] = self._learner.get(f"/proficiency-tests/results/{self._result}")
            return found if found["user"]["name"] else None

        result = waited(named, "learning has not heard of the learner's name")
        user, test = result["user"], result["test"]
        return (
            f"{user['name']}, {test['title']}: {result['totalScore']:.2f} of 100, level"
            f" {result['level']}, on {result['completedAt'][:10]}"
        )

    def is_told(self) -> str:
        def entry() -> dict[str, Any] | None:
            found = self._learner.get("/notifications", category="tests")["list"]
            return found[0] if found else None

        def came() -> bool:
            mails = {each["subject"] for each in self._visitor.dev_inbox(self._email)}
            pushes = {each["subject"] for each in self._visitor.dev_inbox(self._learner_id)}
            return told["title"] in mails and {told["title"], "Live activity: end"} <= pushes

        told = waited(entry, "no entry in the learner's notifications")
        waited(came, "no mail or push in the dev inbox")
        self._learner.patch(f"/notifications/{told['id']}/read", {"isRead": True})
        return f"“{told['title']}”, in the app, by mail, push and live activity"

    def gets_a_material(self) -> str:
        title = f"Past tenses, {self._tag}"
        content = pdf.written(title, [["was, were, has been"], ["had been"]])
        fields = {"title": title, "locale": "en", "level": "B2"}
        made = self._admin.upload("/education-materials", fields, "tenses.pdf", content)
        path = f"/education-materials/{made['id']}"
        self.made.append(path)

        def assigned() -> bool:
            given = self._admin.post(f"{path}/assign", {"userIds": [self._learner_id]})
            return not given["notFoundUserIds"]

        waited(assigned, "learning has not heard of the learner")
        (mine,) = self._learner.get("/education-materials/my")["list"]
        url = mine["pdfs"][0]["url"]
        whole = self._learner.file(url)
        if whole.content != content or self._visitor.status(url) != 401:
            raise Failed("the file is not theirs alone")
        return f"{len(content)} bytes, {mine['pdfs'][0]['pages']} pages, theirs alone"

    def visitor_writes(self) -> str:
        self._writer = f"visitor-{self._tag}@aula.test"
        said = {
            "fullName": "Lucía Gómez",
            "email": self._writer,
            "message": "¿Cuándo empieza el próximo curso de inglés?",
            "source": "demo",
        }
        self._visitor.post("/contact", said, language="es")
        found = self._admin.get("/contact", search=self._writer)["list"]
        self._contact = f"/contact/{found[0]['id']}"
        self.made.append(self._contact)
        return f"“{said['message']}”"

    def school_answers(self) -> str:
        answer = {"message": "El lunes que viene. ¡Te esperamos!"}
        replied = self._admin.post(f"{self._contact}/reply", answer)

        def mail() -> dict[str, Any] | None:
            theirs = self._visitor.dev_inbox(self._writer)
            return next((each for each in theirs if answer["message"] in each["text"]), None)

        subject = waited(mail, "no reply in the dev inbox")["subject"]
        return f"{replied['status']}, by mail: “{subject}”"

    def looks_at_numbers(self) -> str:
        def whole() -> dict[str, Any] | None:
            data: dict[str, Any] = self._admin.get("/admin/dashboard")
            return None if data["degraded"] else data["overview"]

        overview = waited(whole, "parts of the dashboard are missing")
        users, tests, contacts = (overview[name] for name in ("users", "tests", "contacts"))
        return (
            f"people: {users['total']}, tests taken: {tests['totalSubmissions']}"
            f" (average {tests['averageScore']}), contact requests: {contacts['total']}"
        )

    def exports(self) -> str:
        self._learner.get("/users/me/export")

        def link() -> str | None:
            return self._learner.get("/users/me/export").get("url") or None

        whole = self._learner.file(waited(link, "the export was not ready"))
        return f"a zip of {len(whole.content)} bytes"

    def stays(self) -> str:
        asked = self._learner.post("/users/me/account-deletion")
        told = self._learner.delete("/users/me/account-deletion")
        return f"planned for {asked['scheduledFor'][:10]}, now {told['status']}"

    def leaves(self) -> str:
        self._learner.post("/users/me/account-deletion")
        self._learner.post("/users/me/account-deletion/finalize-now")
        left = datetime.now(UTC)
        waited(lambda: self._learner.status("/me") == 401, "their token still works")
        return f"their token was dead {(datetime.now(UTC) - left).total_seconds():.1f} s later"

    def is_gone(self) -> str:
        def receipts() -> list[dict[str, Any]] | None:
            erasure = self._admin.get(f"/admin/users/{self._learner_id}/erasure")
            return erasure["receipts"] if erasure["state"] == "complete" else None

        found = waited(receipts, "not every service has erased them")
        if len(found) != _SERVICES or self._admin.status(f"/admin/users/{self._learner_id}") != 404:
            raise Failed("somebody still knows them")
        return f"receipts of {', '.join(sorted(each['service'] for each in found))}"

    def clear_away(self) -> list[str]:
        """Returns what could not be removed, and why: what stopped the walk may last."""
        left = []
        while self.made:
            path = self.made.pop()
            try:
                self._admin.remove(path)
            except Failed as error:
                left.append(f"{path} ({error})")
        return left


def _option(question: dict[str, Any], right: bool) -> str:
    return next(str(each["id"]) for each in question["options"] if each["isCorrect"] == right)
