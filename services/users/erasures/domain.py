"""An erasure: a person's account is gone, and service after service reports that it holds nothing
on them any more."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from shared.languages import Language

State = Literal["running", "stuck", "complete"]

SERVICES = ("auth", "learning", "notifications", "users")  # all hold something on people

_FIRST_PAUSE = timedelta(seconds=30)
_FINISH_AGAIN = timedelta(seconds=3)
_LONGEST_PAUSE = timedelta(hours=1)
_LAST_MAIL_IS_OUT = timedelta(days=4)  # or was given up: it is tried for three


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """`counts`: how many documents of which kind the service removed."""

    erased_at: str
    counts: dict[str, int]


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """`person`: their pseudonym. What is needed to erase them and to tell them, `user_id` and
    `sealed_email`, goes when all is done. `next_step_at`: when it is looked at again."""

    id: str
    person: str
    user_id: str | None
    sealed_email: str | None
    language: Language | None
    started_at: datetime
    asked_at: datetime
    next_step_at: datetime | None
    asked: int = 1
    state: State = "running"
    receipts: dict[str, Receipt] = {}
    completed_at: datetime | None = None

    @property
    def silent(self) -> tuple[str, ...]:
        return tuple(service for service in SERVICES if service not in self.receipts)

    @property
    def is_open(self) -> bool:
        return self.completed_at is None

    def is_due(self, now: datetime) -> bool:
        return self.next_step_at is not None and self.next_step_at <= now

    def takes_longer_than(self, limit: timedelta, now: datetime) -> bool:
        return self.started_at + limit <= now

    def received(self, service: str, receipt: Receipt, now: datetime) -> "Erasure":
        """The first receipt of a service counts."""
        if not self.is_open or service not in self.silent:
            return self
        known = msgspec.structs.replace(self, receipts={**self.receipts, service: receipt})
        return known if known.silent else msgspec.structs.replace(known, next_step_at=now)

    def asked_again(self, now: datetime) -> "Erasure":
        return msgspec.structs.replace(
            self, asked=self.asked + 1, asked_at=now, next_step_at=now + pause(self.asked + 1)
        )

    def postponed(self, now: datetime) -> "Erasure":
        return msgspec.structs.replace(self, next_step_at=now + _FINISH_AGAIN)

    def stuck(self) -> "Erasure":
        return msgspec.structs.replace(self, state="stuck")

    def complete(self, now: datetime) -> "Erasure":
        return msgspec.structs.replace(
            self,
            state="complete",
            completed_at=now,
            next_step_at=now + _LAST_MAIL_IS_OUT if self.sealed_email else None,
            user_id=None,
            sealed_email=None,
            language=None,
        )

    def over(self) -> "Erasure":
        """Nothing is left to be done."""
        return msgspec.structs.replace(self, next_step_at=None)


def pause(asked: int) -> timedelta:
    """How long to wait for answers after asking for the `asked`th time."""
    doubled: timedelta = _FIRST_PAUSE * 2 ** min(asked - 1, 10)
    return min(_LONGEST_PAUSE, doubled)
