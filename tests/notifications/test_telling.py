"""What happens to somebody is an entry, a mail and a push to each of their devices: one of each,
in their language, through a real APNs."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.stack import Stack
from services.notifications import texts
from services.notifications.texts import Template
from shared.clock import timestamp, utc_now
from shared.contracts.auth import SessionRevoked
from shared.contracts.event import Event
from shared.contracts.users import UserExportRequested, UserRegistrationCompleted
from shared.ids import new_id
from shared.languages import LANGUAGES, Language
from shared.settings import Secret
from tests.eventually import eventually
from tests.notifications.api import Api, running
from tests.notifications.apns_peer import OK, ApnsPeer, apns_peer, refusal
from tests.notifications.people import (
    NOON,
    assigned,
    deleted,
    deletion_cancelled,
    deletion_requested,
    email_changed,
    export_ready,
    told,
)
from tests.notifications.smtp_peer import SmtpPeer, smtp_peer


@pytest.fixture(scope="module")
async def mails() -> AsyncIterator[SmtpPeer]:
    async with smtp_peer() as peer:
        yield peer


@pytest.fixture(scope="module")
async def apple() -> AsyncIterator[ApnsPeer]:
    async with apns_peer() as peer:
        yield peer


@pytest.fixture(scope="module")
async def api(
    backbone: Stack, mails: SmtpPeer, apple: ApnsPeer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    authority = tmp_path_factory.mktemp("trust") / "ca.pem"
    Path(authority).write_text(apple.ca)
    settings = apple.settings(str(authority)) | {"smtp_url": Secret(mails.url)}
    async with running(backbone, **settings) as api:
        yield api


def token() -> str:
    return new_id() * 2 + "0" * 16


async def phone(api: Api, user_id: str, name: str = "phone", **more: Any) -> str:
    """The token of a device of theirs."""
    value = token()
    body = {"token": value, "platform": "ios", "deviceId": name, **more}
    await api.call("POST", "/notifications/device-token", api.bearer(user_id), body)
    return value


async def outcomes(api: Api, user_id: str) -> list[tuple[str, str, str | None]]:
    """What the other services were told of messages to somebody: channel, template, reason."""
    sent = await api.service.said("notification.sent")
    failed = await api.service.said("notification.failed")
    theirs = [each for each in [*sent, *failed] if each["userId"] == user_id]
    return sorted(
        ((each["channel"], each["template"], each.get("reason")) for each in theirs), key=repr
    )


async def pushed(apple: ApnsPeer, to: str, number: int = 1) -> list[dict[str, Any]]:
    """What the device was handed, once it is as much as this."""
    await eventually(lambda: len(apple.to(to)) >= number, within=30)
    return [each.payload for each in apple.to(to)]


async def test_a_push_says_what_the_entry_says_and_what_to_open(api: Api, apple: ApnsPeer) -> None:
    ada = await api.somebody(language="tr")
    here, there = await phone(api, ada), await phone(api, ada, "pad")
    event = assigned(ada)
    await told(api.auth, api.service, event)
    (entry,) = (await api.call("GET", "/notifications", api.bearer(ada)))["list"]
    for each in (here, there):
        (payload,) = await pushed(apple, each)
        assert payload["aps"]["alert"] == {"title": entry["title"], "body": entry["message"]}
        assert payload["aps"]["badge"] == 1
        said = payload["data"]
        assert msgspec.json.decode(said.pop("metadata")) == {"materialId": event.material_id}
        assert said == {
            "notificationId": entry["id"],
            "type": "material_assigned",
            "category": "materials",
        }
    ids = [each.headers["apns-id"] for each in (*apple.to(here), *apple.to(there))]
    assert len(set(ids)) == 2
    await told(api.auth, api.service, assigned(ada))
    assert [each["aps"]["badge"] for each in await pushed(apple, here, 2)] == [1, 2]


def happened(user_id: str) -> dict[Template, tuple[Event, set[str]]]:
    """Each thing that happens to an account, and by which ways it is told."""
    everywhere = {"inbox", "email", "push"}
    return {
        "welcome": (UserRegistrationCompleted(user_id=user_id, completed_at=NOON), {"inbox"}),
        "email_changed": (
            email_changed(user_id, f"{user_id}@school.test", 2),
            {"inbox", "push"},
        ),
        "session_stopped": (ended(user_id, "refresh_reuse"), {"inbox", "push"}),
        "deletion_requested": (deletion_requested(user_id), everywhere),
        "deletion_cancelled": (deletion_cancelled(user_id), everywhere),
        "export_ready": (export_ready(user_id, "/users/exports/a-secret"), everywhere),
    }


def ended(user_id: str, reason: str) -> SessionRevoked:
    return SessionRevoked(
        user_id=user_id,
        session_id=new_id(),
        reason=reason,  # type: ignore[arg-type]  # one of them
        revoked_at=timestamp(utc_now()),
    )


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_happens_to_an_account_is_told_in_the_persons_language(
    api: Api, apple: ApnsPeer, mails: SmtpPeer, language: Language
) -> None:
    ada = await api.somebody(language=language)
    device = await phone(api, ada)
    events = happened(ada)
    await told(api.auth, api.service, *(event for event, _ in events.values()))
    page = await api.call("GET", "/notifications?category=account&limit=50", api.bearer(ada))
    entries = {entry["type"]: entry for entry in page["list"]}
    assert entries.keys() == events.keys()
    told_by_push = [name for name, (_, ways) in events.items() if "push" in ways]
    payloads = await pushed(apple, device, len(told_by_push))
    titles = {each["aps"]["alert"]["title"] for each in payloads}
    assert titles == {entries[name]["title"] for name in told_by_push}
    by_mail = [name for name, (_, ways) in events.items() if "email" in ways]
    await eventually(lambda: len(mails.to(f"{ada}@school.test")) == len(by_mail), within=30)
    subjects = {mail.message["Subject"] for mail in mails.to(f"{ada}@school.test")}
    assert subjects == {entries[name]["title"] for name in by_mail}
    for name, entry in entries.items():
        assert entry["title"] == texts.NOTES[name].title.in_(language)
        assert not set("{}") & set(entry["message"])
    assert "a-secret" not in repr([entries, payloads])

    async def all_told() -> bool:
        return len(await outcomes(api, ada)) == len(told_by_push) + len(by_mail)

    await eventually(all_told)
    assert {reason for _, _, reason in await outcomes(api, ada)} == {None}


async def test_of_a_session_that_somebody_ended_themselves_nothing_is_told(api: Api) -> None:
    ada = await api.somebody()
    for reason in ("logout", "revoked", "email_changed", "role_changed"):
        await told(api.auth, api.service, ended(ada, reason))
    assert (await api.call("GET", "/notifications", api.bearer(ada)))["list"] == []


async def test_the_same_event_a_thousand_times_is_one_of_each(
    api: Api, apple: ApnsPeer, mails: SmtpPeer
) -> None:
    ada = await api.somebody()
    devices = [await phone(api, ada), await phone(api, ada, "pad")]
    event = assigned(ada)
    event_id = await api.auth.repeat(event, 1_000, "tell-material")
    await told(api.auth, api.service, assigned(ada))
    address = f"{ada}@school.test"
    await eventually(lambda: len(mails.to(address)) == 2, within=30)
    # As if the inbox of events had forgotten it: what it leads to is known by its own ids.
    await api.database["inbox"].delete_many({"_id": {"$regex": f":{event_id}$"}})
    await api.auth.publish(event.subject, msgspec.json.encode(event), event_id)
    await eventually(lambda: api.service.has_handled(event_id), within=30)
    assert (await api.call("GET", "/notifications", api.bearer(ada)))["pagination"][
        "totalItems"
    ] == 2
    for device in devices:
        await pushed(apple, device, 2)
        assert len({each.headers["apns-id"] for each in apple.to(device)}) == 2
    assert len({mail.message["Message-ID"] for mail in mails.to(address)}) == 2


async def test_a_token_that_leads_nowhere_is_forgotten_and_the_others_are_reached(
    api: Api, apple: ApnsPeer
) -> None:
    ada = await api.somebody()
    dead, alive = await phone(api, ada), await phone(api, ada, "pad")
    later = int(utc_now().timestamp() * 1000) + 5_000
    apple.answers[dead] = [refusal(410, "Unregistered", later)]
    await told(api.auth, api.service, assigned(ada))
    await pushed(apple, alive)

    async def forgotten() -> bool:
        return {each["token"] for each in await api.devices_of(ada)} == {None, alive}

    await eventually(forgotten)

    async def all_told() -> bool:
        return len(await outcomes(api, ada)) == 3

    await eventually(all_told)
    assert ("push", "material_assigned", "token gone") in await outcomes(api, ada)
    await told(api.auth, api.service, assigned(ada))
    await pushed(apple, alive, 2)
    assert apple.seen(dead) == 1


async def test_a_token_that_was_said_to_live_since_stays_and_is_tried_again(
    api: Api, apple: ApnsPeer
) -> None:
    ada = await api.somebody()
    device = await phone(api, ada)
    before = int(utc_now().timestamp() * 1000) - 3_600_000
    apple.answers[device] = [refusal(410, "Unregistered", before), OK]
    await told(api.auth, api.service, assigned(ada))
    assert len(await pushed(apple, device)) == 1
    assert (await api.devices_of(ada))[0]["token"] == device


async def test_who_has_signed_out_of_a_device_gets_nothing_there(api: Api, apple: ApnsPeer) -> None:
    ada, session = await api.somebody(), new_id()
    value = token()
    body = {"token": value, "platform": "ios", "deviceId": "phone"}
    who = api.bearer(ada, session=session)
    await api.call("POST", "/notifications/device-token", who, body)
    out = msgspec.structs.replace(ended(ada, "logout"), session_id=session)
    other = await phone(api, ada, "pad")
    await told(api.auth, api.service, out, assigned(ada))
    await pushed(apple, other)
    assert apple.seen(value) == 0


async def test_what_has_no_provider_fails_and_says_so(
    api: Api, apple: ApnsPeer, backbone: Stack
) -> None:
    """Of Google nothing is set here: development shows those in the dev inbox."""
    ada = await api.somebody()
    await phone(api, ada, platform="android")
    await told(api.auth, api.service, assigned(ada))

    async def shown() -> list[dict[str, Any]]:
        answer = await api.http.get(
            "/dev/inbox", params={"to": ada}, headers={"Accept": "application/json"}
        )
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    (message,) = await eventually(shown)
    assert (message["channel"], message["to"]) == ("push", ada)
    assert "Verbs" in message["text"]


async def test_a_push_under_way_to_somebody_who_is_erased_is_not_sent(
    api: Api, apple: ApnsPeer
) -> None:
    ada = await api.somebody()
    device = await phone(api, ada)
    apple.answers[device] = [refusal(503, "ServiceUnavailable")]
    await told(api.auth, api.service, assigned(ada))
    await eventually(lambda: apple.seen(device))

    async def waits() -> bool:
        waiting = {"user_id": ada, "channel": "push", "state": "retrying"}
        return await api.database["deliveries"].find_one(waiting) is not None

    await eventually(waits)
    await told(api.auth, api.service, deleted(ada))
    apple.answers[device] = [OK]
    stored = repr(await api.service.everything())
    assert ada not in stored
    assert device not in stored
    # The next attempt would have been due after a second: others' pushes go out meanwhile.
    bob = await api.somebody()
    theirs = await phone(api, bob)
    for number in range(3):
        await told(api.auth, api.service, assigned(bob))
        await pushed(apple, theirs, number + 1)
    assert apple.to(device) == []


async def test_an_announcement_that_was_taken_back_is_told_to_have_failed(
    api: Api, mails: SmtpPeer
) -> None:
    ada = await api.somebody()
    address = f"{ada}@school.test"
    mails.rcpt[address] = ["451 later"]
    await told(api.auth, api.service, deletion_requested(ada, "1" * 24))

    async def waits() -> bool:
        waiting = {"user_id": ada, "state": "retrying"}
        return await api.database["deliveries"].find_one(waiting) is not None

    await eventually(waits)
    await told(api.auth, api.service, deletion_cancelled(ada, "1" * 24))
    mails.rcpt[address] = ["250 OK"]

    async def all_told() -> bool:
        return len(await outcomes(api, ada)) == 2

    await eventually(all_told, within=30)
    assert await outcomes(api, ada) == [
        ("email", "deletion_cancelled", None),
        ("email", "deletion_requested", "superseded"),
    ]


async def test_outcomes_name_no_address_and_go_with_the_person(api: Api, mails: SmtpPeer) -> None:
    ada = await api.somebody()
    device = await phone(api, ada)
    await told(api.auth, api.service, assigned(ada))

    async def all_told() -> bool:
        return len(await outcomes(api, ada)) == 2

    await eventually(all_told)
    kept = await api.service.said("notification.sent")
    assert f"{ada}@" not in repr(kept)
    assert device not in repr(kept)
    assert "Verbs" not in repr(kept)
    await told(api.auth, api.service, UserExportRequested(user_id=ada, export_id=new_id()))
    await told(api.auth, api.service, deleted(ada))
    assert await outcomes(api, ada) == []
