"""GET and PATCH /me, over a real socket, beside real events."""

import asyncio
import os

import httpx
import pytest

from shared.contracts.users import User
from tests.eventually import eventually
from tests.users.conftest import Users

MEMBERS = set(User.__struct_encode_fields__)


async def test_a_registered_person_sees_their_whole_user(users: Users) -> None:
    user_id, bearer = await users.somebody()
    answer = await users.http.get("/me", headers=bearer)
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert set(data) == MEMBERS
    assert (data["id"], data["email"], data["language"]) == (user_id, f"{user_id}@aula.test", "tr")
    assert (data["roles"], data["isRegistrationComplete"]) == (["user"], False)


async def test_a_first_look_waits_for_the_registration_that_is_on_its_way(users: Users) -> None:
    async def seen() -> bool:
        user_id = os.urandom(12).hex()
        looking = asyncio.create_task(users.http.get("/me", headers=users.issuer.bearer(user_id)))
        await asyncio.sleep(0.1)  # the event comes after the question: that is the case at hand
        assert not looking.done()
        await users.register(user_id)
        return bool((await looking).json()["data"]["email"] == f"{user_id}@aula.test")

    await eventually(seen, within=30)  # on a busy machine it may come later than is waited for


async def test_without_the_event_the_token_is_enough(users: Users) -> None:
    user_id = os.urandom(12).hex()
    answer = await users.http.get("/me", headers=users.issuer.bearer(user_id, "admin"))
    data = answer.json()["data"]
    assert (data["id"], data["role"], data["email"]) == (user_id, "admin", None)


async def test_a_change_made_before_the_event_survives_it(users: Users) -> None:
    user_id = os.urandom(12).hex()
    bearer = users.issuer.bearer(user_id)
    changed = await users.http.patch("/me", headers=bearer, json={"name": "Ada", "language": "es"})
    assert changed.status_code == 200
    await users.register(user_id)

    async def filled() -> bool:
        data = (await users.http.get("/me", headers=bearer)).json()["data"]
        assert (data["name"], data["language"]) == ("Ada", "es")
        return bool(data["email"] == f"{user_id}@aula.test")

    await eventually(filled, within=30)


async def test_parallel_changes_of_different_members_are_all_kept(users: Users) -> None:
    _, bearer = await users.somebody()
    changes = [{"name": "Ada"}, {"surname": "Lovelace"}, {"x": "ada"}, {"gender": "female"}] * 5
    answers = await asyncio.gather(
        *(users.http.patch("/me", headers=bearer, json=change) for change in changes)
    )
    assert {answer.status_code for answer in answers} == {200}
    data = (await users.http.get("/me", headers=bearer)).json()["data"]
    assert (data["name"], data["surname"], data["x"]) == ("Ada", "Lovelace", "ada")


async def test_null_clears_and_what_is_left_out_stays(users: Users) -> None:
    _, bearer = await users.somebody()
    await users.http.patch("/me", headers=bearer, json={"name": "Ada", "bio": "Poet\nof numbers"})
    data = (await users.http.patch("/me", headers=bearer, json={"name": None})).json()["data"]
    assert (data["name"], data["bio"]) == (None, "Poet\nof numbers")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": 5}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": {"$ne": None}}, "name"),
        ({"roles": ["admin"]}, "roles"),
        ({"_id": "x"}, "_id"),
        ({"isRegistrationComplete": True}, "isRegistrationComplete"),
        ({"creditBalance": 10_000}, "creditBalance"),
        ({"consentFormAccepted": 1}, "consentFormAccepted"),
        ({"consentFormAccepted": "true"}, "consentFormAccepted"),
        ({"interests": ["x", 5]}, "interests[1]"),
        ({"name": "   "}, "name"),
        ({"expertise": "wizard"}, "expertise"),
        ({"language": "fr"}, "language"),
        ({"interests": ["x"] * 51}, "interests"),
        ({"profilePhoto": "javascript:alert(1)"}, "profilePhoto"),
        ({"profilePhoto": "//elsewhere.test/x"}, "profilePhoto"),
        ({"profilePhoto": "../../etc/passwd"}, "profilePhoto"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"availabilityStatus": "asleep"}, "availabilityStatus"),
        ({"bio": "x" * 2001}, "bio"),
    ],
)
async def test_a_wrong_member_is_named_and_changes_nothing(
    users: Users, body: dict[str, object], field: str
) -> None:
    _, bearer = await users.somebody()
    before = (await users.http.get("/me", headers=bearer)).json()
    asked = {**bearer, "X-Language": "en"}
    answer = await users.http.patch("/me", headers=asked, json=body)
    envelope = answer.json()
    assert (answer.status_code, envelope["code"]) == (400, "validation_failed")
    assert envelope["errors"][0] == "Validation failed"
    assert envelope["errors"][1].startswith(f"{field}: ")
    after = (await users.http.get("/me", headers=bearer)).json()
    assert after["data"] == before["data"]


async def test_without_a_token_there_is_no_me(users: Users) -> None:
    answer = await users.http.get("/me", headers={"Accept-Language": "de"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["errors"] == ["Anmeldung erforderlich"]


async def test_the_trace_of_the_caller_comes_back(users: Users) -> None:
    request_id = "test-request-0001"
    answer = await users.http.get("/me", headers={"X-Request-Id": request_id})
    assert answer.headers["x-request-id"] == request_id
    bad = await users.http.get("/me", headers={"X-Request-Id": "a b"})
    assert bad.headers["x-request-id"] != "a b"


async def test_health_readiness_and_metrics_answer(users: Users) -> None:
    assert (await users.http.get("/healthz")).json()["data"] == {"status": "ok"}
    ready: httpx.Response = await users.http.get("/readyz")
    assert ready.json()["data"]["status"] == "ready"
    assert "aula_http_requests_total" in (await users.http.get("/metrics")).text


async def test_who_asks_for_no_language_is_answered_in_their_own(users: Users) -> None:
    _, bearer = await users.somebody()
    await users.http.patch("/me", headers=bearer, json={"language": "de"})
    wrong = await users.http.patch("/me", headers=bearer, json={"name": 5})
    assert wrong.json()["errors"][0] == "Validierung fehlgeschlagen"
    asked = {**bearer, "Accept-Language": "es"}
    wrong = await users.http.patch("/me", headers=asked, json={"name": 5})
    assert wrong.json()["errors"][0] == "La validación ha fallado"
