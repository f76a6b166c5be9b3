"""The files that are made."""

from pathlib import Path

import msgspec

import gateway
from deploy.reference import events, openapi, typescript
from deploy.reference.examples import recorded
from deploy.reference.operations import operations
from deploy.reference.schemas import Json

FOLDER = Path(gateway.__path__[0]) / "reference"


def made() -> dict[str, bytes]:
    """By name."""
    api = openapi.document(operations(), recorded())
    return {
        "openapi.json": _json(api),
        "asyncapi.json": _json(events.document()),
        "client.d.ts": typescript.definitions(api).encode(),
    }


def _json(document: Json) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
