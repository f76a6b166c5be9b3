"""The AsyncAPI document of the events."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path

from deploy.reference import words
from deploy.reference.schemas import TIME, Json, Schemas
from shared.contracts import EVENTS, Event
from shared.messaging.streams import STREAMS, Stream

_ROOT = Path(__file__).parents[2]
_TEXT: Json = {"type": "string"}

# What every event carries: CloudEvents 1.0 in binary mode, and the trace of the request.
_HEADERS: Json = {
    "type": "object",
    "properties": {
        "Nats-Msg-Id": {**_TEXT, "description": "The event's id: NATS keeps it once"},
        "ce-specversion": {"const": "1.0"},
        "ce-id": {**_TEXT, "description": "The event's id: handle it once"},
        "ce-type": {**_TEXT, "description": "What happened: the subject"},
        "ce-source": {**_TEXT, "description": "Where: `/aula/` and the service"},
        "ce-time": TIME,
        "ce-subject": {**_TEXT, "description": "The id of the thing it happened to"},
        "content-type": {"const": "application/json"},
        "traceparent": {**_TEXT, "description": "W3C trace context"},
        "aula-request-id": {**_TEXT, "description": "The request that it came from"},
    },
    "required": ["Nats-Msg-Id", "ce-id", "ce-type", "ce-source", "ce-time", "ce-subject"],
}


def document() -> Json:
    schemas = Schemas(EVENTS)
    listeners = _listeners()
    operations: Json = {}
    for event in EVENTS:
        operations[f"publish.{event.subject}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{event.subject}"},
            "summary": f"Published by {_owner(event)}",
        }
        for name in listeners[event.__name__]:
            operations[name] = {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{event.subject}"},
                "summary": f"The durable consumer `{name}`",
            }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"{words.TITLE}: events",
            "version": "1.0.0",
            "description": words.EVENTS,
        },
        "defaultContentType": "application/json",
        "servers": {"nats": {"host": "127.0.0.1:4222", "protocol": "nats"}},
        "channels": {event.subject: _channel(event) for event in EVENTS},
        "operations": operations,
        "components": {
            "messages": {event.subject: _message(event, schemas) for event in EVENTS},
            "schemas": {**schemas.components, "Headers": _HEADERS},
        },
    }


def _channel(event: type[Event]) -> Json:
    stream = next(each for each in STREAMS if _holds(each, event))
    kept = str(stream.max_age).partition(",")[0]
    return {
        "address": event.subject,
        "description": f"In the stream `{stream.name}`, which keeps it for {kept}",
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.subject}"}},
        "tags": [{"name": _owner(event)}],
    }


def _message(event: type[Event], schemas: Schemas) -> Json:
    said = " ".join(cleandoc(event.__doc__ or "").split())
    return {
        "name": event.subject,
        "title": event.__name__,
        "summary": said or event.subject.replace("_", " ").replace(".", " ").capitalize(),
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": schemas.of(event),
    }


def _owner(event: type[Event]) -> str:
    return "every service" if event.owner == "all" else event.owner


def _holds(stream: Stream, event: type[Event]) -> bool:
    return f"{event.subject.partition('.')[0]}.>" in stream.subjects


def _listeners() -> dict[str, list[str]]:
    """The names of the durable consumers, by event; `each-…` is one in every service that needs
    it. As the code has them: `Subscription("users-register", UserRegistered, …)`."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for package in ("services", "shared"):
        for path in sorted((_ROOT / package).rglob("*.py")):
            code = path.read_text()
            if "Subscription(" in code:  # few do, and to parse takes long
                for name, event in _subscriptions(ast.walk(ast.parse(code))):
                    found[event].append(name)
    return found


def _subscriptions(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id="Subscription"), args=[name, ast.Name(id=event), *_]):
                text = re.sub(r"\{[^}]*\}", "each", ast.unparse(name).removeprefix("f"))
                yield text.strip("'\""), event
