"""What people read in the app. No input or output."""

from datetime import datetime

import msgspec

from services.notifications.texts import Template

Metadata = dict[str, str | int | float | bool | None]


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
    metadata: Metadata = {}
    read: bool = False
    created_at: datetime
    updated_at: datetime


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries of somebody are wanted; None: any."""

    user_id: str
    type: str | None = None
    category: str | None = None
    read: bool | None = None


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is to be told. `words`: what the words of the template name; `about`: the
    metadata; `at`: when it happened. `type`: if it is not called as its template is. `sealed`,
    which opens for `context`: what only the mail says."""

    template: Template
    category: str
    at: datetime
    words: dict[str, str] = {}
    about: Metadata = {}
    type: str = ""
    sealed: str = ""
    context: str = ""
