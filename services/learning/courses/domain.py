"""A course, as it is offered."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from services.learning.courses.prices import Price, price_of
from services.learning.language_tags import BAD_TAG, language_tag
from services.learning.levels import Level
from services.learning.links import BAD_LINK, is_link
from shared.clock import moment_in, timestamp
from shared.errors import InvalidFields
from shared.languages import Language, Text

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)

_BAD_START = Text(
    en="must be a date or time of this century, such as 2026-09-01",
    tr="2026-09-01 gibi bu yüzyıldan bir tarih ya da saat olmalıdır",
    es="debe ser una fecha u hora de este siglo, como 2026-09-01",
    de="muss ein Datum oder eine Zeit in diesem Jahrhundert sein, etwa 2026-09-01",
)


class Course(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A course, as it is kept and as it is shown. Times are UTC timestamps."""

    id: str
    title: str
    description: str | None = None
    target_language: str
    level: Level
    locale: Language
    price: Price | None = None
    image_url: str | None = None
    duration_weeks: int | None = None
    lessons_per_week: int | None = None
    starts_at: str | None = None
    tags: tuple[str, ...] = ()
    is_published: bool = False
    created_at: str
    updated_at: str

    @classmethod
    def new(cls, course_id: str, members: Mapping[str, object], now: datetime) -> "Course":
        """`members`: those of Course, but for id and times; `price` as amount and currency. Raises
        InvalidFields."""
        at = timestamp(now)
        return cls(id=course_id, created_at=at, updated_at=at, **_checked(members))  # type: ignore[arg-type]  # the schema gave each its type

    def changed(self, changes: Mapping[str, object], now: datetime) -> "Course":
        """Itself, where that changes nothing. Raises InvalidFields."""
        course = msgspec.structs.replace(self, **_checked(changes))
        if course == self:
            return self
        return msgspec.structs.replace(course, updated_at=self.next_change(now))

    def next_change(self, now: datetime) -> str:
        """When a change counts as made: after the one before, whatever the clocks of the processes
        say. Who hears of them goes by that."""
        earliest = datetime.fromisoformat(self.updated_at) + timedelta(milliseconds=1)
        return timestamp(max(now, earliest))

    def copied(self, course_id: str, now: datetime) -> "Course":
        at = timestamp(now)
        return msgspec.structs.replace(
            self, id=course_id, is_published=False, created_at=at, updated_at=at
        )


def _checked(members: Mapping[str, object]) -> dict[str, object]:
    checked, wrong = dict(members), dict[str, Text]()
    match members.get("price"):
        case (str() | float() | int() as amount, str() as currency):
            price = price_of(amount, currency)
            if isinstance(price, Price):
                checked["price"] = price
            else:
                wrong |= price
    if isinstance(title := members.get("title"), str):
        checked["title"] = title.strip()
    if isinstance(tags := members.get("tags"), tuple):
        checked["tags"] = tuple(dict.fromkeys(tag.strip() for tag in tags))
    if isinstance(text := members.get("target_language"), str):
        if tag := language_tag(text):
            checked["target_language"] = tag
        else:
            wrong["targetLanguage"] = BAD_TAG
    if isinstance(link := members.get("image_url"), str) and not is_link(link):
        wrong["imageUrl"] = BAD_LINK
    if isinstance(start := members.get("starts_at"), str):
        moment = moment_in(start)
        if moment is None or not _EARLIEST <= moment < _LATEST:
            wrong["startsAt"] = _BAD_START
        else:
            checked["starts_at"] = timestamp(moment)
    if wrong:
        raise InvalidFields(wrong)
    return checked
