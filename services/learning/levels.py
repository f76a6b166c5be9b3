"""Levels of a language: those of the Common European Framework, with the plus-levels in between."""

from typing import Literal, get_args

Level = Literal["Pre-A1", "A1", "A1+", "A2", "A2+", "B1", "B1+", "B2", "B2+", "C1", "C1+", "C2"]
LEVELS: tuple[Level, ...] = get_args(Level)  # from the lowest to the highest

_BY_NAME: dict[str, Level] = {level.casefold(): level for level in LEVELS}


def level_called(text: str) -> Level | None:
    """Whatever its case. In a query a bare `+` means a space: `?level=A1+` is A1+ too."""
    return _BY_NAME.get(text.casefold().replace(" ", "+"))
