"""What bodies and answers of notifications have in common."""

from typing import Annotated

import msgspec
from msgspec import Meta

from shared.languages import Text

EMPTY = Text(
    en="must not be empty", tr="boş olamaz", es="no puede estar vacío", de="darf nicht leer sein"
)

Id = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{24}(?![\s\S])")]


class Body(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    pass


class Answer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    pass


class Done(Answer, frozen=True, kw_only=True):
    success: bool = True
