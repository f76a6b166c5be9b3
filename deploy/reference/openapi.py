"""The merged OpenAPI document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_origin

import msgspec

from deploy.reference import refusals, words
from deploy.reference.examples import Example
from deploy.reference.operations import Input, Operation
from deploy.reference.schemas import ANY_ID, BINARY, TIME, Json, Schemas
from gateway.settings import GatewaySettings
from gateway.table import MIB

JSON = "application/json"
_REFUSED = "Refused"


@dataclass(frozen=True)
class Known:
    """What operations refer to."""

    schemas: Schemas
    refusals: refusals.Answers


def document(operations: Iterable[Operation], examples: Mapping[str, Example]) -> Json:
    described = [Described(operation, examples.get(operation.id)) for operation in operations]
    known = Known(Schemas(kind for each in described for kind in each.types), refusals.Answers())
    paths: dict[str, Json] = {}
    for each in described:
        method = each.operation.route.method.lower()
        paths.setdefault(each.operation.path, {})[method] = each.as_json(known)
        for alias in each.operation.aliases:
            paths.setdefault(alias, {})[method] = each.as_alias(known, alias)
    tags = dict(map(tag_of, dict.fromkeys(each.operation.context for each in described)))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": words.TITLE,
            "version": "1.0.0",
            "description": words.INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This gateway"}],
        "tags": [{"name": name, "description": description} for name, description in tags.items()],
        "paths": paths,
        "components": {
            "schemas": {**known.schemas.components, _REFUSED: _refused()},
            "responses": known.refusals.components,
            "examples": refusals.examples(
                dict.fromkeys(
                    refusal
                    for all_ in (refusals.OTHERWISE, *(each.refusals for each in described))
                    for refusal in all_
                )
            ),
            "parameters": {name: _header(name) for name in words.HEADERS},
            "headers": {
                name: {"description": text, "schema": {"type": "string"}}
                for name, text in words.ANSWER_HEADERS.items()
            },
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `accessToken` of signing in",
                }
            },
        },
    }


def tag_of(context: str) -> tuple[str, str]:
    known = words.TAGS.get(context)
    return known or (context.rpartition(".")[2].replace("_", " ").capitalize(), "")


class Described:
    """One operation, as the document shows it."""

    def __init__(self, operation: Operation, example: Example | None) -> None:
        self.operation = operation
        self.example = example
        self.refusals = refusals.of(operation)

    @property
    def types(self) -> list[Any]:
        operation = self.operation
        answer = operation.answer or operation.bare
        return [
            *(each.type_ for each in (*operation.in_path, *operation.in_query)),
            *([operation.body[0]] if operation.body else []),
            *([operation.form] if operation.form else []),
            *([answer] if _is_json(operation) else []),
        ]

    def as_json(self, known: Known) -> Json:
        operation = self.operation
        summary, _ = operation.words
        found: Json = {
            "operationId": operation.id,
            "tags": [tag_of(operation.context)[0]],
            "summary": summary,
            "description": self._description(),
            "parameters": self._parameters(known.schemas),
            "security": _security(operation),
            "responses": {**self._answers(known.schemas), **known.refusals.to(operation)},
        }
        if body := self._body(known.schemas):
            found["requestBody"] = body
        if operation.changes:
            found["x-production-warning"] = words.PRODUCTION_WARNING
        return found

    def as_alias(self, known: Known, alias: str) -> Json:
        found = self.as_json(known)
        method, path = self.operation.route.method, self.operation.path
        place = "".join(
            part.title() for part in alias.replace("-", "/").split("/") if part[:1] != "{"
        )
        return {
            **found,
            "operationId": f"{self.operation.id}At{place}",
            "description": f"The same as `{method} {path}`.\n\n{found['description']}",
            "x-alias-of": self.operation.id,
        }

    def _description(self) -> str:
        operation = self.operation
        route = operation.route
        said = [operation.words[1], f"{words.WHO[route.who]} {_limit(operation)}"]
        if operation.aliases:
            said += ["Also at " + ", ".join(f"`{alias}`" for alias in operation.aliases) + "."]
        return "\n\n".join(part.strip() for part in said if part)

    def _parameters(self, schemas: Schemas) -> list[Json]:
        operation = self.operation
        headers = ["X-Language"]
        if operation.opt("idempotent"):
            headers += ["Idempotency-Key"]
        if operation.is_conditional or operation.opt("file"):
            headers += ["If-None-Match"]
        if operation.opt("file"):
            headers += ["Range"]
        if operation.uses("device"):
            headers += ["X-Platform", "X-Device-Id"]
        return [
            *(self._parameter(each, "path", schemas) for each in operation.in_path),
            *(self._parameter(each, "query", schemas) for each in operation.in_query),
            *({"$ref": f"#/components/parameters/{name}"} for name in headers),
        ]

    def _parameter(self, given: Input, place: str, schemas: Schemas) -> Json:
        schema = ANY_ID if given.is_id else schemas.of(given.type_)
        if given.default is not None:
            schema = {**schema, "default": given.default}
        own = words.PARAMETERS.get(f"{self.operation.id}.{given.name}")
        description = own or words.PARAMETERS.get(given.name) or f"Its `{given.name}`"
        found: Json = {"name": given.name, "in": place, "description": description}
        if place == "path":
            found["required"] = True
        shown = self.example.parameters.get(given.name) if self.example else None
        return {**found, "schema": schema, **({"example": shown} if shown is not None else {})}

    def _body(self, schemas: Schemas) -> Json | None:
        operation = self.operation
        if operation.form:
            content: Json = {"multipart/form-data": {"schema": schemas.of(operation.form)}}
            if self.example and self.example.form is not None:
                content["multipart/form-data"]["example"] = self.example.form
            return {"required": True, "content": content}
        if operation.body is None:
            return None
        kind, required = operation.body
        content = {JSON: {"schema": schemas.of(kind)}}
        if self.example and self.example.body is not None:
            content[JSON]["example"] = self.example.body
        return {"required": required, "content": content}

    def _answers(self, schemas: Schemas) -> Json:
        operation = self.operation
        found = {str(status): self._success(status, schemas) for status in operation.statuses}
        if operation.is_conditional or operation.opt("file"):
            found["304"] = {"description": "What you have still holds", "headers": _headers("ETag")}
        if operation.opt("file"):
            found["206"] = _file(operation, "The part that was asked for", "Content-Range")
            found["302"] = {"description": "It is to be had there", "headers": _headers("Location")}
        return found

    def _success(self, status: int, schemas: Schemas) -> Json:
        operation = self.operation
        if operation.opt("file"):
            return _file(operation, "The file", "ETag", "Content-Disposition")
        names = ["X-Request-Id"]
        if operation.route.rate:
            names += ["RateLimit-Policy", "RateLimit"]
        if operation.is_conditional:
            names += ["ETag", "Cache-Control"]
        if operation.opt("idempotent"):
            names += ["Idempotency-Replayed"]
        content = self._content(status, schemas)
        if self.example and self.example.status == status and JSON in content:
            content[JSON]["example"] = self.example.answer
        description = {201: "Made", 202: "Under way"}.get(status, "All went well")
        return {"description": description, "headers": _headers(*names), "content": content}

    def _content(self, status: int, schemas: Schemas) -> Json:
        operation = self.operation
        if operation.answer is not None:
            return {JSON: {"schema": _envelope(schemas.of(operation.answer), status)}}
        if _is_json(operation):
            return {JSON: {"schema": schemas.of(operation.bare)}}
        return {str(getattr(operation.handler.media_type, "value", "*/*")): {"schema": {}}}


def _is_json(operation: Operation) -> bool:
    kind = get_origin(operation.bare) or operation.bare
    is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return operation.answer is not None or is_struct


def _file(operation: Operation, description: str, *headers: str) -> Json:
    content = {media_type: {"schema": BINARY} for media_type in operation.opt("file")}
    return {"description": description, "headers": _headers(*headers), "content": content}


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _header(name: str) -> Json:
    return {
        "name": name,
        "in": "header",
        "description": words.HEADERS[name],
        "schema": {"type": "string"},
    }


def _security(operation: Operation) -> list[Json]:
    token: Json = {"token": []}
    return {"public": [], "optional": [{}, token]}.get(operation.route.who, [token])


def _limit(operation: Operation) -> str:
    """In words: how often, and how much."""
    route, said = operation.route, []
    if route.rate is not None:
        defaults = GatewaySettings()
        rate = defaults.rate_public if route.rate == "public" else defaults.rate_user
        amount, _, span = rate.partition("/")
        whom = "client address" if route.rate == "public" or route.role is None else "person"
        said += [f"At most {amount} calls a {span} for each {whom}, unless set otherwise."]
    if route.max_body > MIB:
        said += [f"The body may have up to {route.max_body // MIB} MiB."]
    return " ".join(said)


def _envelope(data: Json, status: int) -> Json:
    members = {
        "isSuccess": {"const": status < 400},
        "statusCode": {"const": status},
        "data": data,
        "errors": {"type": "array", "items": {"type": "string"}, "maxItems": 0},
        "timestamp": TIME,
    }
    return {"type": "object", "properties": members, "required": list(members)}


def _refused() -> Json:
    members = {
        "isSuccess": {"const": False},
        "statusCode": {"type": "integer"},
        "data": {"type": "null"},
        "errors": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "code": {"type": "string"},
        "timestamp": TIME,
    }
    return {
        "description": "A refusal: sentences for people, a stable code for programs",
        "type": "object",
        "properties": members,
        "required": list(members),
    }
