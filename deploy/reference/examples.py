"""Requests and answers that were recorded on a running system (`recording.py`)."""

from pathlib import Path
from typing import Any

import msgspec

RECORDED = Path(__file__).with_name("examples.json")


class Example(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Of one operation. `form`: the parts of a multipart body; files by their names."""

    parameters: dict[str, Any] = {}
    body: Any = None
    form: dict[str, Any] | None = None
    status: int
    answer: Any = None


def recorded() -> dict[str, Example]:
    """By the operation's id."""
    if not RECORDED.exists():
        return {}
    return msgspec.json.decode(RECORDED.read_bytes(), type=dict[str, Example])
