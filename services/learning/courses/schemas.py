"""What the endpoints of courses take and answer (contract, section 4)."""

from typing import Annotated, cast

from msgspec import UNSET, Meta, UnsetType

from services.learning.courses.repository import Selection
from services.learning.courses.service import Wanted
from services.learning.language_tags import BAD_LOCALE, BAD_TAG, language_tag
from services.learning.levels import BAD_LEVEL, Level, level_called
from services.learning.links import LONGEST_LINK
from shared import languages
from shared.errors import InvalidFields
from shared.http.pagination import PageRequest
from shared.http.schemas import Body
from shared.languages import LANGUAGES, Language, Text
from shared.searching import folded
from shared.text_fields import LINES, NAME

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=NAME)]
Description = Annotated[str, Meta(max_length=10_000, pattern=LINES)]
Weeks = Annotated[int, Meta(ge=1, le=520)]
Lessons = Annotated[int, Meta(ge=1, le=100)]
LanguageTag = Annotated[str, Meta(max_length=40)]
Link = Annotated[str, Meta(max_length=LONGEST_LINK)]
Start = Annotated[str, Meta(max_length=40)]
Tag = Annotated[str, Meta(min_length=1, max_length=50, pattern=NAME)]
Tags = Annotated[tuple[Tag, ...], Meta(max_length=20)]


class PriceBody(Body, frozen=True, kw_only=True):
    """`amount`: a decimal as a string, or as a number."""

    amount: Annotated[str, Meta(max_length=40)] | int | float
    currency: Annotated[str, Meta(max_length=3)]


class ChangeCourse(Body, frozen=True, kw_only=True):
    """What is left out stays; null clears."""

    title: Title | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    target_language: LanguageTag | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    locale: Language | UnsetType = UNSET
    price: PriceBody | UnsetType | None = UNSET
    image_url: Link | UnsetType | None = UNSET
    duration_weeks: Weeks | UnsetType | None = UNSET
    lessons_per_week: Lessons | UnsetType | None = UNSET
    starts_at: Start | UnsetType | None = UNSET
    tags: Tags | UnsetType | None = UNSET
    is_published: bool | UnsetType = UNSET

    def changes(self) -> dict[str, object]:
        """Members of Course and their new values."""
        members = {name: getattr(self, name) for name in self.__struct_fields__}
        changes = {name: value for name, value in members.items() if value is not UNSET}
        if isinstance(price := self.price, PriceBody):
            changes["price"] = (price.amount, price.currency)
        if self.tags is None:
            changes["tags"] = ()
        return changes


class CreateCourse(ChangeCourse, frozen=True, kw_only=True):
    title: Title
    target_language: LanguageTag
    level: Level

    def changes(self) -> dict[str, object]:
        """With the language of the request, where the body names none."""
        return {"locale": languages.current(), **super().changes()}


def wanted_courses(
    page: int | None,
    limit: int | None,
    target_language: str | None,
    level: str | None,
    locale: str | None,
    search: str | None,
    *,
    published_only: bool,
) -> Wanted:
    """The query of the list. Raises InvalidFields."""
    wrong: dict[str, Text] = {}
    tag = language_tag(target_language) if target_language is not None else None
    if target_language is not None and tag is None:
        wrong["targetLanguage"] = BAD_TAG
    found = level_called(level) if level is not None else None
    if level is not None and found is None:
        wrong["level"] = BAD_LEVEL
    if locale is not None and locale not in LANGUAGES:
        wrong["locale"] = BAD_LOCALE
    if wrong:
        raise InvalidFields(wrong)
    selection = Selection(
        published_only=published_only,
        target_language=tag,
        level=found,
        locale=cast(Language | None, locale),
        prefix=folded(search or "") or None,
    )
    return Wanted(page=PageRequest.of(page, limit), selection=selection)
