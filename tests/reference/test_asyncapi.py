"""The document of the events is whole."""

from typing import Any

from deploy.reference import events
from shared.contracts import EVENTS
from tests.contracts.golden_file import read

DOCUMENT: dict[str, Any] = events.document()


def resolved(reference: str) -> Any:
    target: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    return target


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_every_event_has_its_channel_its_owner_and_its_fields() -> None:
    assert set(DOCUMENT["channels"]) == {event.subject for event in EVENTS}
    for event in EVENTS:
        payload = resolved(DOCUMENT["components"]["messages"][event.subject]["payload"]["$ref"])
        fields = {name.partition(".")[0] for name in read(event).fields}
        assert set(payload["properties"]) == set(payload["required"]) == fields
        assert f"publish.{event.subject}" in DOCUMENT["operations"]


def test_who_listens_is_named() -> None:
    listening = {
        name: operation["channel"]["$ref"].rpartition("/")[2]
        for name, operation in DOCUMENT["operations"].items()
        if operation["action"] == "receive"
    }
    assert listening["users-register"] == "user.registered"
    assert listening["notifications-deliver-code"] == "otp.requested"
    assert listening["each-erase"] == "user.deleted"


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        assert resolved(reference) is not None
