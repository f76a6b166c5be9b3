"""Requests whose JSON means what it says."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, get_args

import msgspec
from litestar import Request
from litestar.exceptions import ValidationException
from msgspec import UNSET, UnsetType

from shared.errors import MalformedRequest

_PLACE = re.compile(r" - at (?:`key` in )?`\$\.(.+)`$")
_MOST = 20  # wrong members that an answer names

Wrong = dict[str, str]  # as Litestar says it: `message` and `key`


class NoBody:
    """ASGI middleware: on a route that takes no body, one is refused as it is on the others. Many
    clients send an empty object with every request."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = scope["state"]["body"]
        if body not in (b"", b"{}") and scope["route_handler"].parsed_data_field is None:
            _refuse_members(body)
        await self._app(scope, receive, send)


def _refuse_members(body: bytes) -> None:
    """Raises MalformedRequest, ValidationException."""
    try:
        value = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise MalformedRequest("the body is not JSON") from error
    if not isinstance(value, dict):
        raise ValidationException(extra=[{"message": "Expected an object", "key": "data"}])
    if value:
        raise ValidationException(extra=_unknown(value))


def _unknown(names: Iterable[str]) -> list[Wrong]:
    return [
        {"message": f"Object contains unknown field `{name}`", "key": "data"}
        for name in islice(names, _MOST)
    ]


class StrictRequest(Request[Any, Any, Any]):
    """Litestar takes 1 for true and "5" for 5 in a body, as it must in a query."""

    async def json(self) -> Any:
        """The body as what the route says `data` is. Raises ValidationException, as Litestar, but
        with every wrong member in it and not only the first."""
        value = await super().json()
        field = self.route_handler.parsed_data_field
        if field is None:
            return value
        try:
            return msgspec.convert(value, field.annotation)
        except msgspec.ValidationError as error:
            wrong = _all_wrong(value, field.annotation) or [_said(error)]
            raise ValidationException(extra=wrong[:_MOST]) from error


def _all_wrong(value: Any, annotation: Any) -> list[Wrong]:
    struct = _struct_in(annotation)
    return _wrong_members(value, struct) if struct and isinstance(value, dict) else []


def _struct_in(annotation: Any) -> type[msgspec.Struct] | None:
    """The struct that a body is to be, also where it may be left out."""
    kinds = (annotation, *get_args(annotation))
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, msgspec.Struct)), None)


def _wrong_members(value: dict[str, Any], struct: type[msgspec.Struct]) -> list[Wrong]:
    """Those missing, those not known, then the others."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    missing = [name for name in fields if fields[name].required and name not in value]
    unknown = [name for name in value if name not in fields]
    if not struct.__struct_config__.forbid_unknown_fields:
        unknown = []
    return [
        *({"message": f"Object missing required field `{n}`", "key": "data"} for n in missing),
        *_unknown(unknown),
        *_wrong_values({name: value[name] for name in fields if name in value}, struct),
    ]


def _wrong_values(known: dict[str, Any], struct: type[msgspec.Struct]) -> Iterator[Wrong]:
    # msgspec stops at the first one that is wrong: without it, it says which is next.
    for _ in range(min(len(known), _MOST)):
        try:
            msgspec.convert(known, _any_part_of(struct))
            return
        except msgspec.ValidationError as error:
            wrong = _said(error)
            yield wrong
            known = {name: known[name] for name in known if name != _member_of(wrong["key"])}


def _said(error: msgspec.ValidationError) -> Wrong:
    place = _PLACE.search(str(error))
    return {
        "message": str(error).split(" - ", maxsplit=1)[0],
        "key": place[1] if place else "data",
    }


def _member_of(place: str) -> str:
    return re.split(r"[.\[]", place, maxsplit=1)[0]


@lru_cache
def _any_part_of(struct: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """The same struct, with nothing required."""
    fields = msgspec.structs.fields(struct)
    return msgspec.defstruct(
        struct.__name__,
        [(field.name, field.type | UnsetType, UNSET) for field in fields],
        rename={field.name: field.encode_name for field in fields},
        kw_only=True,
    )
