"""Writing a delivery out: the words from `texts`, the form from `templates/`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from services.notifications import dates, templates, texts
from services.notifications.deliveries.domain import Delivery
from services.notifications.senders.domain import Message
from shared.languages import Language, Text


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an admin answers to somebody who wrote, as it is sealed in the delivery. `subject`: None
    for the usual one."""

    subject: str | None
    message: str


class Composer:
    """Writes messages. `domain` is where the codes are to be used, `public_url` where people reach
    the gateway, `reply_to` where answers to answers go."""

    def __init__(self, domain: str, public_url: str, reply_to: str = "") -> None:
        self._domain = domain
        self._public_url = public_url.rstrip("/")
        self._reply_to = reply_to
        forms = templates.environment()
        self._html = forms.get_template("code.html")
        self._text = forms.get_template("code.txt")
        self._answer_html = forms.get_template("answer.html")
        self._answer_text = forms.get_template("answer.txt")
        self._account_html = forms.get_template("account.html")
        self._account_text = forms.get_template("account.txt")

    def message(self, delivery: Delivery, secret: str, now: datetime) -> Message:
        """`secret`: what was sealed in `delivery`."""
        if delivery.is_code:
            return self._code_message(delivery, secret, now)
        if delivery.channel == "push":
            return _push(delivery)
        if delivery.template == "contact_reply":
            return self._answer_message(delivery, msgspec.json.decode(secret, type=Answer))
        return self._account_message(delivery, secret)

    def _answer_message(self, delivery: Delivery, answer: Answer) -> Message:
        language, params = delivery.language, delivery.params
        asked_at = datetime.fromisoformat(params["asked_at"])
        words = {
            "language": language,
            "subject": answer.subject or texts.ANSWER_SUBJECT.in_(language),
            "message": answer.message,
            "reference": texts.ANSWER_REFERENCE.in_(
                language, date=dates.written(asked_at, language, None)
            ),
        }
        return Message(
            id=delivery.id,
            channel=delivery.channel,
            to=delivery.recipient or "",
            subject=words["subject"],
            text=self._answer_text.render(words),
            html=self._answer_html.render(words),
            is_retry=delivery.attempts > 1,
            thread=tuple(params.get("thread", "").split()),
            reply_to=self._reply_to,
            is_automatic=False,
        )

    def _account_message(self, delivery: Delivery, secret: str) -> Message:
        words = self._account_words(delivery, secret)
        is_last = delivery.template == "erasure_completed"
        return Message(
            id=delivery.id,
            channel=delivery.channel,
            to=secret if is_last else delivery.recipient or "",
            subject=words["subject"],
            text=self._account_text.render(words),
            html=self._account_html.render(words),
            is_retry=delivery.attempts > 1,
            is_news=delivery.is_news,
        )

    def _account_words(self, delivery: Delivery, secret: str) -> dict[str, Any]:
        language, params = delivery.language, delivery.params
        letter = texts.LETTERS[delivery.template]
        places = places_in(params, language)
        name = params.get("name")

        def said(text: Text | None) -> str | None:
            return text.in_(language, **places) if text else None

        return {
            "language": language,
            "subject": said(letter.subject),
            "greeting": texts.GREETING_BY_NAME.in_(language, name=name)
            if name
            else texts.GREETING.in_(language),
            "paragraphs": [said(paragraph) for paragraph in letter.paragraphs],
            "label": said(letter.label),
            "link": self._link(delivery, secret) if letter.label else None,
            "closing": said(letter.closing),
        }

    def _link(self, delivery: Delivery, secret: str) -> str:
        return self._public_url + (secret if delivery.template == "export_ready" else "/")

    def _code_message(self, delivery: Delivery, code: str, now: datetime) -> Message:
        subject = texts.SUBJECT.in_(delivery.language)
        if delivery.channel == "sms":
            text = texts.SMS.in_(delivery.language, code=code, domain=self._domain)
            html = None
        else:
            words = self._words(delivery, code, now) | {"subject": subject}
            text, html = self._text.render(words), self._html.render(words)
        return Message(
            id=delivery.id,
            channel=delivery.channel,
            to=delivery.recipient or "",
            subject=subject,
            text=text,
            html=html,
            code=code,
            is_retry=delivery.attempts > 1,
        )

    def _words(self, delivery: Delivery, code: str, now: datetime) -> dict[str, Any]:
        language = delivery.language
        # What is left of the code's life: a mail that comes late must not promise too much.
        minutes = max(1, round((delivery.expires_at - now).total_seconds() / 60))
        return {
            "language": language,
            "code": code,
            "introduction": texts.INTRODUCTION.in_(language),
            "validity": texts.VALIDITY.in_(language, minutes=minutes),
            "warning": texts.WARNING.in_(language),
            "not_you": texts.NOT_YOU.in_(language),
        }


def places_in(params: Mapping[str, str], language: Language) -> dict[str, str]:
    """What fills the places of a text. `until`, a timestamp, becomes a date as people write it."""
    places = dict(params)
    if until := params.get("until"):
        moment = datetime.fromisoformat(until)
        places["until"] = dates.written(moment, language, params.get("timezone"))
    return places


def _push(delivery: Delivery) -> Message:
    note = texts.NOTES[delivery.template]
    title, body = note.said(delivery.language, places_in(delivery.params, delivery.language))
    return Message(
        id=delivery.id,
        channel=delivery.channel,
        to=delivery.recipient or "",
        subject=title,
        text=body,
        is_retry=delivery.attempts > 1,
        data=delivery.data,
        expires_at=delivery.expires_at,
    )
