"""Search by prefix: what a text is folded to, so that people find it as they type.

What is searched is kept as terms (`as_terms`); a search, folded too, finds a term by its
beginning (`begins_with`), which an index answers.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST = 64  # characters of a term or a prefix: further ones make no difference
_MOST_WORDS = 10  # of a text, from each of which a term begins

_WORD = re.compile(r"\w+")
_PHONE = re.compile(r"\+?[0-9 ().\-/]*[0-9][0-9 ().\-/]*")


def folded(text: str) -> str:
    """Without case, accents, and the difference between i and Turkish dotless i: as people type."""
    plain = "".join(
        letter if letter.isprintable() else " "
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
    return " ".join(plain.casefold().replace("ı", "i").split())


def from_each_word(text: str) -> Iterator[str]:
    """`text`, which is folded, from each of its first words on."""
    starts = [word.start() for word in _WORD.finditer(text)]
    return (text[start:] for start in starts[:_MOST_WORDS])


def as_terms(texts: Iterable[str]) -> tuple[str, ...]:
    """These folded texts, cut to what counts, none twice and none empty."""
    return tuple(dict.fromkeys(text[:LONGEST] for text in texts if text))


def prefixes(text: str) -> tuple[str, ...]:
    """What terms begin with that a search for `text` is to find; nothing where it says nothing.

    What may be a phone number is looked for as one too: without `+`, `00` or `0` before it, and
    without what people put between its digits."""
    found = [folded(text)]
    if _PHONE.fullmatch(found[0]):
        digits = re.sub(r"[^0-9]", "", found[0])
        found.append(digits.lstrip("0"))
    return as_terms(found)


def begins_with(prefix: str) -> dict[str, str]:
    """The condition on a term, for a folded `prefix` that is not empty. Of all ways to say it, the
    only one that MongoDB answers from the index alone where documents have several terms: a range
    would read every document."""
    return {"$regex": "^" + re.escape(prefix[:LONGEST])}
