"""What every event has."""

from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Something that happened. `subject` is `<thing>.<what happened>`, `owner` the service."""

    subject: ClassVar[str]
    owner: ClassVar[str]

    @property
    def about(self) -> str:
        """The id of the thing it happened to (CloudEvents `subject`). Never personal data."""
        raise NotImplementedError
