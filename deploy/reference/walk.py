"""A walk through the whole API, for the examples: each operation at least once, with something in
every list."""

import base64
from typing import Any

import httpx

from deploy import pdf
from deploy.api import Api, signed_in_admin, waited

Json = dict[str, Any]

_CONSENTS = {
    "privacyPolicyAccepted": True,
    "privacyPolicyVersion": "1.2.0",
    "termsOfUseAccepted": True,
    "termsOfUseVersion": "1.1.0",
}
_PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_ORIGIN = {"signupSource": "instagram_ads", "signupCampaign": "spring_launch_2026"}


class Walk:
    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._visitor = Api(http)

    def run(self) -> None:
        self._looks_around()
        self._admin = signed_in_admin(self._visitor)
        learner = self._signs_in_by_mail("deniz.kaya@aula.test")
        self._learner = Api(self._http, learner["accessToken"])
        self._learner_id = str(learner["user"]["id"])
        self._registers()
        self._courses()
        self._tests()
        self._materials()
        self._files()
        self._settings()
        self._contact()
        self._notifications()
        self._devices()
        self._sessions()
        self._export()
        self._people()
        self._leaves()

    def _looks_around(self) -> None:
        for path in ("/", "/healthz", "/readyz", "/users/optional-auth"):
            self._visitor.get(path)
        self._http.get("/.well-known/jwks.json")

    def _signs_in_by_mail(self, email: str) -> Json:
        sent = self._visitor.post("/auth/send-otp-email", {"email": email})
        code = {"email": email, "code": sent["code"], **_ORIGIN}
        result: Json = self._visitor.post("/auth/verify-otp-email", code)
        return result

    def _signs_in_by_phone(self, number: str) -> Json:
        phone = {"countryCode": "90", "phoneNumber": number}
        sent = self._visitor.post("/auth/send-otp", phone)
        result: Json = self._visitor.post("/auth/verify-otp", {**phone, "code": sent["code"]})
        return result

    def _registers(self) -> None:
        learner = self._learner
        learner.get("/auth/registration/status")
        name = {"name": "Deniz", "surname": "Kaya", "language": "tr"}
        learner.post("/auth/registration/complete", {**name, **_CONSENTS})
        learner.patch(
            "/me",
            {
                "bio": "Passionate about technology and travel",
                "interests": ["music", "languages"],
                "expertise": "designer",
                "timezone": "Europe/Istanbul",
                "language": "en",
            },
        )
        learner.patch("/users/username", {"newUsername": "deniz.kaya"})
        learner.get("/me")
        learner.get("/auth/validate-token")
        self._visitor.get("/users/profile/username/deniz.kaya")

    def _courses(self) -> None:
        made = self._admin.post(
            "/courses",
            {
                "title": "English for travellers",
                "description": "Eight weeks of talking.",
                "targetLanguage": "en",
                "level": "B1",
                "locale": "en",
                "price": {"amount": "149.00", "currency": "EUR"},
                "durationWeeks": 8,
                "lessonsPerWeek": 2,
                "startsAt": "2026-09-01",
                "tags": ["evening", "online"],
                "isPublished": True,
            },
        )
        self._visitor.get("/courses", targetLanguage="en", level="B1", page=1, limit=10)
        self._visitor.get(f"/courses/{made['id']}")
        self._admin.patch(f"/courses/{made['id']}", {"price": None, "lessonsPerWeek": 3})
        copy = self._admin.post(f"/courses/{made['id']}/duplicate")
        self._admin.delete(f"/courses/{copy['id']}")

    def _tests(self) -> None:
        tests, admin, learner = "/proficiency-tests", self._admin, self._learner
        made = admin.post(
            tests,
            {
                "title": "English placement",
                "targetLanguage": "en",
                "maxAttempts": 2,
                "questions": [
                    _question("single", "The letter ___ yesterday.", "was sent", "has sent"),
                    _question("multiple", "Which are verbs?", "run", "blue"),
                ],
                "levelRanges": [
                    {"level": "A1", "minScore": 0, "maxScore": 49},
                    {"level": "B1", "minScore": 50, "maxScore": 100},
                ],
            },
        )
        path = f"{tests}/{made['id']}"
        self._visitor.get(tests, targetLanguage="en", page=1, limit=10)
        self._visitor.get(f"{tests}/target-languages")
        self._visitor.get(path)
        admin.patch(path, {"description": "Twenty minutes, without a dictionary."})
        single, multiple = made["questions"]
        answers = [
            {"questionId": single["id"], "optionId": single["options"][0]["id"]},
            {"questionId": multiple["id"], "optionIds": [multiple["options"][1]["id"]]},
        ]
        result = learner.post(f"{path}/submit", {"answers": answers})
        learner.get(f"{path}/status")
        learner.get(f"{tests}/results", page=1, limit=10)
        learner.get(f"{tests}/results/{result['id']}")
        admin.get(f"{tests}/admin/results", page=1, limit=10)
        admin.get(f"{tests}/admin/results/{result['id']}")
        admin.get(f"{tests}/admin/users/{self._learner_id}/results", page=1, limit=10)
        admin.delete(f"{tests}/admin/results/{result['id']}")
        copy = admin.post(f"{path}/duplicate")
        admin.delete(f"{tests}/{copy['id']}")

    def _materials(self) -> None:
        materials, admin = "/education-materials", self._admin
        content = pdf.written("Past tenses", [["was, were, has been"]])
        links = '[{"title": "Greetings", "url": "https://video.example/1"}]'
        fields = {"title": "Past tenses", "locale": "en", "level": "B1", "videos": links}
        made = admin.upload(materials, fields, "tenses.pdf", content)
        path = f"{materials}/{made['id']}"
        changes = {"description": "For the third week"}
        admin.upload(path, changes, "exercises.pdf", content, method="PATCH")
        admin.get(materials, locale="en", page=1, limit=10)
        admin.post(f"{path}/assign", {"userIds": [self._learner_id]})
        self._learner.get(f"{materials}/my", page=1, limit=10)
        admin.get(f"{materials}/admin/users/{self._learner_id}", page=1, limit=10)
        self._learner.get(path)
        self._learner.file(made["pdfs"][0]["url"])
        admin.delete(path)

    def _files(self) -> None:
        made = self._admin.upload(
            "/storage/upload", {"folder": "public/covers"}, "cover.png", _PHOTO, part="file"
        )
        self._visitor.file(made["url"])
        self._learner.upload("/storage/profile-photo", {}, "me.png", _PHOTO, part="file")

    def _settings(self) -> None:
        value = {"email": "hello@school.example", "phone": "+90 555 123 45 67"}
        settings, admin = "/settings", self._admin
        admin.post(settings, {"key": "contact", "value": value, "description": "On every page"})
        admin.put(f"{settings}/contact", {"value": value, "isPublic": True})
        self._visitor.get(f"{settings}/contact")
        admin.get(settings, page=1, limit=10)

    def _contact(self) -> None:
        contact, admin = "/contact", self._admin
        self._visitor.post(
            contact,
            {
                "fullName": "Lucía Gómez",
                "email": "lucia@aula.test",
                "phone": "+34 600 123 456",
                "message": "When does the next English course start?",
                "source": "website",
            },
        )
        (found,) = admin.get(contact, status="PENDING", page=1, limit=10)["list"]
        path = f"{contact}/{found['id']}"
        admin.patch(f"{path}/status", {"status": "IN_PROGRESS"})
        admin.post(f"{path}/reply", {"message": "On Monday. We look forward to seeing you!"})
        self._admin.get("/admin/dashboard", months=2)
        admin.delete(path)

    def _notifications(self) -> None:
        notifications, learner = "/notifications", self._learner
        made = {
            "userId": self._learner_id,
            "type": "reminder",
            "category": "courses",
            "title": "Tomorrow at ten",
            "message": "Your first lesson of English for travellers begins.",
            "metadata": {"room": "2.01"},
        }
        self._admin.post(notifications, made)
        (entry, *_) = learner.get(notifications, category="courses", page=1, limit=10)["list"]
        learner.get(f"{notifications}/unread-count")
        learner.patch(f"{notifications}/{entry['id']}/read", {"isRead": True})
        learner.patch(f"{notifications}/preferences", {"preferences": {"tests": {"email": False}}})
        learner.get(f"{notifications}/preferences")
        learner.delete(f"{notifications}/bulk", body={"ids": [entry["id"]]})

    def _devices(self) -> None:
        device, learner = {"deviceId": "phone-1"}, self._learner
        token = "f3a9c1" * 4
        learner.post(
            "/notifications/device-token",
            {**device, "platform": "ios", "timezone": "Europe/Istanbul", "token": token},
        )
        learner.delete(f"/notifications/device-token/{token}")
        activity = {"streamId": "lesson-7", **device, "activityId": "activity-1"}
        sessions = "/notifications/live-activity-sessions"
        learner.post(sessions, {**activity, "liveActivityToken": token})
        learner.get(sessions)
        state = {"event": "update", "contentState": {"room": "2.01", "minutesLeft": 12}}
        self._admin.post("/notifications/live-activities/lesson-7", state)
        learner.delete(sessions, streamId="lesson-7", deviceId="phone-1")

    def _sessions(self) -> None:
        first = self._signs_in_by_phone("5551234567")
        tokens = self._visitor.post("/auth/refresh", {"refreshToken": first["refreshToken"]})
        person = Api(self._http, tokens["accessToken"])
        (session,) = person.get("/auth/sessions")
        person.delete(f"/auth/sessions/{session['id']}")
        second = self._signs_in_by_phone("5551234568")
        person = Api(self._http, second["accessToken"])
        person.post("/auth/revoke-token", {"refreshToken": second["refreshToken"]})
        third = self._signs_in_by_mail("ada@aula.test")
        Api(self._http, third["accessToken"]).post("/auth/logout", {"scope": "current"})

    def _export(self) -> None:
        learner = self._learner
        learner.get("/users/me/export")
        url = waited(lambda: learner.get("/users/me/export")["url"], "no export")
        self._visitor.file(url)

    def _people(self) -> None:
        admin = self._admin
        guest = self._signs_in_by_mail("guest@aula.test")["user"]["id"]
        path = f"/admin/users/{guest}"
        admin.get("/admin/users", search="deniz", sort="-createdAt", page=1, limit=10)
        admin.get(f"/admin/users/{self._learner_id}")
        admin.patch(f"{path}/profile", {"name": "Grace", "surname": "Hopper"})
        admin.patch(f"{path}/email", {"email": "grace@aula.test"})
        admin.patch(f"{path}/role", {"role": "admin"})
        admin.delete(path)
        waited(lambda: admin.get(f"{path}/erasure")["state"] == "complete", "not erased")
        admin.get("/admin/erasures", state="complete", page=1, limit=10)

    def _leaves(self) -> None:
        learner, path = self._learner, "/users/me/account-deletion"
        learner.post(path)
        learner.get(path)
        learner.delete(path)
        learner.post(path)
        learner.post(f"{path}/finalize-now")


def _question(kind: str, text: str, right: str, wrong: str) -> Json:
    options = [{"text": right, "isCorrect": True}, {"text": wrong, "isCorrect": False}]
    return {"text": text, "type": kind, "options": options}
