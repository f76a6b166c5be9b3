"""A setting of the site: a value that apps read by its key."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from shared.clock import timestamp
from shared.errors import InvalidFields
from shared.languages import Text

MOST_BYTES = 64 * 1024  # of a value, as JSON
MOST_LEVELS = 20  # of lists and objects in one another

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)

_BAD_KEY = Text(
    en="must be 1 to 100 of A-Z, a-z, 0-9, dot, underscore and hyphen, and begin with a letter or"
    " digit",
    tr="A-Z, a-z, 0-9, nokta, alt çizgi ve tireden 1 ila 100 karakter olmalı, harf ya da rakamla"
    " başlamalıdır",
    es="debe ser de 1 a 100 caracteres: A-Z, a-z, 0-9, punto, guion bajo y guion, y empezar por"
    " letra o cifra",
    de="muss aus 1 bis 100 Zeichen A-Z, a-z, 0-9, Punkt, Unter- und Bindestrich bestehen und mit"
    " Buchstabe oder Ziffer beginnen",
)
_TOO_LARGE = Text(
    en="is larger than 64 KiB",
    tr="64 KiB'tan büyük",
    es="supera los 64 KiB",
    de="ist größer als 64 KiB",
)
_TOO_DEEP = Text(
    en="is nested deeper than 20 levels",
    tr="20 düzeyden daha derin iç içe geçmiş",
    es="tiene más de 20 niveles de anidamiento",
    de="ist tiefer als 20 Ebenen verschachtelt",
)


class Setting(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """`value`: as JSON text, so that it comes back as it was, whatever it is. Times are
    timestamps."""

    id: str
    key: str
    value: str
    description: str | None = None
    is_public: bool = True
    created_at: str
    updated_at: str

    @classmethod
    def new(cls, key: str, members: Mapping[str, object], now: datetime) -> "Setting":
        """`members`: `value`, and what else is known. Raises InvalidFields."""
        if not is_key(key):
            raise InvalidFields({"key": _BAD_KEY})
        at = timestamp(now)
        return cls(id=id_of(key), key=key, created_at=at, updated_at=at, **_checked(members))  # type: ignore[arg-type]  # the schema gave each its type

    def changed(self, changes: Mapping[str, object], now: datetime) -> "Setting":
        """Itself, where that changes nothing. Raises InvalidFields."""
        setting = msgspec.structs.replace(self, **_checked(changes))
        if setting == self:
            return self
        return msgspec.structs.replace(setting, updated_at=timestamp(now))


def is_key(text: str) -> bool:
    return bool(_KEY.fullmatch(text))


def id_of(key: str) -> str:
    """The key's own: two that are made at the same moment are one."""
    return hashlib.sha256(f"setting:{key}".encode()).hexdigest()[:24]


def _checked(members: Mapping[str, object]) -> dict[str, object]:
    checked = dict(members)
    value = checked["value"]
    if _levels(value) > MOST_LEVELS:
        raise InvalidFields({"value": _TOO_DEEP})
    written = msgspec.json.encode(value)
    if len(written) > MOST_BYTES:
        raise InvalidFields({"value": _TOO_LARGE})
    checked["value"] = written.decode()
    return checked


def _levels(value: object) -> int:
    """No body is nested so deep that this could be too."""
    match value:
        case dict():
            return 1 + max(map(_levels, value.values()), default=0)
        case list():
            return 1 + max(map(_levels, value), default=0)
    return 0
