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

    @property
    def traces(self) -> tuple[str, ...]:
        """By what this event is found when it must be erased: the ids and the addresses of the
        people whose data it carries."""
        raise NotImplementedError


class PersonEvent(Event, frozen=True, kw_only=True):
    """Something that happened to one person, and by whose id its traces are found."""

    user_id: str

    @property
    def about(self) -> str:
        return self.user_id

    @property
    def traces(self) -> tuple[str, ...]:
        return (self.user_id,)
