"""Learners, as auth and users tell of them."""

from shared.acquaintance import Acquaintance


class Learner(Acquaintance, frozen=True, kw_only=True):
    surname: str | None = None

    @property
    def full_name(self) -> str | None:
        return " ".join(part for part in (self.name, self.surname) if part) or None
