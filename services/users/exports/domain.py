"""An export: one copy of all that every service holds on a person, gathered answer by answer."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from services.users.erasures.domain import SERVICES

LIFE = timedelta(days=7)
_ONE_IN = timedelta(hours=24)
_PATIENCE = timedelta(minutes=1)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one answer of one service so far: the numbers of its `chunks` pieces."""

    chunks: int
    here: frozenset[int] = frozenset()

    @property
    def is_whole(self) -> bool:
        return len(self.here) == self.chunks


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """`answers`: by service and the answer's id. `whole`: the answer that counts, by service."""

    id: str
    user_id: str
    requested_at: datetime
    asked_at: datetime
    expires_at: datetime
    status: Literal["gathering", "ready"] = "gathering"
    answers: dict[str, dict[str, Answer]] = {}
    whole: dict[str, str] = {}

    @classmethod
    def fresh(cls, export_id: str, user_id: str, now: datetime) -> "Export":
        return cls(
            id=export_id,
            user_id=user_id,
            requested_at=now,
            asked_at=now,
            expires_at=now + LIFE,
        )

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"

    @property
    def silent(self) -> tuple[str, ...]:
        return tuple(service for service in SERVICES if service not in self.whole)

    def is_over(self, now: datetime) -> bool:
        """Whether the link is dead."""
        return self.expires_at <= now

    def allows_another(self, now: datetime) -> bool:
        return self.is_over(now) or (self.is_ready and self.requested_at + _ONE_IN <= now)

    def waits_long(self, now: datetime) -> bool:
        return not self.is_ready and self.asked_at + _PATIENCE <= now

    def asked_again(self, now: datetime) -> "Export":
        return msgspec.structs.replace(self, asked_at=now)

    def wants(self, service: str) -> bool:
        return service in self.silent

    def received(
        self, service: str, answer_id: str, chunk: int, chunks: int, now: datetime
    ) -> "Export":
        """A piece that it `wants`. Ready with the last one."""
        known = self.answers.get(service, {})
        answer = known.get(answer_id, Answer(chunks=chunks))
        answer = msgspec.structs.replace(answer, here=answer.here | {chunk})
        answers = {**self.answers, service: {**known, answer_id: answer}}
        if not answer.is_whole:
            return msgspec.structs.replace(self, answers=answers)
        whole = {**self.whole, service: answer_id}
        more = msgspec.structs.replace(self, answers=answers, whole=whole)
        if more.silent:
            return more
        return msgspec.structs.replace(more, status="ready", expires_at=now + LIFE)
