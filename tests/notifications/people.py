"""People as auth and users tell of them, and the mails that they get."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

from deploy.reference import events
from services.notifications import texts
from services.notifications.texts import Template
from shared.clock import timestamp, utc_now
from shared.contracts import Event
from shared.contracts.auth import UserEmailChanged, UserRegistered
from shared.contracts.learning import MaterialAssigned, TestSubmitted
from shared.contracts.users import (
    Profile,
    UserDeleted,
    UserDeletionCancelled,
    UserDeletionRequested,
    UserErasureCompleted,
    UserExportReady,
    UserProfileUpdated,
)
from shared.ids import new_id
from shared.languages import Language
from shared.seal import Seal
from tests.eventually import eventually
from tests.notifications.running import PRIVACY_KEY, Auth, Notifications
from tests.notifications.smtp_peer import Mail, SmtpPeer

SEAL = Seal(PRIVACY_KEY)
NOON = "2026-03-14T12:00:00.000Z"


def _handlers() -> Counter[str]:
    """How many handlers notifications has for the events of each kind."""
    return Counter(
        operation["channel"]["$ref"].rpartition("/")[2]
        for name, operation in events.document()["operations"].items()
        if operation["action"] == "receive" and name.startswith(("notifications-", "each-"))
    )


HANDLERS = _handlers()


def registered(user_id: str, email: str | None, **more: Any) -> UserRegistered:
    return UserRegistered(
        **{
            "user_id": user_id,
            "version": 1,
            "email": email,
            "country_code": None,
            "phone_number": None,
            "role": "user",
            "language": "en",
            "signup_source": None,
            "signup_campaign": None,
            "registered_at": NOON,
            **more,
        }
    )


def email_changed(
    user_id: str, email: str, version: int, previous: str | None = None
) -> UserEmailChanged:
    return UserEmailChanged(user_id=user_id, email=email, version=version, previous_email=previous)


def profile_updated(user_id: str, version: int = 1, **profile: Any) -> UserProfileUpdated:
    return UserProfileUpdated(user_id=user_id, version=version, profile=Profile(**profile))


def deletion_requested(user_id: str, deletion_id: str = "") -> UserDeletionRequested:
    return UserDeletionRequested(
        user_id=user_id,
        deletion_id=deletion_id or new_id(),
        requested_at=timestamp(utc_now()),
        scheduled_for=NOON,
    )


def deletion_cancelled(user_id: str, deletion_id: str = "") -> UserDeletionCancelled:
    return UserDeletionCancelled(
        user_id=user_id, deletion_id=deletion_id or new_id(), cancelled_at=timestamp(utc_now())
    )


def deleted(user_id: str, email: str | None = None) -> UserDeleted:
    erasure_id = new_id()
    sealed = SEAL.close(email.encode(), erasure_id) if email else None
    return UserDeleted(user_id=user_id, erasure_id=erasure_id, sealed_email=sealed)


def erasure_completed(email: str, language: Language = "en") -> UserErasureCompleted:
    erasure_id = new_id()
    return UserErasureCompleted(
        erasure_id=erasure_id,
        sealed_email=SEAL.close(email.encode(), erasure_id),
        language=language,
        completed_at=timestamp(utc_now()),
    )


def submitted(user_id: str, title: str = "Placement") -> TestSubmitted:
    return TestSubmitted(
        user_id=user_id,
        result_id=new_id(),
        test_id=new_id(),
        test_title=title,
        target_language="en",
        level="B2",
        total_score=87.5,
        completed_at=NOON,
    )


def assigned(user_id: str) -> MaterialAssigned:
    return MaterialAssigned(
        user_id=user_id, material_id=new_id(), title="Verbs", locale="en", assigned_at=NOON
    )


def export_ready(user_id: str, path: str) -> UserExportReady:
    export_id = new_id()
    return UserExportReady(
        user_id=user_id,
        export_id=export_id,
        sealed_path=SEAL.close(path.encode(), export_id),
        expires_at=timestamp(utc_now() + timedelta(days=7)),
    )


async def told(auth: Auth, service: Notifications, *events: Event) -> None:
    """Say each of `events` when the one before it was handled."""
    for event in events:
        event_id = await auth.say(event)
        handlers = HANDLERS[event.subject]
        await eventually(partial(service.has_handled, event_id, handlers), within=30)


async def arrived(peer: SmtpPeer, to: str, template: Template, language: Language = "en") -> Mail:
    """The one mail of this kind."""
    subject = texts.LETTERS[template].subject.in_(language)

    def found() -> list[Mail]:
        return [mail for mail in peer.to(to) if mail.message["Subject"] == subject]

    (mail,) = await eventually(found, within=30)
    return mail
