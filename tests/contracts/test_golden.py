"""Contracts only grow: a release that is still running reads what the next one writes."""

import ast
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from deploy.components import ROOT
from shared import contracts
from shared.contracts import EVENTS, Event
from tests.contracts.golden_file import GOLDEN, breaks, described, fields_of, path_of, read

SEE = "run `python -m tests.contracts.update`, which also says what it refuses"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.subject)
def test_an_event_is_as_its_golden_file_says(event: type[Event]) -> None:
    assert path_of(event).exists(), f"{event.subject} is new: {SEE}"
    assert breaks(read(event), described(event)) == []
    assert read(event) == described(event), f"{event.subject} has grown: {SEE}"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.subject)
def test_an_example_is_read_and_written_without_loss(event: type[Event]) -> None:
    example = read(event).example
    decoded = msgspec.json.decode(msgspec.json.encode(example), type=event)
    assert msgspec.json.decode(msgspec.json.encode(decoded)) == example
    newer = {**example, "addedByANewerRelease": 1}
    assert msgspec.json.decode(msgspec.json.encode(newer), type=event) == decoded
    assert decoded.about


def test_no_event_that_was_ever_published_disappears() -> None:
    known = {path.name.removesuffix(".json") for path in GOLDEN.glob("*.json")}
    assert known == {event.subject for event in EVENTS}


def test_subjects_are_unique() -> None:
    assert len({event.subject for event in EVENTS}) == len(EVENTS)


class Thing(Event, frozen=True, kw_only=True):
    subject: ClassVar[str] = "thing.happened"
    owner: ClassVar[str] = "auth"

    one: str
    two: int = 0


class Removed(Thing, frozen=True, kw_only=True):
    one: int = 3


class Added(Thing, frozen=True, kw_only=True):
    three: str


class Grown(Thing, frozen=True, kw_only=True):
    three: str | None = None


class Strict(Thing, frozen=True, kw_only=True):
    two: int


def test_what_breaks_a_contract_is_noticed() -> None:
    old = described(Thing)
    assert breaks(old, described(Grown)) == []
    assert breaks(old, described(Added)) == ["three was added without a default"]
    assert breaks(old, described(Removed)) == ["one was str and is int"]
    assert breaks(old, described(Strict)) == ["two lost its default"]
    assert breaks(described(Grown), old) == ["three was removed or renamed"]


def test_fields_inside_fields_count() -> None:
    fields = fields_of(contracts.users.UserProfileUpdated)
    assert fields["profile.name"] == {"type": "null | str", "optional": True}


def test_only_the_owner_of_an_event_makes_one() -> None:
    """A scan of the sources for calls such as `UserRegistered(...)`."""
    owners = {event.__name__: event.owner for event in EVENTS}
    for path in sorted((ROOT / "services").rglob("*.py")):
        service = path.relative_to(ROOT / "services").parts[0]
        for name, line in _calls(path):
            owner = owners.get(name, service)
            assert owner == service, f"{path}:{line}: {service} makes {name}, which is {owner}'s"


def _calls(path: Path) -> list[tuple[str, int]]:
    nodes = ast.walk(ast.parse(path.read_text()))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    return [
        (call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id, call.lineno)
        for call in calls
        if isinstance(call.func, ast.Attribute | ast.Name)
    ]
