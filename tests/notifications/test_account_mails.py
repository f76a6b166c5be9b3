"""Mails on the life of an account: one at each step, in the person's language, exactly once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.stack import Stack
from services.notifications import texts
from services.notifications.settings import Secret
from services.notifications.texts import Template
from shared.ids import new_id
from shared.languages import LANGUAGES, Language
from tests.eventually import eventually
from tests.notifications.people import (
    arrived,
    deletion_cancelled,
    deletion_requested,
    email_changed,
    erasure_completed,
    export_ready,
    profile_updated,
    registered,
    told,
)
from tests.notifications.running import Auth, Notifications, notifications
from tests.notifications.smtp_peer import HELD, SmtpPeer, place, smtp_peer, url_of

ADA, BOB = "ada@school.test", "bob@school.test"
DATES: dict[Language, str] = {
    "en": "14 March 2026 at 15:00 (Europe/Istanbul)",
    "tr": "14 Mart 2026 saat 15:00 (Europe/Istanbul)",
    "es": "14 de marzo de 2026, 15:00 h (Europe/Istanbul)",
    "de": "14. März 2026 um 15:00 Uhr (Europe/Istanbul)",
}


@pytest.fixture
async def service(backbone: Stack, prefix: str, peer: SmtpPeer) -> AsyncIterator[Notifications]:
    settings = {"smtp_url": Secret(peer.url), "public_url": "https://api.school.test"}
    async with notifications(backbone, prefix, **settings) as service:
        yield service


async def row(service: Notifications, template: Template) -> dict[str, Any]:
    (row,) = await service.database["deliveries"].find({"template": template}).to_list()
    return row


@pytest.mark.parametrize("language", LANGUAGES)
async def test_people_are_told_at_each_step_in_their_language(
    service: Notifications, auth: Auth, peer: SmtpPeer, language: Language
) -> None:
    ada = new_id()
    profile = {"name": "Ada", "timezone": "Europe/Istanbul", "language": language}
    await told(auth, service, registered(ada, ADA), profile_updated(ada, **profile))
    await auth.say(deletion_requested(ada))
    mail = await arrived(peer, ADA, "deletion_requested", language)
    for part in (mail.part("plain"), mail.part("html")):
        assert DATES[language] in part
        assert texts.GREETING_BY_NAME.in_(language, name="Ada") in part
        assert "https://api.school.test/" in part
    await auth.say(deletion_cancelled(ada))
    await arrived(peer, ADA, "deletion_cancelled", language)
    await auth.say(export_ready(ada, "/users/exports/a-secret"))
    mail = await arrived(peer, ADA, "export_ready", language)
    for part in (mail.part("plain"), mail.part("html")):
        assert "https://api.school.test/users/exports/a-secret" in part
    await auth.say(erasure_completed("was@school.test", language))
    mail = await arrived(peer, "was@school.test", "erasure_completed", language)
    assert texts.GREETING.in_(language) in mail.part("plain")

    async def all_ended() -> bool:
        return await service.database["deliveries"].count_documents({"state": "sent"}) == 4

    await eventually(all_ended, within=30)
    assert len(peer.took) == 4
    left = repr([each async for each in service.database["deliveries"].find()])
    assert not [what for what in (ADA, "was@", "Ada", "Istanbul", "secret") if what in left]


async def test_until_they_choose_a_language_people_are_written_to_in_that_of_their_sign_up(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    await told(auth, service, registered(ada, ADA, language="tr"), profile_updated(ada, name="Ada"))
    await auth.say(deletion_cancelled(ada))
    await arrived(peer, ADA, "deletion_cancelled", "tr")


async def test_the_same_event_again_and_again_is_one_mail(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    await told(auth, service, registered(ada, ADA))
    await auth.repeat(deletion_requested(ada), 50, "tell-leaving")
    await auth.say(deletion_cancelled(ada))
    await arrived(peer, ADA, "deletion_cancelled")
    await arrived(peer, ADA, "deletion_requested")
    assert len(peer.took) == 2


async def test_who_did_not_want_another_address_hears_of_it_at_the_one_before(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    await told(auth, service, registered(ada, ADA, language="de"), profile_updated(ada, name="Ada"))
    none = {"account": dict.fromkeys(("inbox", "email", "push"), False)}
    chosen = {"$set": {"preferences": none}}
    await service.database["people"].update_one({"_id": ada}, chosen)
    await told(auth, service, email_changed(ada, "other@school.test", 2, ADA))
    mail = await arrived(peer, ADA, "email_replaced", "de")
    for part in (mail.part("plain"), mail.part("html")):
        assert texts.GREETING_BY_NAME.in_("de", name="Ada") in part
        assert "other@" not in part
    assert peer.to("other@school.test") == []


async def test_mails_to_somebody_not_known_yet_wait_until_they_are(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    await told(auth, service, profile_updated(ada, name="Ada"))
    await auth.say(deletion_requested(ada))
    await told(auth, service, registered(ada, ADA))
    await arrived(peer, ADA, "deletion_requested")


async def test_whom_no_mail_can_reach_gets_none(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    phone = {"country_code": "+90", "phone_number": "5551234567"}
    await told(auth, service, registered(ada, None, **phone), deletion_requested(ada))
    assert await service.database["deliveries"].count_documents({"user_id": ada}) == 0
    person = await service.database["people"].find_one({"_id": ada})
    assert person is not None
    assert person["phone"] == "+905551234567"


async def test_facts_on_people_may_come_in_any_order(service: Notifications, auth: Auth) -> None:
    ada = new_id()
    await told(
        auth,
        service,
        email_changed(ada, "third@school.test", 3),
        profile_updated(ada, 2, name="Ada", language="de", timezone="Europe/Berlin"),
        email_changed(ada, "second@school.test", 2, "before@school.test"),
        registered(ada, "first@school.test", language="tr"),
        profile_updated(ada, 1, name="Adele"),
    )
    person = await service.database["people"].find_one({"_id": ada})
    assert person is not None
    earlier = {"first@school.test", "second@school.test", "before@school.test"}
    person.pop("told_at")  # of their changed address
    assert set(person.pop("emails")) == {"third@school.test", *earlier}
    assert person == {
        "_id": ada,
        "email": "third@school.test",
        "email_version": 3,
        "phone": None,
        "signup_language": "tr",
        "registered_version": 1,
        "name": "Ada",
        "language": "de",
        "timezone": "Europe/Berlin",
        "profile_version": 2,
    }


async def test_who_has_changed_their_mind_is_not_told_the_opposite_afterwards(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada, bob = new_id(), new_id()
    await told(auth, service, registered(ada, ADA), registered(bob, BOB))
    peer.rcpt[ADA] = ["451 later"]
    await told(auth, service, deletion_requested(ada))  # a mail that waits for the mail server

    async def waits() -> bool:
        return (await row(service, "deletion_requested"))["state"] == "retrying"

    await eventually(waits)
    await told(auth, service, deletion_cancelled(ada))
    peer.rcpt[ADA] = ["250 OK"]
    late = new_id()  # and an event that comes late
    await told(auth, service, deletion_cancelled(bob, late), deletion_requested(bob, late))
    await arrived(peer, ADA, "deletion_cancelled")
    await arrived(peer, BOB, "deletion_cancelled")
    assert len(peer.took) == 2
    assert (await row(service, "deletion_requested"))["error"] == "superseded"


async def test_what_they_have_taken_back_stops_in_the_middle_of_its_first_attempt(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    await told(auth, service, registered(ada, ADA))
    peer.rcpt[ADA] = [HELD, "250 OK"]
    await told(auth, service, deletion_requested(ada))
    await eventually(lambda: peer.seen[ADA] == 1, within=30)
    await told(auth, service, deletion_cancelled(ada))
    assert (await row(service, "deletion_requested"))["error"] == "superseded"
    peer.released.set()
    await arrived(peer, ADA, "deletion_cancelled")
    assert len(peer.took) == 1
    assert (await row(service, "deletion_requested"))["state"] == "failed"


async def test_mails_outlive_an_outage_of_the_mail_server_and_the_last_address_stays_sealed(
    backbone: Stack, prefix: str, auth: Auth
) -> None:
    ada = new_id()
    with place() as away:
        async with notifications(backbone, prefix, smtp_url=Secret(url_of(away))) as service:
            await told(auth, service, registered(ada, ADA), deletion_requested(ada))
            await told(auth, service, erasure_completed("was@school.test"))
            await told(auth, service, export_ready(ada, "/users/exports/a-secret"))

            async def all_retrying() -> bool:
                waiting = {"state": "retrying"}
                return await service.database["deliveries"].count_documents(waiting) == 3

            await eventually(all_retrying, within=30)
            stored = repr(await service.everything())
            assert "was@school.test" not in stored
            assert "a-secret" not in stored
            async with smtp_peer(away) as back:
                await arrived(back, ADA, "deletion_requested")
                await arrived(back, "was@school.test", "erasure_completed")
                await arrived(back, ADA, "export_ready")


async def test_a_last_address_that_is_dead_leaves_no_trace(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    peer.rcpt[ADA] = ["550 5.1.1 no such user"]
    await auth.say(erasure_completed(ADA))

    async def failed() -> bool:
        return (await row(service, "erasure_completed"))["state"] == "failed"

    await eventually(failed)
    assert await service.database["suppressions"].count_documents({}) == 0


async def test_the_dev_inbox_shows_these_mails_too(
    backbone: Stack, prefix: str, auth: Auth
) -> None:
    async with notifications(backbone, prefix) as service:
        ada = new_id()
        await told(auth, service, registered(ada, ADA))
        await auth.say(export_ready(ada, "/users/exports/a-secret"))

        async def shown() -> list[dict[str, Any]]:
            answer = await service.http.get("/dev/inbox", headers={"Accept": "application/json"})
            messages: list[dict[str, Any]] = answer.json()["data"]
            return messages

        (message,) = await eventually(shown)
        assert (message["to"], message["code"]) == (ADA, None)
        link = "http://localhost:8080/users/exports/a-secret"
        assert link in message["text"]
        page = (await service.http.get("/dev/inbox")).text
        assert f'<a href="{link}"' in page
        assert "<code>" not in page
