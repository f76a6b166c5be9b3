"""Identifiers: 24 lower-case hex digits, roughly ordered by time."""

import os
import re
import time

from shared.errors import ValidationFailed
from shared.languages import Text

_ID = re.compile(r"[0-9a-f]{24}")


class MalformedId(ValidationFailed):
    text = Text(
        en="id: must be 24 hexadecimal digits",
        tr="id: 24 onaltılık basamaktan oluşmalıdır",
        es="id: debe tener 24 dígitos hexadecimales",
        de="id: muss aus 24 hexadezimalen Ziffern bestehen",
    )


def new_id() -> str:
    return f"{int(time.time()):08x}{os.urandom(8).hex()}"


def checked_id(value: str) -> str:
    """`value` if it has the form of an id, in lower case; else a 400."""
    lowered = value.lower()
    if not _ID.fullmatch(lowered):
        raise MalformedId
    return lowered
