"""A push on its way to a device, and who takes it there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from services.notifications.senders.domain import Going, Refused, Result

Platform = Literal["ios", "android", "web"]


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """`id`: 24 hex, the same at each attempt. `data`: what the app needs to open what it is about.
    `badge`: how many entries are unread. After `expires_at` nobody wants it any more. `to`: their
    email, phone number or id, which only the dev inbox shows."""

    id: str
    to: str = ""
    title: str
    body: str
    data: Mapping[str, str]
    badge: int | None = None
    expires_at: datetime

    def __repr__(self) -> str:  # so that no traceback or log shows what it says
        return f"Push({self.id})"


class Gone(msgspec.Struct, frozen=True):
    """The token leads nowhere any more. `since`: when the provider found out, where it says so: a
    token that was registered after that is alive."""

    since: datetime | None = None


class Alert(msgspec.Struct, frozen=True):
    """`sound`: a name of one in the app, or `default`; None: silently."""

    title: str
    body: str
    sound: str | None = "default"


class ActivityPush(msgspec.Struct, frozen=True, kw_only=True):
    """A state of a live activity, for one device. `id` and `to`: as in `Push`. `timestamp`: whole
    seconds since 1970; a device passes over what is not newer than what it has. `stale_at`: when
    the state shall count as old, `dismiss_at`: when an ended activity shall leave the screen.
    `content_state`: a JSON object; None: what was shown last."""

    id: str
    to: str = ""
    event: Literal["update", "end"]
    content_state: msgspec.Raw | None
    timestamp: int
    priority: Literal[5, 10]
    alert: Alert | None = None
    stale_at: datetime | None = None
    dismiss_at: datetime | None = None
    expires_at: datetime

    def __repr__(self) -> str:
        return f"ActivityPush({self.id})"


class PushProvider(Protocol):
    """As a `Sender`: bounded in time, awaits `going` right before the push may be out, and raises
    nothing but what `going` raises."""

    async def push(self, token: str, push: Push, going: Going) -> Result | Gone: ...

    async def close(self) -> None: ...


class ActivityProvider(Protocol):
    """As a `PushProvider`."""

    async def update(self, token: str, activity: ActivityPush, going: Going) -> Result | Gone: ...

    async def close(self) -> None: ...


class NoPushProvider:
    async def push(self, token: str, push: Push, going: Going) -> Result | Gone:
        return Refused("no push provider")

    async def update(self, token: str, activity: ActivityPush, going: Going) -> Result | Gone:
        return Refused("no push provider")

    async def close(self) -> None:
        pass
