"""Writing a delivery out: the words from `texts`, the form from `templates/`."""

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notifications import texts
from services.notifications.domain import Delivery, Message

_TEMPLATES = Path(__file__).parent / "templates"


def templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        auto_reload=False,
    )


class Composer:
    """Writes messages. `domain` is where the codes are to be used."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        templates_ = templates()
        self._html = templates_.get_template("code.html")
        self._text = templates_.get_template("code.txt")

    def code_message(self, delivery: Delivery, code: str, now: datetime) -> Message:
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
            to=delivery.recipient,
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
