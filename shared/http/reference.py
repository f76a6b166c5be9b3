"""What a route says of itself for the reference of the API (`deploy/reference`), in its `opt`."""

from typing import Any

from shared.errors import AulaError


def refuses(*refusals: type[AulaError]) -> dict[str, Any]:
    """Those of its own, besides the ones that every route of its kind has."""
    return {"refuses": refusals}
