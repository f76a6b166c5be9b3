"""What an event's golden file holds: its fields as other releases know them, and an example.

Golden files are written by `python -m tests.contracts.update`, never by hand.
"""

import typing
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import NODEFAULT

from shared.contracts import Event

GOLDEN = Path(__file__).with_name("golden")

Fields = dict[str, dict[str, Any]]


class Golden(msgspec.Struct, kw_only=True):
    """`fields`: by name in JSON, the type as text; `added` when it has a default, and so may be
    missing in what older releases wrote."""

    subject: str
    owner: str
    fields: Fields
    example: dict[str, Any]


def path_of(event: type[Event]) -> Path:
    return GOLDEN / f"{event.subject}.json"


def described(event: type[Event]) -> Golden:
    """`event` as it is in the code."""
    return Golden(
        subject=event.subject,
        owner=event.owner,
        fields=fields_of(event),
        example=example(event),
    )


def read(event: type[Event]) -> Golden:
    return msgspec.json.decode(path_of(event).read_bytes(), type=Golden)


def fields_of(struct: Any, prefix: str = "") -> Fields:
    """Those of structs inside it too, as `profile.name`."""
    found: Fields = {}
    for field in msgspec.structs.fields(struct):
        name = prefix + field.encode_name
        optional = field.default is not NODEFAULT or field.default_factory is not NODEFAULT
        found[name] = {"type": type_name(field.type), "optional": optional}
        for part in parts(field.type):
            nested = f"{name}[]." if typing.get_origin(field.type) in (tuple, list) else f"{name}."
            found |= fields_of(part, nested)
    return found


def parts(annotation: Any) -> list[Any]:
    """The structs in a type."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return [annotation]
    return [part for argument in typing.get_args(annotation) for part in parts(argument)]


def type_name(annotation: Any) -> str:
    """As text that does not depend on where a struct is defined."""
    if annotation is None or annotation is type(None):
        return "null"
    if typing.get_origin(annotation) is Literal:
        return " | ".join(sorted(repr(value) for value in typing.get_args(annotation)))
    arguments = typing.get_args(annotation)
    if arguments and typing.get_origin(annotation) in (tuple, list, dict):
        name = typing.get_origin(annotation).__name__
        inner = [type_name(each) for each in arguments if each is not Ellipsis]
        return f"{name}[{', '.join(inner)}]"
    if arguments:
        return " | ".join(sorted(type_name(each) for each in arguments))
    return str(annotation.__name__)


def example(struct: Any) -> dict[str, Any]:
    return {field.encode_name: _value(field.type) for field in msgspec.structs.fields(struct)}


def _value(annotation: Any) -> Any:
    """The same each time; for a choice, the first."""
    if annotation in _SAMPLES:
        return _SAMPLES[annotation]
    if typing.get_origin(annotation) is Literal:
        return typing.get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return example(annotation)
    first = _value(typing.get_args(annotation)[0])
    origin = typing.get_origin(annotation)
    if origin is dict:
        return {first: _value(typing.get_args(annotation)[1])}
    return [first] if origin in (tuple, list) else first


_SAMPLES: dict[Any, Any] = {str: "text", int: 7, bool: True, float: 1.5}


def breaks(old: Golden, new: Golden) -> list[str]:
    """Why a release with `new` cannot live beside one with `old`, in words; empty if it can."""
    problems = []
    if old.owner != new.owner:
        problems.append(f"the owner was {old.owner} and is {new.owner}")
    for name, field in old.fields.items():
        if (now := new.fields.get(name)) is None:
            problems.append(f"{name} was removed or renamed")
        elif now["type"] != field["type"]:
            problems.append(f"{name} was {field['type']} and is {now['type']}")
        elif field["optional"] and not now["optional"]:
            problems.append(f"{name} lost its default")
    for name, field in new.fields.items():
        if name not in old.fields and not field["optional"]:
            problems.append(f"{name} was added without a default")
    return problems
