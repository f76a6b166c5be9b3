"""A push on its way to a device, and who takes it there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from services.notifications.senders.domain import Going, Result

Platform = Literal["ios", "android", "web"]


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """`id`: 24 hex, the same at each attempt. `data`: what the app needs to open what it is about.
    `badge`: how many entries are unread. After `expires_at` nobody wants it any more."""

    id: str
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


class PushProvider(Protocol):
    """As a `Sender`: bounded in time, awaits `going` right before the push may be out, and raises
    nothing but what `going` raises."""

    async def push(self, token: str, push: Push, going: Going) -> Result | Gone: ...

    async def close(self) -> None: ...
