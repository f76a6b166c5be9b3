"""Words that courses, assessments and materials have in common: CEFR levels, language tags."""

from typing import Annotated

from msgspec import Meta

# In their order. Plus-levels are those of the CEFR's Companion Volume, and the ones schools use.
LEVELS = ("Pre-A1", "A1", "A1+", "A2", "A2+", "B1", "B1+", "B2", "B2+", "C1", "C1+", "C2")

Level = Annotated[str, Meta(pattern=r"^(Pre-A1|A1\+?|A2\+?|B1\+?|B2\+?|C1\+?|C2)(?![\s\S])")]
# BCP 47, of which schools need the language, seldom script and region: `en`, `pt-BR`, `zh-Hant`.
LanguageTag = Annotated[
    str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(?![\s\S])")
]


def canonical_tag(tag: str) -> str:
    """In the spelling that BCP 47 recommends, so that `EN-gb` and `en-GB` are one."""
    language, *rest = tag.split("-")
    return "-".join([language.lower(), *(p.title() if len(p) == 4 else p.upper() for p in rest)])
