"""What the endpoints of settings take and answer (contract, section 4)."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.learning.site_settings.domain import Setting
from shared.errors import InvalidFields
from shared.http.schemas import Answer, Body
from shared.languages import Text
from shared.text_fields import LINES

Description = Annotated[str, Meta(max_length=1000, pattern=LINES)]

_OTHER_KEY = Text(
    en="is not the one in the path",
    tr="yoldaki anahtar değil",
    es="no es la de la ruta",
    de="ist nicht der im Pfad",
)


class PutSetting(Body, frozen=True, kw_only=True):
    """What is left out stays, of a setting that is there already; null clears the description."""

    value: Any
    key: str | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    is_public: bool | UnsetType = UNSET

    def members(self) -> dict[str, object]:
        """Members of Setting, but for the key."""
        members = {
            "value": self.value,
            "description": self.description,
            "is_public": self.is_public,
        }
        return {name: value for name, value in members.items() if value is not UNSET}

    def check_key(self, key: str) -> None:
        """Raises InvalidFields where the body names another."""
        if self.key not in (UNSET, key):
            raise InvalidFields({"key": _OTHER_KEY})


class PostSetting(PutSetting, frozen=True, kw_only=True):
    key: str


class SettingValue(Answer, frozen=True, kw_only=True):
    key: str
    value: msgspec.Raw

    @classmethod
    def of(cls, setting: Setting) -> "SettingValue":
        return cls(key=setting.key, value=_as_written(setting))


class SettingView(Answer, frozen=True, kw_only=True):
    id: str
    key: str
    value: msgspec.Raw
    description: str | None
    is_public: bool
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, setting: Setting) -> "SettingView":
        members = {**msgspec.structs.asdict(setting), "value": _as_written(setting)}
        return cls(**members)


def _as_written(setting: Setting) -> msgspec.Raw:
    return msgspec.Raw(setting.value.encode())
