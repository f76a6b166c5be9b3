"""Every template with words that nobody wrote, to be looked at."""

from datetime import datetime, timedelta
from typing import get_args

import msgspec

from services.notifications import texts
from services.notifications.deliveries.domain import Delivery
from services.notifications.deliveries.messages import Answer, Composer, places_in
from services.notifications.inbox.preferences import Way
from services.notifications.texts import Template
from shared.languages import Language

TEMPLATES: tuple[Template, ...] = get_args(Template)

_ID = "0" * 24
_EMAIL = "ada@aula.test"
# Whatever a text has a place for.
_WORDS = {
    "name": "Ada",
    "title": "Unit 1: Greetings",
    "message": "The school is closed on Friday.",
    "level": "B1",
    "score": "87.5",
    "timezone": "Europe/Istanbul",
    "asked_at": "2026-02-14T09:58:22.016Z",
}
_ANSWER = Answer(subject=None, message="Our next course starts in March.\nSee you there!")
# What is sealed in them.
_SECRETS: dict[Template, str] = {
    "code": "123456",
    "export_ready": "/users/exports/sample",
    "erasure_completed": _EMAIL,
    "contact_reply": msgspec.json.encode(_ANSWER).decode(),
}


class Preview(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """`html`: of mails."""

    template: Template
    language: Language
    channel: Way
    subject: str
    text: str
    html: str | None


def channels_of(template: Template) -> list[Way]:
    """By which ways it goes."""
    if template == "code":
        return ["email", "sms"]
    if template == "contact_reply":
        return ["email"]
    note = texts.NOTES.get(template)
    ways: dict[Way, bool] = {
        "inbox": note is not None,
        "email": template in texts.LETTERS,
        "push": note is not None and note.is_pushed,
    }
    return [way for way, is_one in ways.items() if is_one]


def preview(
    template: Template, language: Language, channel: Way, composer: Composer, now: datetime
) -> Preview:
    """`channel`: one of its."""
    words = _WORDS | {"until": (now + timedelta(days=28)).isoformat()}
    if channel == "inbox":
        title, text = texts.NOTES[template].said(language, places_in(words, language))
        html = None
    else:
        sample = Delivery(
            id=_ID,
            channel=channel,
            template=template,
            recipient=_EMAIL,
            language=language,
            params=words,
            expires_at=now + timedelta(minutes=5),
        )
        message = composer.message(sample, _SECRETS.get(template, ""), now)
        title, text, html = message.subject, message.text, message.html
    return Preview(
        template=template,
        language=language,
        channel=channel,
        subject=title,
        text=text,
        html=html,
    )
