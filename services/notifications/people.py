"""People as notifications knows them."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from shared.acquaintance import Acquaintance


class Person(Acquaintance, frozen=True, kw_only=True):
    """What notifications knows of a person. `stays`: the deletion that they cancelled last.
    `preferences`: what they chose, by category and way (`inbox/preferences.py`)."""

    phone: str | None = None  # E.164
    timezone: str | None = None
    stays: str | None = None
    preferences: dict[str, dict[str, bool]] = msgspec.field(default_factory=dict)


@dataclass(frozen=True)
class Whom:
    """A person, and where messages to them went. `phone`: E.164."""

    id: str
    emails: Sequence[str]
    phone: str | None

    @property
    def addresses(self) -> list[str]:
        return [*self.emails, *([self.phone] if self.phone else [])]
