"""The OpenAPI document, as tests look at it."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from deploy.reference import openapi
from deploy.reference.examples import recorded
from deploy.reference.operations import operations

Json = dict[str, Any]

API: Json = openapi.document(operations(), recorded())


def each_operation() -> Iterator[tuple[str, str, Json]]:
    """Method, path, and what is said of it; aliases too."""
    for path, methods in API["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def resolved(value: Json) -> Json:
    while "$ref" in value:
        target: Any = API
        for step in value["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        value = target
    return value


def problems(value: Any, schema: Json) -> list[str]:
    """Where `value` is not as `schema` says; a member that it does not name is one too."""
    document = {"components": API["components"]} | schema
    checker = Draft202012Validator(closed(document), format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


def closed(schema: Any) -> Any:
    """With no members but those that are named."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: closed(each) for name, each in schema.items()}
    if "required" in schema and "properties" in schema:
        schema.setdefault("additionalProperties", False)
    return schema
