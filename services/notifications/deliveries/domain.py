"""What a delivery is, and when it is tried again. No input or output."""

import hashlib
import random
from datetime import datetime, timedelta
from typing import Literal, get_args

import msgspec

from services.notifications.senders.domain import Channel
from services.notifications.texts import Template
from shared.contracts.auth import OtpRequested
from shared.languages import Language

# An admin can cause thousands of these with one call, and so can strangers with many: they give way
# to all others.
NEWS: tuple[Template, ...] = (
    "test_submitted",
    "material_assigned",
    "material_unassigned",
    "contact_received",
    "notice",
    "contact_notice",
)
# To who wrote to the school, whether they have an account or not.
CONTACT: tuple[Template, ...] = ("contact_received", "contact_reply")
# Each has room of its own. Pushes too: they come by the thousand, and another provider takes them.
Lane = Literal["urgent", "push", "news"]
LANES: tuple[Lane, ...] = get_args(Lane)
State = Literal["queued", "sending", "sent", "retrying", "failed", "expired", "unknown"]

_FIRST_PAUSE = 1.0  # seconds
# Somebody waits for a code; other mails only have to outlive what a mail server may go through.
_LONGEST_PAUSE_OF_CODES, _LONGEST_PAUSE = 20.0, 900.0
_LIFE = timedelta(days=3)  # of a mail that is no code
_LIFE_OF_PUSHES = timedelta(days=1)
# A refused mail costs nothing. A text message that a provider took without saying so does.
_MOST_ATTEMPTS: dict[Channel, float] = {
    "email": float("inf"),
    "sms": 4,
    "push": float("inf"),
}


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one recipient. What it is about, and to whom it goes, is removed with its end.

    `recipient`: an email address, a phone number, or the id of a device. `params` are no secrets.
    `sealed` is one, and opens for `context` only: the code, the path of an export, an `Answer`, or,
    of the last mail to somebody, their address (there is no `recipient` then). `user_id` is there
    where it concerns an account. `data`: of a push, what the app is handed.

    States: `queued`, nobody tried yet; `sending`, it may be with the peer; `retrying`, it is not;
    and the ends: `sent`, the peer took it; `failed`, it never will; `expired`, its time was over
    first; `unknown`, handed over whole and never answered.
    """

    id: str
    channel: Channel
    template: Template = "code"
    recipient: str | None = None
    language: Language
    params: dict[str, str] = {}
    data: dict[str, str] = {}
    sealed: str = ""
    context: str = ""
    user_id: str | None = None
    expires_at: datetime
    state: State = "queued"
    attempts: int = 0
    error: str | None = None

    @classmethod
    def of_code(cls, event: OtpRequested, event_id: str) -> "Delivery":
        """One event, one delivery: the id of the one makes the id of the other."""
        return cls(
            id=delivery_id(event_id),
            channel=event.channel,
            recipient=event.recipient,
            language=event.language,
            sealed=event.sealed_code,
            context=event.challenge_id,
            expires_at=datetime.fromisoformat(event.expires_at),
        )

    @classmethod
    def of_mail(
        cls,
        template: Template,
        language: Language,
        *,
        event_id: str,
        now: datetime,
        recipient: str | None = None,
        user_id: str | None = None,
        params: dict[str, str | None] | None = None,
        sealed: str = "",
        context: str = "",
    ) -> "Delivery":
        """`params` that are None are left out."""
        return cls(
            id=delivery_id(event_id),
            channel="email",
            template=template,
            recipient=recipient,
            language=language,
            params={name: value for name, value in (params or {}).items() if value},
            sealed=sealed,
            context=context,
            user_id=user_id,
            expires_at=now + _LIFE,
        )

    @classmethod
    def of_push(
        cls,
        template: Template,
        language: Language,
        *,
        event_id: str,
        now: datetime,
        device_id: str,
        user_id: str,
        params: dict[str, str | None],
        data: dict[str, str],
    ) -> "Delivery":
        """`device_id`: of its row."""
        return cls(
            id=delivery_id(f"{event_id}:{device_id}"),
            channel="push",
            template=template,
            recipient=device_id,
            language=language,
            params={name: value for name, value in params.items() if value},
            data=data,
            user_id=user_id,
            expires_at=now + _LIFE_OF_PUSHES,
        )

    @property
    def lane(self) -> Lane:
        if self.channel == "push":
            return "push"
        return "news" if self.template in NEWS else "urgent"

    @property
    def is_code(self) -> bool:
        return self.template == "code"

    @property
    def is_news(self) -> bool:
        return self.lane == "news"

    def expired(self, now: datetime) -> bool:
        return now >= self.expires_at


def kinds_in(lane: Lane) -> tuple[list[Template], list[Channel]]:
    """What goes there: which templates, by which channels."""
    every: list[Template] = list(get_args(Template))
    if lane == "push":
        return every, ["push"]
    return [each for each in every if (each in NEWS) == (lane == "news")], ["email", "sms"]


def delivery_id(event_id: str) -> str:
    return hashlib.sha256(event_id.encode()).hexdigest()[:24]


def pause_after(channel: Channel, attempts: int, template: Template = "code") -> float | None:
    """Seconds until the next attempt, with jitter; None where there shall be none."""
    if attempts >= _MOST_ATTEMPTS[channel]:
        return None
    longest = _LONGEST_PAUSE_OF_CODES if template == "code" else _LONGEST_PAUSE
    pause = min(_FIRST_PAUSE * 2 ** max(0, min(attempts, 20) - 1), longest)
    return float(pause * random.uniform(0.9, 1.1))
