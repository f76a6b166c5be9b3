"""The four languages: texts that exist in each, and which of them a caller asked for."""

from contextvars import ContextVar
from typing import Literal, get_args

import msgspec

Language = Literal["tr", "en", "es", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "en"

_asked: ContextVar[Language | None] = ContextVar("language", default=None)


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence in every language. `{name}` places are filled by `in_(…, name=…)`."""

    en: str
    tr: str
    es: str
    de: str

    def in_(self, language: Language, **places: object) -> str:
        sentence: str = getattr(self, language)
        return sentence.format(**places) if places else sentence


def known(value: str | None) -> Language | None:
    """`value` as one of the four (`TR`, `de-AT` and the like count), else None: never an error."""
    if not value:
        return None
    tag = value.strip().lower().replace("_", "-").split("-", 1)[0]
    return next((language for language in LANGUAGES if language == tag), None)


def from_accept_language(header: str | None) -> Language | None:
    """The best supported entry of an `Accept-Language` header (RFC 9110, 12.5.4), else None."""
    best: tuple[float, Language] | None = None
    for entry in (header or "")[:256].split(","):
        tag, _, parameter = entry.partition(";")
        language = known(tag)
        if language is None:
            continue
        try:
            quality = float(parameter.strip().removeprefix("q=")) if parameter.strip() else 1.0
        except ValueError:
            continue
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, language)
    return best[1] if best else None


def requested(x_language: str | None, accept_language: str | None) -> Language | None:
    """What the request's headers ask for, or None where they ask for nothing we speak."""
    return known(x_language) or from_accept_language(accept_language)


def use(language: Language | None) -> None:
    """Make `language` what the request at hand asked for; None: it asked for nothing we speak."""
    _asked.set(language)


def asked() -> Language | None:
    return _asked.get()


def current() -> Language:
    """The language in which the request at hand is answered."""
    return _asked.get() or DEFAULT
