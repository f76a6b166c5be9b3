"""An account ends cleanly: asked for, taken back, asked for again, and then no trace is left."""

import asyncio
import io
import os
import re
import zipfile
from pathlib import Path

from shared.pseudonyms import Pseudonyms
from tests.end_to_end.client import Json, barred, bearer, data_of, known, refused, sign_in
from tests.end_to_end.conftest import Aula
from tests.end_to_end.places import places
from tests.eventually import eventually

DELETION = "/users/me/account-deletion"
SERVICES = {"auth", "users", "learning", "notifications"}
CONSENTS = {
    "privacyPolicyAccepted": True,
    "privacyPolicyVersion": "1.2.0",
    "termsOfUseAccepted": True,
    "termsOfUseVersion": "1.1.0",
}


async def erasure_of(aula: Aula, user_id: str, admin: Json) -> Json:
    path = f"/admin/users/{user_id}/erasure"
    erasure: Json = data_of(await aula.http.get(path, headers=bearer(admin)))
    return erasure


async def completed(aula: Aula, user_id: str, admin: Json) -> Json:
    async def is_complete() -> Json | None:
        erasure = await erasure_of(aula, user_id, admin)
        return erasure if erasure["state"] == "complete" else None

    erasure: Json = await eventually(
        is_complete, within=90
    )  # after 30 s who is silent is asked again
    return erasure


async def test_no_trace_of_an_erased_person_is_left(
    aula: Aula, superadmin: Json, data_dir: Path
) -> None:
    mark = os.urandom(8).hex()  # that nothing else looks like
    name, surname, username = f"Zoe{mark}", f"Xanthou{mark}", f"zx_{mark}"
    email = f"zoe.{mark}@aula.test"
    person = await sign_in(aula.http, aula.mailbox, email)
    user_id, token = person["user"]["id"], bearer(person)
    http = aula.http
    await known(http, token)
    registration = {"name": name, "surname": surname, "bio": f"bio{mark}", **CONSENTS}
    data_of(await http.post("/auth/registration/complete", headers=token, json=registration))
    data_of(await http.patch("/users/username", headers=token, json={"newUsername": username}))
    path = f"/admin/users/{user_id}"
    headers = bearer(superadmin)
    data_of(await http.patch(f"{path}/profile", headers=headers, json={"x": f"x{mark}"}))
    listed = data_of(await http.get("/admin/users", headers=headers, params={"search": name[:8]}))
    assert [each["id"] for each in listed["list"]] == [user_id]
    data_of(await http.get("/users/me/export", headers=token), 202)
    assert mark in await _exported(aula, email)
    changed = {"email": f"new.{email}"}
    data_of(await http.patch(f"{path}/email", headers=headers, json=changed))
    email = changed["email"]
    await _known_by(aula, user_id, email)
    token = bearer(await sign_in(http, aula.mailbox, email))

    asked = data_of(await http.post(DELETION, headers=token))
    assert asked["status"] == "pending"
    await _may_only_look_or_cancel(aula, token)
    # One mail at each step: about the deletion, about the change of mind, and again.
    await _mails(aula, email, 2)  # the first was the code
    assert data_of(await http.delete(DELETION, headers=token))["status"] == "cancelled"

    async def may_again() -> bool:
        answer = await http.patch("/me", headers=token, json={"gender": f"g{mark}"})
        return answer.status_code == 200

    await eventually(may_again, within=30)
    await _mails(aula, email, 3)
    data_of(await http.post(DELETION, headers=token))
    await _mails(aula, email, 4)
    finalized = data_of(await http.post(f"{DELETION}/finalize-now", headers=token))
    assert (finalized["userId"], finalized["status"]) == (user_id, "finalized")
    await asyncio.gather(refused(http, token), refused(aula.other_gateway, token))

    erasure = await completed(aula, user_id, superadmin)
    counts = {receipt["service"]: receipt["counts"] for receipt in erasure["receipts"]}
    assert set(counts) == SERVICES
    assert counts["auth"]["sessions"] >= 1
    await _mails(aula, email, 5)

    await eventually(lambda: _nowhere(aula, [user_id, mark, email]), 60, every=0.5)
    key = (data_dir / "aula" / "secrets" / "privacy-key").read_text()
    stones = aula.database("users")["tombstones"]
    assert await stones.find_one({"_id": Pseudonyms(key).of(user_id)})

    aula.mailbox.mails[:] = [mail for mail in aula.mailbox.mails if mail.recipient != email]
    again = await sign_in(http, aula.mailbox, email)
    assert (again["isNewUser"], again["user"]["name"]) == (True, None)
    assert again["user"]["id"] != user_id


