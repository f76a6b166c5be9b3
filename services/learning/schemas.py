"""What bodies and answers of learning have in common."""

from typing import Annotated

import msgspec
from msgspec import Meta

from services.learning.texts import DELETED
from shared import languages

Id = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{24}(?![\s\S])")]


class Body(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    pass


class Answer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    pass


class Deleted(Answer, frozen=True, kw_only=True):
    message: str
    id: str

    @classmethod
    def of(cls, deleted_id: str) -> "Deleted":
        return cls(message=DELETED.in_(languages.current()), id=deleted_id)
