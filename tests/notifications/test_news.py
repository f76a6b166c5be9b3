"""News of learning: one entry and one mail each, in the person's language, in nobody's way."""

import zlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from deploy.stack import Stack
from services.notifications.settings import Secret
from shared.contracts.learning import MaterialUnassigned
from shared.contracts.users import UserExportRequested
from shared.ids import new_id
from shared.languages import LANGUAGES, Language
from tests.eventually import eventually
from tests.notifications.people import (
    NOON,
    SEAL,
    arrived,
    assigned,
    deleted,
    deletion_requested,
    profile_updated,
    registered,
    submitted,
    told,
)
from tests.notifications.running import Auth, Notifications, notifications
from tests.notifications.smtp_peer import NEVER, SmtpPeer

ADA = "ada@school.test"
SCORES: dict[Language, str] = {"en": "87.5", "tr": "87,5", "es": "87,5", "de": "87,5"}
CROWD = 120


@pytest.fixture
async def service(backbone: Stack, prefix: str, peer: SmtpPeer) -> AsyncIterator[Notifications]:
    async with notifications(backbone, prefix, smtp_url=Secret(peer.url)) as service:
        yield service


def unassigned(user_id: str) -> MaterialUnassigned:
    return MaterialUnassigned(
        user_id=user_id, material_id=new_id(), title="Verbs", unassigned_at=NOON
    )


async def entries(service: Notifications, user_id: str) -> dict[str, dict[str, Any]]:
    rows = await service.database["notifications"].find({"user_id": user_id}).to_list()
    assert len({row["type"] for row in rows}) == len(rows)
    return {row["type"]: row for row in rows}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_event_is_an_entry_and_a_mail_in_the_same_words(
    service: Notifications, auth: Auth, peer: SmtpPeer, language: Language
) -> None:
    ada = new_id()
    profile = {"name": "Ada", "language": language}
    await told(auth, service, registered(ada, ADA), profile_updated(ada, **profile))
    result = submitted(ada, "English {placement}")
    await told(auth, service, result, assigned(ada), unassigned(ada))
    found = await entries(service, ada)
    assert {row["category"] for row in found.values()} == {"tests", "materials"}
    for template in ("test_submitted", "material_assigned", "material_unassigned"):
        mail = await arrived(peer, ADA, template, language)
        entry = found[template]
        assert mail.message["Subject"] == entry["title"]
        assert entry["message"] in mail.part("plain")
        assert (entry["read"], entry["created_at"].hour) == (False, 12)
        assert len(entry["_id"]) == 24
    outcome = found["test_submitted"]
    assert "English {placement}" in outcome["message"]
    assert SCORES[language] in outcome["message"]
    assert outcome["metadata"] == {
        "resultId": result.result_id,
        "testId": result.test_id,
        "targetLanguage": "en",
        "level": "B2",
        "totalScore": 87.5,
    }
    assert len(peer.took) == 3


async def test_the_same_event_again_and_again_is_one_entry_and_one_mail(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    await told(auth, service, registered(ada, ADA))
    await auth.repeat(assigned(ada), 50, "tell-material")
    await told(auth, service, submitted(ada))
    await arrived(peer, ADA, "material_assigned")
    await arrived(peer, ADA, "test_submitted")
    assert len(await entries(service, ada)) == 2
    assert len(peer.took) == 2


async def test_whom_no_mail_can_reach_finds_an_entry(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    phone = {"country_code": "+90", "phone_number": "5551234567"}
    await told(auth, service, registered(ada, None, **phone), submitted(ada))
    assert len(await entries(service, ada)) == 1
    assert await service.database["deliveries"].count_documents({"user_id": ada}) == 0


async def test_the_erased_are_told_nothing_and_their_entries_go(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    ada = new_id()
    await told(auth, service, registered(ada, ADA), submitted(ada))
    await arrived(peer, ADA, "test_submitted")
    await told(auth, service, deleted(ada), assigned(ada), unassigned(ada), submitted(ada))
    (receipt,) = await eventually(lambda: service.said("user.erased"), within=30)
    assert receipt["counts"]["notifications"] == 1
    assert ada not in repr(await service.everything())
    assert len(peer.took) == 1


async def test_an_export_has_the_entries(service: Notifications, auth: Auth) -> None:
    ada, bob, export_id = new_id(), new_id(), new_id()
    await told(auth, service, registered(ada, ADA), registered(bob, "bob@school.test"))
    await told(auth, service, submitted(ada), assigned(bob))
    await told(auth, service, UserExportRequested(user_id=ada, export_id=export_id))
    (piece,) = await service.said("user.exported")
    exported = msgspec.json.decode(zlib.decompress(SEAL.open(piece["sealed"], export_id)))
    (entry,) = exported["notifications"]
    assert (entry["type"], entry["created_at"]) == ("test_submitted", NOON)


async def test_assignments_by_the_hundred_hold_up_neither_codes_nor_mails_on_accounts(
    service: Notifications, auth: Auth, peer: SmtpPeer
) -> None:
    """On a mail server that has no answer to them: each takes one of the ten places for 5 s."""
    crowd = {new_id(): f"{number}@school.test" for number in range(CROWD)}
    peer.rcpt = {email: [NEVER] for email in crowd.values()}
    for user_id, email in crowd.items():
        await auth.say(registered(user_id, email))
    for user_id in crowd:
        await auth.say(assigned(user_id))
    ada = new_id()
    await told(auth, service, registered(ada, ADA))

    async def all_written_down() -> bool:
        return await service.database["notifications"].count_documents({}) == CROWD

    await eventually(all_written_down, within=60)
    await auth.say(deletion_requested(ada))
    await auth.ask("bob@school.test", "090817")
    await eventually(lambda: peer.to("bob@school.test"), within=20)  # behind them: a minute
    await arrived(peer, ADA, "deletion_requested")
    waiting = {"template": "material_assigned", "due_at": {"$exists": True}}
    assert await service.database["deliveries"].count_documents(waiting) > CROWD // 2