async def _known_by(aula: Aula, user_id: str, email: str) -> None:
    """Returns once users and notifications have heard of the new address: mails go there."""

    async def heard() -> bool:
        by_users = {"_id": user_id, "account.email": email}
        by_notifications = {"_id": user_id, "email": email}
        return bool(
            await aula.database("users")["people"].find_one(by_users)
            and await aula.database("notifications")["people"].find_one(by_notifications)
        )

    await eventually(heard, within=30)


async def _mails(aula: Aula, email: str, count: int) -> None:
    await eventually(lambda: len(aula.mailbox.to(email)) == count, within=30)


async def _exported(aula: Aula, email: str) -> str:
    """What is in the file that one of the mails leads to."""

    def link() -> str | None:
        plain = "\n".join(mail.part("plain") for mail in aula.mailbox.to(email))
        found = re.search(r"https?://[^/\s]+(/users/exports/\S+)", plain)
        return found[1] if found else None

    path = await eventually(link, within=30)
    assert path
    answer = await aula.http.get(path)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {Path(name).stem for name in archive.namelist()} >= SERVICES
        return "".join(archive.read(name).decode() for name in archive.namelist())


async def _may_only_look_or_cancel(aula: Aula, token: dict[str, str]) -> None:
    for gateway in (aula.http, aula.other_gateway):
        await barred(gateway, token)
        answer = await gateway.patch("/me", headers=token, json={"bio": "still here"})
        assert (answer.status_code, answer.json()["code"]) == (403, "account_deletion_pending")
    assert data_of(await aula.http.get(DELETION, headers=token))["status"] == "pending"
    me = data_of(await aula.http.get("/me", headers=token))
    assert me["accountDeletionStatus"] == "pending"


async def _nowhere(aula: Aula, texts: list[str]) -> bool:
    found = [
        (place, _around(content, text.encode()))
        for place, content in (await places(aula.stack, aula.mongo)).items()
        for text in texts
        if text.encode() in content
    ]
    assert not found
    return True


def _around(content: bytes, text: bytes) -> str:
    at = content.index(text)
    return content[max(0, at - 2000) : at + 200].decode("latin-1")


async def test_a_service_that_was_away_answers_when_it_is_back(
    aula: Aula, superadmin: Json
) -> None:
    email = f"patient.{os.urandom(4).hex()}@aula.test"
    person = await sign_in(aula.http, aula.mailbox, email)
    user_id, token = person["user"]["id"], bearer(person)
    await aula.stack.stop_one("learning")
    try:
        data_of(await aula.http.post(DELETION, headers=token))
        data_of(await aula.http.post(f"{DELETION}/finalize-now", headers=token))

        async def others_have_answered() -> bool:
            erasure = await erasure_of(aula, user_id, superadmin)
            return bool(erasure["missing"] == ["learning"])

        await eventually(others_have_answered, 30)
        assert (await erasure_of(aula, user_id, superadmin))["state"] != "complete"
    finally:
        await aula.stack.start_one("learning")
    await completed(aula, user_id, superadmin)


async def test_whatever_is_killed_while_people_leave_every_erasure_ends(
    aula: Aula, superadmin: Json
) -> None:
    mark = os.urandom(8).hex()
    emails = [f"leaver{n}.{mark}@aula.test" for n in range(6)]
    people = [await sign_in(aula.http, aula.mailbox, email) for email in emails]
    for person in people:
        data_of(await aula.http.post(DELETION, headers=bearer(person)))
    for person, victim in zip(
        people, ("users", "auth", "notifications", "nats", "mongod", "learning"), strict=True
    ):
        finalizing = asyncio.create_task(_finalize(aula, bearer(person)))
        await aula.stack.kill(victim)
        await aula.stack.ready(victim)
        await finalizing
    for person in people:
        erasure = await completed(aula, person["user"]["id"], superadmin)
        assert {receipt["service"] for receipt in erasure["receipts"]} == SERVICES
    wanted = [mark, *(person["user"]["id"] for person in people)]
    await eventually(lambda: _nowhere(aula, wanted), 60, every=0.5)


async def _finalize(aula: Aula, token: dict[str, str]) -> None:
    """As a client does that hears nothing: until it is told that the account is gone."""

    async def gone() -> bool:
        answer = await aula.http.post(f"{DELETION}/finalize-now", headers=token)
        return answer.status_code in (401, 409)

    await eventually(gone, 90, every=0.2)
