"""JSON schemas of the structs, as components of a document.

msgspec says what must be there to be decoded; a document says also what is always there: all
members of what we send, but those that may be UNSET.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

Json = dict[str, Any]

REF = "#/components/schemas/"
ID: Json = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
ANY_ID: Json = {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"}
TIME: Json = {"type": "string", "format": "date-time"}
BINARY: Json = {"type": "string", "format": "binary"}

_QUALIFIED = re.compile(r"(?:\w+\.)*?(\w+)\.\w+\.([A-Z]\w*)")
_GENERIC = re.compile(r"^(\w+?)_(\w+)_$")
# `$` would let a line feed follow in Python; the patterns of JSON Schema are those of ECMAScript.
_END = r"(?![\s\S])"


class Schemas:
    """`of(type)`: its schema; what it refers to is in `components`."""

    def __init__(self, types: Iterable[Any]) -> None:
        wanted = list(dict.fromkeys(types))
        schemas, components = msgspec.json.schema_components(wanted, ref_template=REF + "{name}")
        names = {key: _name(key) for key in components}
        if len(set(names.values())) < len(names):
            raise ValueError(f"structs of one name: {sorted(names.values())}")
        self._schemas = {
            kind: _plain(schema, names) for kind, schema in zip(wanted, schemas, strict=True)
        }
        self.components: Json = {
            names[key]: _plain(components[key], names)
            for key in sorted(components, key=names.__getitem__)
        }

    def of(self, kind: Any) -> Json:
        return dict(self._schemas[kind])


def _name(key: str) -> str:
    """`Page_User_` as `PageOfUser`; `services.learning.materials.schemas.Removed`, of which there
    is another, as `MaterialsRemoved`."""
    name = _QUALIFIED.sub(lambda parts: parts[1].title().replace("_", "") + parts[2], key)
    while match := _GENERIC.match(name):
        name = f"{match[1]}Of{match[2]}"
    return name


def _plain(schema: Any, names: Mapping[str, str]) -> Any:
    if isinstance(schema, list):
        return [_plain(each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {
        keyword: {name: _plain(each, names) for name, each in value.items()}
        if keyword == "properties"
        else _plain(value, names)
        for keyword, value in schema.items()
        if keyword != "title"
    }
    match schema:
        case {"$ref": str(ref)}:
            return {**schema, "$ref": REF + names[ref.removeprefix(REF)]}
        case {"contentEncoding": "base64"}:
            return {**BINARY, "description": schema.get("description", "A file")}
        case {"pattern": str(pattern)}:
            return {**schema, "pattern": pattern.replace(_END, "$")}
        case {"type": "object", "properties": dict(members)}:
            return _with_members(schema, members)
        case {"anyOf": [dict(kind), {"type": "null"}]}:
            return _or_null(schema, kind)
    return schema


def _or_null(schema: Json, kind: Json) -> Json:
    """As short as it can be said."""
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    match kind:
        case {"type": str(name)}:
            return {**rest, **kind, "type": [name, "null"]}
        case {"enum": list(values)}:
            return {**rest, "enum": [*values, None]}
    return schema


def _with_members(schema: Json, members: Json) -> Json:
    """Of a struct. One that refuses unknown members is what we take, any other what we send."""
    if schema.get("additionalProperties") is not False:
        required = {*schema.get("required", ()), *(n for n in members if "default" in members[n])}
        members = {name: _sent(name, members[name]) for name in members}
        schema = {**schema, "required": [name for name in members if name in required]}
    schema = {**schema, "properties": members}
    if "description" in schema:
        schema["description"] = _in_json(" ".join(schema["description"].split()), members)
    if not schema.get("required"):
        schema.pop("required", None)
    return schema


def _in_json(text: str, members: Json) -> str:
    """With `user_name` as `userName`, where that is one of the members."""

    def shown(found: re.Match[str]) -> str:
        first, *others = found[1].split("_")
        name = first + "".join(map(str.capitalize, others))
        return f"`{name}`" if name in members else found[0]

    return re.sub(r"`(\w+)`", shown, text)


def _sent(name: str, schema: Json) -> Json:
    schema = {key: value for key, value in schema.items() if key != "default"}
    if name == "id" and schema == {"type": "string"}:
        return ID
    if name.endswith("At"):
        return _as_time(schema)
    return schema


def _as_time(schema: Json) -> Json:
    match schema:
        case {"type": "string" | ["string", "null"] as kind}:
            return {**schema, **TIME, "type": kind}
    return schema
