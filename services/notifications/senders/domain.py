"""A message on its way out, and what may become of it. No input or output."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal

import msgspec

Channel = Literal["email", "sms", "push"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery, written out. `id` is the delivery's: what makes a repeat recognisable. `thread`:
    ids of the mails before it in a conversation, the oldest first. `is_automatic`: no person wrote
    it. Of a push, `to` is the device's id, and `data` what the app needs to open what it is about.
    """

    id: str
    channel: Channel
    to: str
    subject: str
    text: str
    html: str | None = None
    code: str | None = None
    is_retry: bool = False
    is_news: bool = False
    thread: tuple[str, ...] = ()
    reply_to: str = ""
    is_automatic: bool = True
    data: dict[str, str] = {}
    expires_at: datetime | None = None

    def __repr__(self) -> str:  # so that no traceback or log shows what it says
        return f"Message({self.id})"


class Sent(msgspec.Struct, frozen=True):
    """The peer took it over."""


class TryAgain(msgspec.Struct, frozen=True):
    """The peer has not taken it, and may later. `reason` is ours, never the peer's words. `after`:
    seconds for which it asked to be left alone, if it did."""

    reason: str
    after: float = 0.0


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


class TooLate(MayNotGo):
    """A dead code is never sent, nor is old news."""


class LeaseLost(MayNotGo):
    """Another process has taken the delivery over."""
