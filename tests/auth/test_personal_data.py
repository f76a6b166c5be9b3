"""What auth holds on a person, and that nothing of it stays when they are gone."""

import asyncio
import zlib
from typing import Any

import msgspec
import pytest

from shared.contracts.users import (
    Profile,
    UserDeleted,
    UserExportRequested,
    UserProfileUpdated,
)
from shared.ids import new_id
from shared.pseudonyms import Pseudonyms
from shared.seal import Seal
from tests.auth.service import Auth, new_email, new_number, session_of, user_of


async def erase(auth: Auth, user_id: str) -> dict[str, int]:
    """What users says at the end of an account, and the counts that auth answers."""
    erasure_id = new_id()
    await auth.hear(UserDeleted(user_id=user_id, erasure_id=erasure_id), "auth-erase")
    ((subject, receipt),) = await auth.events(erasure_id)
    assert (subject, receipt["service"]) == ("user.erased", "auth")
    counts: dict[str, int] = receipt["counts"]
    return counts


async def everything(auth: Auth) -> str:
    """All that auth has stored, as one text to be searched."""
    texts = []
    for name in await auth.database.list_collection_names():
        async for document in auth.database[name].find():
            texts.append(str(document))
    return "\n".join(texts)


async def test_nothing_of_an_erased_person_is_left(auth: Auth) -> None:
    email = new_email()
    first = await auth.sign_in(email, X_Device_Id="a device of theirs")
    auth.clock.turn(seconds=61)
    second = await auth.sign_in(email)
    await auth.post("/auth/refresh", {"refreshToken": first["refreshToken"]})
    user_id = user_of(first)
    named = {"traces": {"$in": [user_id, email]}}
    events = await auth.database["outbox"].count_documents(named)
    assert await erase(auth, user_id) == {
        "sessions": 2, "codes": 1, "identity": 1, "events": events,
    }  # fmt: skip
    left = await everything(auth)
    for trace in (user_id, email, "a device of theirs"):
        assert trace not in left
    pseudonym = Pseudonyms(auth.settings.secret_of_people()).of(user_id)
    assert await auth.database["tombstones"].find_one({"_id": pseudonym})
    for result in (first, second):
        answer = await auth.post("/auth/refresh", {"refreshToken": result["refreshToken"]})
        assert (answer.status_code, answer.json()["code"]) == (401, "authentication_required")
        answer = await auth.call("GET", "/auth/sessions", token=result["accessToken"])
        assert answer.status_code == 401


async def test_nothing_of_a_person_known_by_phone_is_left(auth: Auth) -> None:
    number = new_number()
    phone = {"countryCode": "90", "phoneNumber": number}
    code = (await auth.post("/auth/send-otp", phone)).json()["data"]["code"]
    result = (await auth.post("/auth/verify-otp", {**phone, "code": code})).json()["data"]
    counts = await erase(auth, user_of(result))
    assert (counts["sessions"], counts["codes"], counts["identity"]) == (1, 1, 1)
    left = await everything(auth)
    assert number not in left
    assert user_of(result) not in left


async def test_the_same_address_makes_a_new_account_afterwards(auth: Auth) -> None:
    email = new_email()
    before = await auth.sign_in(email)
    await erase(auth, user_of(before))
    after = await auth.sign_in(email)  # at once: what was asked for earlier is forgotten too
    assert after["isNewUser"] is True
    assert user_of(after) != user_of(before)
    sessions = await auth.call("GET", "/auth/sessions", token=after["accessToken"])
    assert [s["id"] for s in sessions.json()["data"]] == [session_of(after["accessToken"])]
    # The erasure, said again, does not touch the new account.
    await erase(auth, user_of(before))
    assert (await auth.call("GET", "/auth/sessions", token=after["accessToken"])).status_code == 200


async def test_an_erasure_that_is_said_again_counts_the_same(auth: Auth) -> None:
    user_id = user_of(await auth.sign_in())
    counts = await erase(auth, user_id)
    assert counts
    assert await erase(auth, user_id) == counts


async def test_who_is_not_asked_does_not_answer(auth: Auth) -> None:
    result = await auth.sign_in()
    deleted = UserDeleted(user_id=user_of(result), erasure_id=new_id(), services=("learning",))
    await auth.hear(deleted, "auth-erase")
    assert await auth.events(deleted.erasure_id) == []
    assert (
        await auth.call("GET", "/auth/sessions", token=result["accessToken"])
    ).status_code == 200


async def test_a_late_fact_brings_nobody_back(auth: Auth) -> None:
    user_id = user_of(await auth.sign_in())
    await erase(auth, user_id)
    await auth.hear(
        UserProfileUpdated(user_id=user_id, version=9, profile=Profile(name="A late name"))
    )
    assert "A late name" not in await everything(auth)


async def test_of_a_sign_in_and_an_erasure_at_once_nothing_old_stays(auth: Auth) -> None:
    """Whichever comes first: no session of the erased account lives, and no code ledger of the old
    one stays when the sign-in came before."""
    emails = [new_email() for _ in range(12)]
    before = await asyncio.gather(*map(auth.sign_in, emails))
    auth.clock.turn(seconds=61)
    codes = await asyncio.gather(*map(auth.ask, emails))

    async def sign_in(number: int) -> dict[str, Any]:
        body = {"email": emails[number], "code": codes[number]}
        answer = await auth.post("/auth/verify-otp-email", body)
        # Its code may have been erased under its hands.
        assert answer.status_code == 200 or answer.json()["code"] == "otp_invalid", answer.text
        data: dict[str, Any] = answer.json()["data"] or {}
        return data

    async def end(number: int) -> None:
        await erase(auth, user_of(before[number]))

    results = await asyncio.gather(
        *(work(number) for number in range(len(emails)) for work in (sign_in, end))
    )
    left = await everything(auth)
    for number, old in enumerate(before):
        assert user_of(old) not in left
        after = results[2 * number]
        if after and user_of(after) == user_of(old):
            assert session_of(after["accessToken"]) not in left
            refreshed = await auth.post("/auth/refresh", {"refreshToken": after["refreshToken"]})
            assert refreshed.status_code == 401
            assert emails[number] not in left


