"""What a delivery is, what may become of it, and when it is tried again. No input or output."""

import hashlib
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal

import msgspec

from shared.contracts.auth import OtpRequested
from shared.languages import Language

Channel = Literal["email", "sms"]
State = Literal["queued", "sending", "sent", "retrying", "failed", "expired", "unknown"]

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 20.0  # seconds
# A refused mail costs nothing. A text message that a provider took without saying so does.
_MOST_ATTEMPTS: dict[Channel, float] = {"email": float("inf"), "sms": 4}


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one recipient. `sealed_code` opens for the context `challenge_id`, and is
    removed with the end of the delivery.

    States: `queued`, nobody tried yet; `sending`, it may be with the peer; `retrying`, it is not;
    and the ends: `sent`, the peer took it; `failed`, it never will; `expired`, the code died first;
    `unknown`, handed over whole and never answered.
    """

    id: str
    channel: Channel
    recipient: str
    language: Language
    challenge_id: str
    sealed_code: str = ""
    expires_at: datetime
    state: State = "queued"
    attempts: int = 0
    error: str | None = None

    @classmethod
    def of_code(cls, event: OtpRequested, event_id: str) -> "Delivery":
        """One event, one delivery: the id of the one makes the id of the other."""
        return cls(
            id=hashlib.sha256(event_id.encode()).hexdigest()[:24],
            channel=event.channel,
            recipient=event.recipient,
            language=event.language,
            challenge_id=event.challenge_id,
            sealed_code=event.sealed_code,
            expires_at=datetime.fromisoformat(event.expires_at),
        )

    def expired(self, now: datetime) -> bool:
        return now >= self.expires_at


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery, written out. `id` is the delivery's: what makes a repeat recognisable."""

    id: str
    channel: Channel
    to: str
    subject: str
    text: str
    html: str | None = None
    code: str
    is_retry: bool = False

    def __repr__(self) -> str:  # so that no traceback or log shows a code
        return f"Message({self.id})"


class Sent(msgspec.Struct, frozen=True):
    """The peer took it over."""


class TryAgain(msgspec.Struct, frozen=True):
    """The peer has not taken it, and may later. `reason` is ours, never the peer's words."""

    reason: str


class Refused(msgspec.Struct, frozen=True):
    """It will never be taken. `dead_address`: nothing will, at this address."""

    reason: str
    dead_address: bool = False


class Unknown(msgspec.Struct, frozen=True):
    """All of it was handed over, and no answer came."""

    reason: str


Result = Sent | TryAgain | Refused | Unknown
# Called by a sender right before the step from which on the message may be delivered. What it
# raises, the sender lets through.
Going = Callable[[], Awaitable[None]]


class MayNotGo(Exception):
    """At the last moment: the message must not be sent after all."""


class CodeDied(MayNotGo):
    """A dead code is never sent."""


class LeaseLost(MayNotGo):
    """Another process has taken the delivery over."""


def pause_after(channel: Channel, attempts: int) -> float | None:
    """Seconds until the next attempt, with jitter; None where there shall be none."""
    if attempts >= _MOST_ATTEMPTS[channel]:
        return None
    pause = min(_FIRST_PAUSE * 2 ** max(0, min(attempts, 10) - 1), _LONGEST_PAUSE)
    return float(pause * random.uniform(0.9, 1.1))
