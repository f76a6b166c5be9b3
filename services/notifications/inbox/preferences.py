"""What people choose: which ways messages of a category may take to them. No input or output."""

from collections.abc import Mapping
from typing import Literal, get_args

from shared.errors import InvalidFields
from shared.languages import Text

Category = Literal["codes", "account", "tests", "materials", "courses", "messages", "other"]
Way = Literal["inbox", "email", "push", "sms"]
Choices = Mapping[str, Mapping[str, bool]]  # by category and way

CATEGORIES: tuple[Category, ...] = get_args(Category)
_USUAL: tuple[Way, ...] = ("inbox", "email", "push")
# Somebody who asks for a code waits for it. And nobody, not even somebody who got hold of an
# account, shall be able to leave, or to take a copy of all there is, without a mail that says so.
FIXED: Mapping[Category, tuple[Way, ...]] = {"codes": ("email", "sms"), "account": ("email",)}


class AlwaysSent(InvalidFields):
    code = "always_sent"


_ALWAYS = Text(
    en="cannot be switched off",
    tr="kapatılamaz",
    es="no se puede desactivar",
    de="kann nicht abgeschaltet werden",
)


def ways_of(category: Category) -> tuple[Way, ...]:
    return ("email", "sms") if category == "codes" else _USUAL


def category_of(name: str) -> Category:
    """A message's category may be any word. For all that are none of ours there is one choice."""
    known = name.strip().lower()
    return next((each for each in CATEGORIES if each == known and each != "codes"), "other")


def wants(choices: Choices, name: str, way: Way) -> bool:
    """Whether messages of the category called so may take this way. What nobody chose is on."""
    return _is_on(choices, category_of(name), way)


def shown(choices: Choices) -> dict[Category, dict[Way, bool]]:
    """All of them, as they are."""
    return {
        category: {way: _is_on(choices, category, way) for way in ways_of(category)}
        for category in CATEGORIES
    }


def chosen(before: Choices, said: Choices) -> dict[str, dict[str, bool]]:
    """`before`, with what was `said`. Raises AlwaysSent."""
    fixed = {
        f"{category}.{way}": _ALWAYS
        for category, ways in FIXED.items()
        for way in ways
        if said.get(category, {}).get(way) is False
    }
    if fixed:
        raise AlwaysSent(fixed)
    names = {*before, *said}
    return {name: {**before.get(name, {}), **said.get(name, {})} for name in sorted(names)}


def _is_on(choices: Choices, category: Category, way: Way) -> bool:
    return way in FIXED.get(category, ()) or choices.get(category, {}).get(way, True)