async def test_sign_in_shows_what_becomes_of_the_account(auth: Auth) -> None:
    email = new_email()
    person = await auth.sign_in(email)
    pending = Profile(
        account_deletion_status="pending",
        account_deletion_requested_at="2026-02-01T00:00:00.000Z",
        account_deletion_scheduled_for="2026-03-01T00:00:00.000Z",
    )
    await auth.hear(UserProfileUpdated(user_id=user_of(person), version=3, profile=pending))
    await auth.hear(UserProfileUpdated(user_id=user_of(person), version=2, profile=Profile()))
    auth.clock.turn(seconds=61)
    shown = (await auth.sign_in(email))["user"]
    assert shown["accountDeletionStatus"] == "pending"
    assert shown["accountDeletionScheduledFor"] == "2026-03-01T00:00:00.000Z"


async def test_an_export_has_everything_but_secrets(auth: Auth) -> None:
    email = new_email()
    person = await auth.sign_in(email, X_Platform="ios", X_Device_Id="a device")
    requested = UserExportRequested(user_id=user_of(person), export_id=new_id())
    await auth.hear(requested, "auth-export")
    pieces = [
        event
        for subject, event in await auth.events(user_of(person))
        if subject == "user.exported" and event["exportId"] == requested.export_id
    ]
    seal = Seal(auth.settings.secret_of_people())
    packed = b"".join(seal.open(piece["sealed"], requested.export_id) for piece in pieces)
    documents = msgspec.json.decode(zlib.decompress(packed))
    assert set(documents) == {"sessions", "codes", "identity"}
    (identity,), (session,), (codes,) = (
        documents[name] for name in ("identity", "sessions", "codes")
    )
    assert (identity["id"], identity["email"]) == (user_of(person), email)
    assert (session["id"], session["device"]["platform"]) == (
        session_of(person["accessToken"]),
        "ios",
    )
    assert codes["id"] == f"email:{email}"
    assert not {"salt", "token_hash", "challenges"} & {*identity, *session, *codes}


@pytest.mark.parametrize("what", ["email", "role"])
async def test_an_admins_change_is_in_the_audit_log(auth: Auth, what: str) -> None:
    root = await auth.superadmin()
    target = user_of(await auth.sign_in())
    pseudonyms = Pseudonyms(auth.settings.secret_of_people())
    entries = auth.database["audit"]
    about = {"target": pseudonyms.of(target)}
    path = f"/admin/users/{target}/{what}"
    wanted = {"email": new_email()} if what == "email" else {"role": "admin"}
    request_id = f"audited-{new_id()}"
    answer = await auth.call(
        "PATCH", path, wanted, token=root["accessToken"], X_Request_Id=request_id
    )
    assert answer.status_code == 200
    # The same again changes nothing, and a refused one did not happen.
    await auth.call("PATCH", path, wanted, token=root["accessToken"])
    refused = {"email": "root@aula.test"} if what == "email" else {"role": "user"}
    await auth.call("PATCH", path, refused, token=(await auth.sign_in())["accessToken"])
    if what == "email":
        answer = await auth.call("PATCH", path, refused, token=root["accessToken"])
        assert answer.status_code == 409
    (entry,) = [entry async for entry in entries.find(about)]
    assert entry["actor"] == pseudonyms.of(user_of(root))
    assert (entry["action"], entry["members"]) == (f"user.{what}_changed", [what])
    assert entry["request_id"] == request_id


async def test_a_code_on_its_way_to_a_former_email_is_worth_nothing(auth: Auth) -> None:
    old, new = new_email(), new_email()
    root, person = await auth.superadmin(), await auth.sign_in(old)
    auth.clock.turn(seconds=61)
    code = await auth.ask(old)
    path = f"/admin/users/{user_of(person)}/email"
    answer = await auth.call("PATCH", path, {"email": new}, token=root["accessToken"])
    assert answer.status_code == 200
    assert await auth.database["code_ledgers"].find_one({"_id": f"email:{old}"}) is None
    body = {"email": old, "code": code}
    answer = await auth.post("/auth/verify-otp-email", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "otp_invalid")


async def test_former_emails_are_erased_too_unless_they_are_somebody_elses_now(auth: Auth) -> None:
    left_alone, taken_over, last = new_email(), new_email(), new_email()
    root, person = await auth.superadmin(), await auth.sign_in(left_alone)
    path = f"/admin/users/{user_of(person)}/email"
    for email in (taken_over, last):
        answer = await auth.call("PATCH", path, {"email": email}, token=root["accessToken"])
        assert answer.status_code == 200
    heir = await auth.sign_in(taken_over)
    await erase(auth, user_of(person))
    left = await everything(auth)
    assert user_of(person) not in left
    assert left_alone not in left
    assert last not in left
    codes = await auth.database["code_ledgers"].find_one({"_id": f"email:{taken_over}"})
    assert codes is not None
    assert (await auth.call("GET", "/auth/sessions", token=heir["accessToken"])).status_code == 200
    assert len(await auth.codes_sent(taken_over)) == 1
