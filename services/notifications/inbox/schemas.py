"""What the endpoints of the inbox take and answer (contract, section 5)."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.notifications.inbox import preferences
from services.notifications.inbox.domain import Notification, Selection
from services.notifications.inbox.preferences import FIXED, Category, Choices, Way
from services.notifications.inbox.service import Notice, Wanted
from services.notifications.schemas import EMPTY
from shared.clock import timestamp
from shared.errors import InvalidFields
from shared.http.pagination import Page, PageRequest
from shared.http.schemas import Answer, Body, Id
from shared.languages import Text
from shared.plain_text import is_visible, one_line, several_lines
from shared.text_fields import LINES, NAME

MOST_DELETED = 100  # at once: as many as a page can have
_MOST_METADATA = 2_000  # bytes of JSON: with it, a push must not be larger than 4 KB
_TOO_MUCH = Text(
    en="is larger than 2,000 bytes",
    tr="2.000 bayttan büyük",
    es="ocupa más de 2.000 bytes",
    de="ist größer als 2.000 Bytes",
)

Word = Annotated[str, Meta(min_length=1, max_length=50, pattern=NAME)]
Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=NAME)]
# With something to see in it.
Message = Annotated[
    str, Meta(min_length=1, max_length=4_000, pattern=rf"^(?=[\s\S]*\S)(?:{LINES[1:]})")
]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}(?![\s\S])")]
Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Value = Annotated[str, Meta(max_length=1_000)] | Whole | float | bool | None
Metadata = Annotated[dict[Name, Value], Meta(max_length=20)]


class CreateNotification(Body, frozen=True, kw_only=True):
    user_id: Id
    type: Word
    category: Word
    title: Title
    message: Message
    metadata: Metadata = msgspec.field(default_factory=dict)

    def notice(self) -> Notice:
        """Raises InvalidFields."""
        title, message = one_line(self.title), several_lines(self.message)
        texts = {"title": title, "message": message}
        wrong = {name: EMPTY for name, text in texts.items() if not is_visible(text)}
        if len(msgspec.json.encode(self.metadata)) > _MOST_METADATA:
            wrong["metadata"] = _TOO_MUCH
        if wrong:
            raise InvalidFields(wrong)
        return Notice(
            user_id=self.user_id.lower(),
            type=self.type,
            category=self.category,
            title=title,
            message=message,
            metadata=self.metadata,
            members=("type", "category", "title", "message", "metadata"),
        )


class MarkRead(Body, frozen=True, kw_only=True):
    is_read: bool


class DeleteThese(Body, frozen=True, kw_only=True):
    ids: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=MOST_DELETED)]


class Shown(Answer, frozen=True, kw_only=True):
    """An entry, as the app reads it."""

    id: str
    user_id: str
    type: str
    category: str
    title: str
    message: str
    metadata: dict[str, str | int | float | bool | None]
    read: bool
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, entry: Notification) -> "Shown":
        members = msgspec.structs.asdict(entry)
        times = {name: timestamp(members[name]) for name in ("created_at", "updated_at")}
        return cls(**members | times)

    @classmethod
    def page(cls, page: Page[Notification]) -> "Page[Shown]":
        return Page([cls.of(entry) for entry in page.list], page.pagination)


class Unread(Answer, frozen=True, kw_only=True):
    count: int


class Removed(Answer, frozen=True, kw_only=True):
    success: bool = True
    deleted: int


class Codes(Body, frozen=True, kw_only=True):
    email: bool | UnsetType = UNSET
    sms: bool | UnsetType = UNSET


class Usual(Body, frozen=True, kw_only=True):
    inbox: bool | UnsetType = UNSET
    email: bool | UnsetType = UNSET
    push: bool | UnsetType = UNSET


class ByCategory(Body, frozen=True, kw_only=True):
    codes: Codes | UnsetType = UNSET
    account: Usual | UnsetType = UNSET
    tests: Usual | UnsetType = UNSET
    materials: Usual | UnsetType = UNSET
    courses: Usual | UnsetType = UNSET
    messages: Usual | UnsetType = UNSET
    other: Usual | UnsetType = UNSET


class ChangePreferences(Body, frozen=True, kw_only=True):
    """What is left out stays."""

    preferences: ByCategory

    @property
    def said(self) -> Choices:
        said: dict[str, dict[str, bool]] = msgspec.to_builtins(self.preferences)
        return said


class Preferences(Answer, frozen=True, kw_only=True):
    """By category and way: whether messages come. `fixed`: which cannot be switched off."""

    preferences: Mapping[Category, Mapping[Way, bool]]
    fixed: Mapping[Category, Sequence[Way]]

    @classmethod
    def of(cls, choices: Choices) -> "Preferences":
        return cls(preferences=preferences.shown(choices), fixed=FIXED)


def wanted_notifications(
    user_id: str,
    page: int | None,
    limit: int | None,
    type_: str | None,
    category: str | None,
    read: bool | None,
) -> Wanted:
    selection = Selection(user_id=user_id, type=type_, category=category, read=read)
    return Wanted(page=PageRequest.of(page, limit), selection=selection)
