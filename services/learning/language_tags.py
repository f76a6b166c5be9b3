"""Tags of languages (BCP 47), as in `en`, `pt-BR`, `zh-Hant-TW`, `ca-valencia`."""

import re

from shared.languages import Text

# Language, script, region, variants. Extensions and private tags name nothing that is taught.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})"
    r"(-(?P<script>[a-z]{4}))?"
    r"(-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.IGNORECASE | re.ASCII,
)
_LONGEST = 35  # characters: what RFC 5646, 4.4.1, tells everybody to have room for

# Of two letters there are only these (ISO 639-1); of three, some 8,000.
_CODES = """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia
    id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo
    lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl
    ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """
_OF_TWO_LETTERS = frozenset(_CODES.split())

BAD_TAG = Text(
    en="must be a language tag (BCP 47), such as en or pt-BR",
    tr="en ya da pt-BR gibi bir dil etiketi (BCP 47) olmalıdır",
    es="debe ser una etiqueta de idioma (BCP 47), como en o pt-BR",
    de="muss ein Sprachkürzel (BCP 47) sein, etwa en oder pt-BR",
)
BAD_LOCALE = Text(
    en="must be tr, en, es or de",
    tr="tr, en, es ya da de olmalıdır",
    es="debe ser tr, en, es o de",
    de="muss tr, en, es oder de sein",
)


def language_tag(text: str) -> str | None:
    """`text` in the form in which such tags are written, or None where it is none."""
    match = _TAG.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    language = match["language"].lower()
    if len(language) == 2 and language not in _OF_TWO_LETTERS:
        return None
    script, region = (match["script"] or "").capitalize(), (match["region"] or "").upper()
    variants = match["variants"].lower().strip("-")
    return "-".join(filter(None, (language, script, region, variants)))
