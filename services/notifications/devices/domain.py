"""The devices on which people can be reached. No input or output."""

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from services.notifications.senders.push import Platform
from shared.errors import InvalidFields
from shared.timezones import BAD_TIMEZONE, TIMEZONES

MOST_DEVICES = 20  # of a person
# No session lives longer: what was not heard of for so long is signed in nowhere.
KEPT_DAYS = 90


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is signed in on. `id` is ours; `device_id` what the app calls it. `token`:
    where pushes go; `start_token`: where live activities can be started from here. Each has the
    time at which the app last said that it is the one. `session_id`: the session in which the app
    last said anything."""

    id: str
    user_id: str
    device_id: str
    platform: Platform
    session_id: str
    token: str | None = None
    token_at: datetime | None = None
    start_token: str | None = None
    start_token_at: datetime | None = None
    timezone: str | None = None
    created_at: datetime
    seen_at: datetime


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """What an app says of the device that it runs on. `changes`: of `timezone` and `start_token`
    what it said, None where that is no more. `token` None: nothing is said of it."""

    device_id: str
    platform: Platform
    token: str | None
    changes: dict[str, str | None] = {}

    def __post_init__(self) -> None:
        """Raises InvalidFields."""
        timezone = self.changes.get("timezone")
        if timezone is not None and timezone not in TIMEZONES:
            raise InvalidFields({"timezone": BAD_TIMEZONE})

    def device(self, user_id: str, session_id: str, before: Device | None, now: datetime) -> Device:
        """The device as it is from now on; `before`: as it was known."""
        known = before or Device(
            id=device_row(user_id, self.device_id),
            user_id=user_id,
            device_id=self.device_id,
            platform=self.platform,
            session_id=session_id,
            created_at=now,
            seen_at=now,
        )
        said: dict[str, Any] = dict(self.changes)
        if "start_token" in said:
            said["start_token_at"] = now if said["start_token"] else None
        if self.token:
            said |= {"token": self.token, "token_at": now}
        return replace(known, platform=self.platform, session_id=session_id, seen_at=now, **said)


def device_row(user_id: str, device_id: str) -> str:
    """One row a person and device."""
    return hashlib.sha256(f"{user_id}:{device_id}".encode()).hexdigest()[:24]
