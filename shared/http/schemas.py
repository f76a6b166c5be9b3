"""What bodies and answers of all services have in common."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from shared import languages
from shared.languages import Text

# Not `$`, which lets a line feed follow.
Id = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{24}(?![\s\S])")]

_DELETED = Text(
    en="It is deleted",
    tr="Silindi",
    es="Se ha eliminado",
    de="Es ist gelöscht",
)


class Body(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Unknown members are refused."""


class Answer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    pass


class Deleted(Answer, frozen=True, kw_only=True):
    message: str
    id: str

    @classmethod
    def of(cls, deleted_id: str, text: Text = _DELETED) -> Self:
        return cls(message=text.in_(languages.current()), id=deleted_id)
