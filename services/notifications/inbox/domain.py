"""What people read in the app. No input or output."""

from datetime import datetime

import msgspec


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in the list that a person reads in the app. `type`: what happened; `category`: what
    it belongs to, by which people choose what reaches them; `metadata`: what the app needs to open
    it."""

    id: str
    user_id: str
    type: str
    category: str
    title: str
    message: str
    metadata: dict[str, str | float] = {}
    read: bool = False
    created_at: datetime
    updated_at: datetime
