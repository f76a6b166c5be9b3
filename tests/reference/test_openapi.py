"""What the document says is whole, valid and true."""

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

import gateway
import services
from deploy.reference.examples import recorded
from deploy.reference.files import FOLDER, made
from deploy.reference.operations import operations
from deploy.reference.refusals import OTHERWISE, of
from deploy.reference.words import PARAMETERS
from gateway.errors import AulaError
from tests.reference.document import API, each_operation, problems, resolved

AGREED = Path(__file__).with_name("contract.txt")
OPERATIONS = operations()


def test_the_committed_files_are_what_is_made() -> None:
    stale = [name for name, content in made().items() if (FOLDER / name).read_bytes() != content]
    assert not stale, "run make docs, and commit gateway/reference"


def test_the_document_is_valid_openapi() -> None:
    errors = OpenAPIV31SpecValidator(API).iter_errors()
    assert not [f"{list(error.absolute_path)}: {error.message}" for error in errors]


def test_its_routes_are_those_that_were_agreed_on() -> None:
    lines = AGREED.read_text().splitlines()
    agreed = [line for line in lines if line and not line.startswith("#")]
    assert len(set(agreed)) == len(agreed)
    assert {f"{method} {path}" for method, path, _ in each_operation()} == {*agreed}


def test_every_operation_is_told_in_words_of_its_own() -> None:
    summaries = [each.words[0] for each in OPERATIONS]
    assert not [each.id for each in OPERATIONS if each.handler.fn.__doc__ is None]
    assert len(set(summaries)) == len(summaries)
    assert not [summary for summary in summaries if not 5 < len(summary) < 75]


def test_every_parameter_is_told_what_it_is_for() -> None:
    given = {each.name for operation in OPERATIONS for each in operation.in_query}
    given |= {each.name for operation in OPERATIONS for each in operation.in_path}
    assert not given - set(PARAMETERS)


def test_every_refusal_that_exists_is_one_of_some_operation() -> None:
    told = {refusal.code for operation in OPERATIONS for refusal in of(operation)}
    told |= {refusal.code for refusal in OTHERWISE}
    for package in (services, gateway):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    untold = {each.code for each in _below(AulaError) if _is_ours(each)} - told
    # A method that a path does not have is no operation; a conflict is always one of a kind.
    assert untold <= {"method_not_allowed", "conflict"}


def _below(kind: type[AulaError]) -> set[type[AulaError]]:
    return {kind}.union(*(_below(each) for each in kind.__subclasses__()))


def _is_ours(refusal: type[AulaError]) -> bool:
    return refusal.__module__.partition(".")[0] in ("shared", "services", "gateway")


def test_every_operation_with_a_json_answer_has_an_example() -> None:
    examples = recorded()
    assert set(examples) <= {each.id for each in OPERATIONS}, "run deploy.reference.recording"
    missing = [
        each.id for each in OPERATIONS if each.answer is not None and each.id not in examples
    ]
    assert not missing, "run python -m deploy.reference.recording"


BY_ID = {operation["operationId"]: operation for _, _, operation in each_operation()}


@pytest.mark.parametrize("name", BY_ID)
def test_examples_are_as_their_schemas_say(name: str) -> None:
    operation = BY_ID[name]
    wrong = []
    for parameter in map(resolved, operation["parameters"]):
        if "example" in parameter:
            wrong += problems(parameter["example"], parameter["schema"])
    holders = [operation.get("requestBody", {}), *map(resolved, operation["responses"].values())]
    for holder in holders:
        for content in holder.get("content", {}).values():
            if "example" in content:
                wrong += problems(content["example"], content["schema"])
            for example in map(resolved, content.get("examples", {}).values()):
                wrong += problems(example["value"], content["schema"])
    assert not wrong


def test_what_changes_something_warns_of_production_and_nothing_else_does() -> None:
    for method, path, operation in each_operation():
        changes = method != "GET" or path == "/users/me/export"
        assert ("x-production-warning" in operation) == changes, (method, path)


def test_an_alias_is_what_it_stands_for() -> None:
    aliases = [each for each in BY_ID.values() if "x-alias-of" in each]
    assert aliases
    for alias in aliases:
        meant = BY_ID[alias["x-alias-of"]]
        same = set(meant) - {"operationId", "description"}
        assert {name: alias[name] for name in same} == {name: meant[name] for name in same}
