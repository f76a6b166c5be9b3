"""What notifications holds on a person: handed out when they ask, gone when they are."""

import zlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from deploy.stack import Stack
from services.notifications.settings import Secret
from shared.contracts.users import UserExportRequested
from shared.ids import new_id
from tests.eventually import eventually
from tests.notifications.api import running
from tests.notifications.people import (
    SEAL,
    arrived,
    deleted,
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
from tests.notifications.smtp_peer import HELD, SmtpPeer
from tests.profiling import profiler, scans

ADA, BOB = "ada@school.test", "bob@school.test"
PHONE = {"country_code": "+90", "phone_number": "5551234567"}
NUMBER = "+905551234567"


@pytest.fixture
async def service(backbone: Stack, prefix: str, peer: SmtpPeer) -> AsyncIterator[Notifications]:
    async with notifications(backbone, prefix, smtp_url=Secret(peer.url)) as service:
        yield service


async def receipt(service: Notifications) -> dict[str, Any]:
    (receipt,) = await eventually(lambda: service.said("user.erased"), within=30)
    return receipt


async def test_nothing_is_left_of_somebody_and_nothing_brings_them_back(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    profile = {"name": "Ada Lovelace", "timezone": "Europe/Istanbul"}
    await told(auth, service, registered(ada, ADA, **PHONE), profile_updated(ada, **profile))
    # A mail that was sent, one that waits, codes that wait or were shown, an address called dead.
    await auth.say(export_ready(ada, "/users/exports/a-secret"))
    await arrived(peer, ADA, "export_ready")
    await auth.ask(NUMBER, channel="sms")

    async def shown() -> bool:
        return await service.database["dev_inbox"].count_documents({"to": NUMBER}) == 1

    await eventually(shown)
    peer.rcpt[ADA] = ["451 later"]
    await told(auth, service, deletion_requested(ada))
    await auth.ask(ADA)

    async def waiting() -> bool:
        return await service.database["deliveries"].count_documents({"state": "retrying"}) == 2

    await eventually(waiting)
    peer.rcpt[ADA] = ["550 5.1.1 no such user"]
    await told(auth, service, deletion_cancelled(ada))

    async def dead() -> bool:
        return await service.database["suppressions"].count_documents({}) == 1

    await eventually(dead)

    gone = deleted(ada)
    await told(auth, service, gone)
    counts = (await receipt(service))["counts"]
    assert counts["person"] == counts["dead_addresses"] == counts["dev_inbox"] == 1
    assert counts["deliveries"] == 3
    handed_over = len(peer.took)

    # Whatever was under way, or comes again, finds nobody.
    await told(auth, service, registered(ada, ADA, **PHONE), profile_updated(ada, **profile))
    await told(auth, service, deletion_requested(ada), deletion_cancelled(ada))
    await told(auth, service, export_ready(ada, "/users/exports/a-secret"), gone)
    stored = repr(await service.everything())
    for trace in (ada, ADA, NUMBER, "5551234567", "Lovelace", "a-secret"):
        assert trace not in stored
    assert len(peer.took) == handed_over

    # But for one mail, of which nothing stays either.
    peer.rcpt[ADA] = ["250 OK"]
    await auth.say(erasure_completed(ADA))
    await arrived(peer, ADA, "erasure_completed")

    async def ended() -> bool:
        last = {"template": "erasure_completed", "state": "sent"}
        return await service.database["deliveries"].find_one(last) is not None

    await eventually(ended)
    assert ADA not in repr(await service.everything())


async def test_a_mail_under_way_to_somebody_who_is_erased_is_not_sent(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada, bob = new_id(), new_id()
    await told(auth, service, registered(ada, ADA), registered(bob, BOB))
    peer.rcpt[ADA] = [HELD]
    await auth.say(deletion_requested(ada))
    await eventually(lambda: peer.seen[ADA])
    await auth.say(deleted(ada))
    await receipt(service)
    peer.released.set()
    await auth.say(deletion_requested(bob))
    await arrived(peer, BOB, "deletion_requested")  # so hers has had its answer, too
    assert peer.taken(ADA) == []
    assert ADA not in repr(await service.everything())


async def test_what_went_to_former_emails_is_erased_unless_they_are_somebody_elses_now(
    backbone: Stack, prefix: str, auth: Auth
) -> None:
    ada, bob = new_id(), new_id()
    before, later, now = "ada@first.test", "ada@second.test", "ada@third.test"
    async with notifications(backbone, prefix) as service:  # with a dev inbox
        await told(auth, service, registered(ada, before), email_changed(ada, now, 3))
        await told(auth, service, email_changed(ada, later, 2))  # which comes late
        await told(auth, service, registered(bob, later))
        for address in (before, later, now):
            await auth.ask(address)

        async def shown() -> set[str]:
            theirs = {"to": {"$in": [before, later, now]}}
            return {row["to"] async for row in service.database["dev_inbox"].find(theirs)}

        async def all_shown() -> bool:
            return await shown() == {before, later, now}

        await eventually(all_shown)
        await auth.say(deleted(ada))
        await receipt(service)
        assert await shown() == {later}
        everything = repr(await service.everything())
        assert before not in everything
        assert now not in everything


async def test_people_get_what_is_held_on_them_without_the_secrets(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada, bob = new_id(), new_id()
    await told(auth, service, registered(ada, ADA, **PHONE), profile_updated(ada, name="Ada"))
    await told(auth, service, registered(bob, BOB), deletion_requested(bob))
    await auth.say(export_ready(ada, "/users/exports/a-secret"))
    await arrived(peer, ADA, "export_ready")
    await auth.ask(NUMBER, "090817", channel="sms")
    peer.rcpt[ADA] = ["451 later"]
    await auth.ask(ADA, "090817")

    async def waiting() -> bool:
        return await service.database["deliveries"].count_documents({"state": "retrying"}) == 1

    await eventually(waiting)
    await eventually(lambda: service.database["dev_inbox"].find_one())
    export_id = new_id()
    await told(auth, service, UserExportRequested(user_id=ada, export_id=export_id))
    (piece,) = await service.said("user.exported")
    exported = zlib.decompress(SEAL.open(piece["sealed"], export_id))
    data = msgspec.json.decode(exported)
    (person,) = data["person"]
    assert person["id"] == ada
    assert (person["email"], person["phone"], person["name"]) == (ADA, NUMBER, "Ada")
    assert [each["template"] for each in data["deliveries"]] == ["export_ready"]
    assert [each["recipient"] for each in data["codes_under_way"]] == [ADA]
    assert [each["to"] for each in data["dev_inbox"]] == [NUMBER]
    for foreign in ("a-secret", "090817", BOB, "sealed", "version"):
        assert foreign.encode() not in exported


async def test_what_is_held_is_found_by_indexes(backbone: Stack) -> None:
    async with running(backbone) as api:  # which has its indexes
        ada = await api.somebody()
        async with profiler(backbone, api.database.name) as driver:
            export = UserExportRequested(user_id=ada, export_id=new_id())
            await told(api.auth, api.service, export, deleted(ada))
            seen = driver[api.database.name]["system.profile"]
            operations = list(seen.find({"appName": "aula"}))
    assert {"notifications", "deliveries", "dev_inbox", "live_sessions", "people"} <= {
        each["ns"].partition(".")[2] for each in operations
    }
    assert scans(operations) == []
