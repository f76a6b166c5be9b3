"""Addresses that an app opens: of the web, or of a file of ours."""

import re
from urllib.parse import urlsplit

from shared.languages import Text

LONGEST_LINK = 2048

_ODD = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"`{}|^]|\s")  # nothing that a browser would mend
_OURS = re.compile(r"/[A-Za-z0-9][\x21-\x7e]*")

BAD_LINK = Text(
    en="must be an http or https address, or a path of ours such as /storage/files/…",
    tr="http ya da https adresi veya /storage/files/… gibi bir yolumuz olmalıdır",
    es="debe ser una dirección http o https, o una ruta nuestra como /storage/files/…",
    de="muss eine http- oder https-Adresse sein oder ein Pfad von uns wie /storage/files/…",
)


def is_link(text: str) -> bool:
    """Without a user or a password, which would only serve to deceive."""
    if not text or len(text) > LONGEST_LINK or _ODD.search(text):
        return False
    if text.startswith("/"):
        return bool(_OURS.fullmatch(text)) and "/../" not in f"{text}/"
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and "@" not in parts.netloc
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False
