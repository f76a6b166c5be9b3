"""Structs as MongoDB documents: member `id` is `_id`, times stay times."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


def to_document(struct: msgspec.Struct) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(struct, builtin_types=(datetime,))
    if "id" in document:
        document["_id"] = document.pop("id")
    return document


def from_document(type_: type[S], document: dict[str, Any]) -> S:
    """Members that the struct does not have (yet, or any more) are passed over."""
    members = {("id" if name == "_id" else name): value for name, value in document.items()}
    return msgspec.convert(members, type_)
