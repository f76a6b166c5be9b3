"""A learner is told things, through the gateway: in the app, by mail, on a phone."""

from typing import Any

from tests.end_to_end.client import Json, bearer, data_of, sign_in
from tests.end_to_end.conftest import Aula
from tests.eventually import eventually
from tests.learning.assessments import body, right_answers

EMAIL = "told@aula.test"


async def test_a_learner_is_told_what_happens_as_they_prefer_and_only_they(
    aula: Aula, superadmin: Json
) -> None:
    admin, http = bearer(superadmin), aula.http
    signed_in = await sign_in(http, aula.mailbox, EMAIL)
    learner, user_id = bearer(signed_in), signed_in["user"]["id"]
    stranger = bearer(await sign_in(http, aula.mailbox, "untold@aula.test"))
    data_of(await http.patch("/me", json={"language": "tr", "name": "Ada"}, headers=learner))
    phone = {"token": "told-phone", "platform": "android", "deviceId": "phone"}
    answer = await http.post("/api/v1/notifications/device-token", json=phone, headers=learner)
    assert data_of(answer) == {"success": True}

    async def speaks_turkish() -> bool:
        found = await aula.database("notifications")["people"].find_one({"_id": user_id})
        return bool(found and found.get("language") == "tr" and found.get("email"))

    await eventually(speaks_turkish, within=30)
    test = data_of(await http.post("/proficiency-tests", json=body(), headers=admin), 201)
    url = f"/proficiency-tests/{test['id']}/submit"
    answers = {"answers": right_answers(test)}
    result = data_of(await http.post(url, json=answers, headers=learner), 201)

    async def entries(who: dict[str, str] = learner, query: str = "") -> list[Any]:
        found: list[Any] = data_of(await http.get(f"/notifications{query}", headers=who))["list"]
        return found

    (entry,) = await eventually(entries, within=30)
    assert (entry["type"], entry["category"]) == ("test_submitted", "tests")
    assert entry["title"] == "Seviye tespit sınavı sonucunuz"
    assert entry["metadata"]["resultId"] == result["id"]

    def mailed(title: str) -> bool:
        return title in [mail.message["Subject"] for mail in aula.mailbox.to(EMAIL)]

    async def pushed(title: str) -> bool:
        answer = await http.get(f"/dev/inbox?to={user_id}", headers={"Accept": "application/json"})
        return title in [each["subject"] for each in data_of(answer)]

    async def arrived(title: str) -> None:
        await eventually(lambda: mailed(title), within=30)
        await eventually(lambda: pushed(title), within=30)

    await arrived(entry["title"])

    off = {"preferences": {"messages": {"email": False, "push": False}}}
    data_of(await http.patch("/notifications/preferences", json=off, headers=learner))
    notice = {
        "userId": user_id,
        "type": "holiday",
        "category": "messages",
        "title": "Cuma günü kapalıyız",
        "message": "İyi tatiller!",
    }
    told = data_of(await http.post("/notifications", json=notice, headers=admin), 201)
    assert [each["id"] for each in await entries()] == [told["id"], entry["id"]]
    count = data_of(await http.get("/notifications/unread-count", headers=learner))
    assert count == {"count": 2}
    path = f"/notifications/{told['id']}/read"
    assert (await http.patch(path, json={"isRead": True}, headers=stranger)).status_code == 404
    assert data_of(await http.patch(path, json={"isRead": True}, headers=learner))["read"]
    assert [each["id"] for each in await entries(query="?read=false")] == [entry["id"]]
    assert await entries(stranger) == []
    these = {"ids": [told["id"], entry["id"]]}
    for who, deleted in ((stranger, 0), (learner, 2)):
        gone = await http.request("DELETE", "/notifications/bulk", json=these, headers=who)
        assert data_of(gone)["deleted"] == deleted
    on = {"preferences": {"messages": {"email": True, "push": True}}}
    data_of(await http.patch("/notifications/preferences", json=on, headers=learner))
    later = {**notice, "title": "Cumartesi de kapalıyız"}
    data_of(await http.post("/notifications", json=later, headers=admin), 201)
    await arrived(later["title"])
    assert not mailed(notice["title"])
    assert not await pushed(notice["title"])

    data_of(await http.post("/auth/logout", json={"scope": "current"}, headers=learner))
    devices = aula.database("notifications")["devices"]

    async def forgotten() -> bool:
        return await devices.find_one({"user_id": user_id}) is None

    await eventually(forgotten, within=30)
