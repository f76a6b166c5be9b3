"""A live activity, through the gateway: registered, shown, ended; and one that a result ends. Where
no keys of Apple's are set, the dev inbox is the phone."""

from typing import Any

from shared.ids import new_id
from tests.end_to_end.client import Json, bearer, data_of, sign_in
from tests.end_to_end.conftest import Aula
from tests.eventually import eventually
from tests.learning.assessments import body, right_answers

SESSIONS = "/api/v1/notifications/live-activity-sessions"


async def test_a_learner_follows_a_lesson_and_a_test_on_the_locked_screen(
    aula: Aula, superadmin: Json
) -> None:
    http, admin = aula.http, bearer(superadmin)
    signed_in = await sign_in(http, aula.mailbox, "locked.screen@aula.test")
    learner, user_id = bearer(signed_in), signed_in["user"]["id"]

    async def follow(stream: str) -> None:
        request = {
            "streamId": stream,
            "deviceId": "phone",
            "liveActivityToken": new_id(),
            "activityId": stream,
        }
        assert data_of(await http.post(SESSIONS, json=request, headers=learner)) == {
            "success": True
        }

    async def show(event: str, minute: int) -> None:
        request = {"event": event, "contentState": {"minute": minute}}
        path = f"/notifications/live-activities/{lesson}"
        assert data_of(await http.post(path, json=request, headers=admin), 202)["success"]

    async def on_screen() -> list[dict[str, Any]]:
        headers = {"Accept": "application/json"}
        return list(data_of(await http.get(f"/dev/inbox?to={user_id}", headers=headers)))

    async def shown(event: str, content: str) -> None:
        async def is_there() -> bool:
            subject = f"Live activity: {event}"
            return any(
                each["subject"] == subject and content in each["text"] for each in await on_screen()
            )

        await eventually(is_there, within=30)

    async def following() -> list[str]:
        return [each["streamId"] for each in data_of(await http.get(SESSIONS, headers=learner))]

    test = data_of(await http.post("/proficiency-tests", json=body(), headers=admin), 201)
    lesson, placement = f"lesson:{new_id()}", f"placement:{test['id']}"
    for stream in (lesson, placement):
        await follow(stream)
    assert await following() == [placement, lesson]
    await show("update", 1)
    await shown("update", '"minute":1')
    await show("end", 45)
    await shown("end", '"minute":45')

    async def only_the_test() -> bool:
        return await following() == [placement]

    await eventually(only_the_test, within=30)
    answers = {"answers": right_answers(test)}
    url = f"/proficiency-tests/{test['id']}/submit"
    result = data_of(await http.post(url, json=answers, headers=learner), 201)
    await shown("end", f'"resultId":"{result["id"]}"')

    await follow(lesson)  # which is over: the phone hears of it
    url = f"{SESSIONS}?deviceId=phone"
    assert data_of(await http.delete(url, headers=learner))["success"]
    assert await following() == []
    assert data_of(await http.delete(url, headers=learner)) == {"success": True, "deleted": 0}
