"""Requests whose JSON means what it says."""

import re
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ValidationException

_PLACE = re.compile(r" - at `\$\.(.+)`$")


class StrictRequest(Request[Any, Any, Any]):
    """Litestar takes 1 for true and "5" for 5 in a body, as it must in a query."""

    async def json(self) -> Any:
        """The body as what the route says `data` is. Raises ValidationException, as Litestar."""
        value = await super().json()
        field = self.route_handler.parsed_data_field
        if field is None:
            return value
        try:
            return msgspec.convert(value, field.annotation)
        except msgspec.ValidationError as error:
            place = _PLACE.search(str(error))
            wrong = {
                "message": str(error).split(" - ", maxsplit=1)[0],
                "key": place[1] if place else "data",
            }
            raise ValidationException(extra=[wrong]) from error
