"""TypeScript definitions of what the OpenAPI document describes."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from deploy.reference.schemas import REF, Json

_HEAD = """\
// Made by `make docs` from openapi.json: not to be edited.
//
//   import type { Body, Data } from "./client";
//
//   const body: Body<"verifyOtp"> = { countryCode: "90", phoneNumber: "5551234567", code: "1234" };
//   const data: Data<"verifyOtp"> = (await answer.json()).data;

/** Around every JSON answer that is no refusal. */
export interface Envelope<Data, Status extends number, Success extends boolean = true> {
  isSuccess: Success;
  statusCode: Status;
  data: Data;
  errors: string[];
  timestamp: string;
}

/** Sentences for people in `errors`, a stable `code` for programs. */
export interface Refused<Code extends string = string, Status extends number = number> {
  isSuccess: false;
  statusCode: Status;
  data: null;
  errors: string[];
  code: Code;
  timestamp: string;
}

export type OperationId = keyof Operations;

/** What an operation takes. */
export type Body<Id extends OperationId> = Operations[Id]["body"];
export type Path<Id extends OperationId> = Operations[Id]["path"];
export type Query<Id extends OperationId> = Operations[Id]["query"];
export type Headers<Id extends OperationId> = Operations[Id]["headers"];

/** What it answers: all of it, by status; the `data` of a success; the codes of its refusals. */
export type Answers<Id extends OperationId> = Operations[Id]["answers"];
export type Answer<Id extends OperationId> = Answers<Id>[keyof Answers<Id>];
export type Data<Id extends OperationId> =
  Answer<Id> extends infer Any
    ? Any extends Envelope<infer Found, number> ? Found : never
    : never;
export type Code<Id extends OperationId> = Extract<Answer<Id>, Refused>["code"];
"""

_KINDS = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def definitions(api: Json) -> str:
    schemas = api["components"]["schemas"]
    lines = [_HEAD]
    for name, schema in schemas.items():
        if name != "Refused":
            lines += [*_comment(schema.get("description")), _declared(name, schema), ""]
    (otherwise,) = _contents(api["components"]["responses"]["otherwise"])
    lines += [
        "/** What can go wrong with any operation. */",
        f"export type Otherwise = {otherwise};",
    ]
    lines += ["", "/** Every operation, by its id. */", "export interface Operations {"]
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            if "x-alias-of" not in operation:
                lines += _indented(_operation(api, method, path, operation))
    return "\n".join([*lines, "}", ""])


def _declared(name: str, schema: Json) -> str:
    if "properties" in schema:
        return f"export interface {name} {_type(schema)}"
    return f"export type {name} = {_type(schema)};"


def _operation(api: Json, method: str, path: str, operation: Json) -> Iterator[str]:
    yield from _comment(operation["summary"])
    yield f"{operation['operationId']}: {{"
    yield f'  method: "{method.upper()}";'
    yield f"  route: {json.dumps(path)};"
    given = [_resolved(api, each) for each in operation["parameters"]]
    for place, name in (("path", "path"), ("query", "query"), ("header", "headers")):
        yield f"  {name}: {_parameters(each for each in given if each['in'] == place)};"
    yield f"  body: {_body(operation.get('requestBody'))};"
    yield "  answers: {"
    for status, answer in operation["responses"].items():
        if status == "default":
            yield "    default: Otherwise;"
            continue
        kinds = _contents(_resolved(api, answer))
        yield f"    {status}: {' | '.join(kinds) or 'undefined'};"
    yield "  };"
    yield "};"


def _parameters(given: Iterable[Json]) -> str:
    members = [
        f"{_key(each['name'])}{'' if each.get('required') else '?'}: {_type(each['schema'])}"
        for each in given
    ]
    return f"{{ {'; '.join(members)} }}" if members else "Record<string, never>"


def _body(body: Json | None) -> str:
    if body is None:
        return "undefined"
    kinds = _contents(body)
    return " | ".join(kinds if body["required"] else [*kinds, "undefined"])


def _contents(holder: Json) -> list[str]:
    return list(dict.fromkeys(_type(each["schema"]) for each in holder.get("content", {}).values()))


def _resolved(api: Json, given: Json) -> Json:
    found = given
    while "$ref" in found:
        target: Any = api
        for step in found["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        found = target
    return found


def _type(schema: Json) -> str:
    match schema:
        case {"$ref": str(ref)}:
            return ref.removeprefix(REF)
        case {"allOf": [_, {"properties": dict(own)}]}:  # what a refusal is
            codes = " | ".join(map(json.dumps, own["code"]["enum"]))
            one = f", {own['statusCode']['const']}" if "statusCode" in own else ""
            return f"Refused<{codes}{one}>"
        case {
            "properties": {
                "isSuccess": {"const": success},
                "statusCode": {"const": status},
                "data": dict(data),
            }
        }:
            return f"Envelope<{_type(data)}, {status}{'' if success else ', false'}>"
        case {"const": value}:
            return json.dumps(value)
        case {"enum": list(values)}:
            return " | ".join(map(json.dumps, values))
        case {"anyOf": list(kinds)} | {"oneOf": list(kinds)}:
            return " | ".join(dict.fromkeys(map(_type, kinds)))
        case {"type": list(names)}:
            return " | ".join(_type({**schema, "type": name}) for name in names)
        case {"type": "array"}:
            inner = _type(schema.get("items", {}))
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case {"properties": dict(members)}:
            return _object(members, schema.get("required", ()))
        case {"type": "object", "additionalProperties": dict(inner)}:
            return f"Record<string, {_type(inner)}>"
        case {"type": "object"}:
            return "Record<string, unknown>"
        case {"format": "binary"}:
            return "Blob"
        case {"type": str(name)}:
            return _KINDS[name]
    return "unknown"


def _object(members: Json, required: Iterable[str]) -> str:
    needed = set(required)
    lines = []
    for name, schema in members.items():
        lines += _comment(schema.get("description"))
        lines += [f"{_key(name)}{'' if name in needed else '?'}: {_type(schema)};"]
    return "\n".join(["{", *_indented(lines), "}"])


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _comment(text: str | None) -> list[str]:
    return [f"/** {' '.join(text.split()).replace('*/', '* /')} */"] if text else []


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for text in lines for line in text.split("\n")]
