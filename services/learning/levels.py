"""Levels of a language: those of the Common European Framework, with the plus-levels in between."""

from typing import Literal, get_args

from shared.languages import Text

Level = Literal["Pre-A1", "A1", "A1+", "A2", "A2+", "B1", "B1+", "B2", "B2+", "C1", "C1+", "C2"]
LEVELS: tuple[Level, ...] = get_args(Level)  # from the lowest to the highest

BAD_LEVEL = Text(
    en="must be a CEFR level, such as B1 or B1+",
    tr="B1 ya da B1+ gibi bir CEFR düzeyi olmalıdır",
    es="debe ser un nivel del MCER, como B1 o B1+",
    de="muss eine GER-Stufe sein, etwa B1 oder B1+",
)

_BY_NAME: dict[str, Level] = {level.casefold(): level for level in LEVELS}


def level_called(text: str) -> Level | None:
    """Whatever its case. In a query a bare `+` means a space: `?level=A1+` is A1+ too."""
    return _BY_NAME.get(text.casefold().replace(" ", "+"))
