"""Erasing a person everywhere: ask every service, collect the receipts, ask the silent ones again,
and when all have answered erase what is left here and tell the person.

Each step is a transaction, or may be repeated; a replica that dies between two leaves the rest to
the others."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from prometheus_client import Gauge

from services.users.actors import Actors
from services.users.domain import Person
from services.users.erasures.domain import Erasure, Receipt, State, pause
from services.users.erasures.repository import Erasures
from shared import logs
from shared.clock import timestamp
from shared.contracts.users import UserDeleted, UserErased, UserErasureCompleted
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging import Outbox, Traces, Transaction
from shared.mongo import ServerClock
from shared.pseudonyms import Pseudonyms
from shared.seal import Seal
from shared.sweeping import sweeping
from shared.tokens import Principal

log = logs.get("erasures")

ERASURES = Gauge("aula_erasures_open", "Erasures of people that are not complete", ["state"])

_LOOK_EVERY = 2.0  # seconds
_AT_A_TIME = 100
_ALL: tuple[State, ...] = ("running", "stuck", "complete")
_OPEN: tuple[State, ...] = ("running", "stuck")

Step = Callable[[Erasure, datetime, Transaction], Erasure]


class ErasureService:
    def __init__(
        self,
        erasures: Erasures,
        actors: Actors,
        traces: Traces,
        pseudonyms: Pseudonyms,
        seal: Seal,
        outbox: Outbox,
        now: ServerClock,
        *,
        stuck_after: timedelta,
    ) -> None:
        self._erasures = erasures
        self._actors = actors
        self._traces = traces
        self._pseudonyms = pseudonyms
        self._seal = seal
        self._outbox = outbox
        self._now = now
        self._stuck_after = stuck_after
        self._wake = asyncio.Event()

    async def begin(self, person: Person, now: datetime, transaction: Transaction) -> None:
        """In the transaction that removes the person."""
        erasure_id = new_id()
        email = person.account.email
        erasure = Erasure(
            id=erasure_id,
            person=self._pseudonyms.of(person.id),
            user_id=person.id,
            sealed_email=self._seal.close(email.encode(), erasure_id) if email else None,
            language=person.profile.language or "en",
            started_at=now,
            asked_at=now,
            next_step_at=now + pause(1),
        )
        await self._erasures.insert(erasure, transaction.session)
        transaction.record(
            UserDeleted(user_id=person.id, erasure_id=erasure_id, sealed_email=erasure.sealed_email)
        )

    async def keep_receipt(self, event: UserErased, transaction: Transaction) -> None:
        erasure = await self._erasures.find(event.erasure_id, transaction.session)
        if erasure is None:
            return
        receipt = Receipt(erased_at=event.erased_at, counts=event.counts)
        known = erasure.received(event.service, receipt, await self._now())
        if known != erasure:
            await self._erasures.save(known, transaction.session)
        if not known.silent:
            transaction.after_commit.append(self._wake.set)

    async def page(
        self, principal: Principal, state: State | None, skip: int, limit: int
    ) -> tuple[Sequence[Erasure], int]:
        """Newest first, and how many there are in all. Raises InsufficientPermissions."""
        await self._actors.require(principal, "admin")
        states = (state,) if state else _ALL
        return await self._erasures.page(states, skip, limit), await self._erasures.count(states)

    async def of(self, principal: Principal, user_id: str) -> Erasure:
        """Raises NotFound, InsufficientPermissions."""
        await self._actors.require(principal, "admin")
        if erasure := await self._erasures.of(self._pseudonyms.of(user_id)):
            return erasure
        raise NotFound

    async def run(self) -> None:
        """Take the steps that are due, for ever. Every replica does."""

        async def look() -> None:
            await self.take_steps()
            for state in _OPEN:
                ERASURES.labels(state).set(await self._erasures.count((state,)))

        await sweeping(look, every=_LOOK_EVERY, what="erasures", wake=self._wake)

    async def take_steps(self) -> None:
        now = await self._now()
        for erasure_id in await self._erasures.due(now, _AT_A_TIME):
            erasure = await self._erasures.find(erasure_id)
            if erasure and erasure.silent:
                await self._change(erasure_id, now, self._ask_again)
            elif erasure and erasure.user_id:
                # What asks the services to erase must outlive their answers, and nothing else.
                await self._after_erasing((erasure_id, erasure.user_id), erasure, self._complete)
            elif erasure:
                await self._after_erasing((erasure_id,), erasure, self._end)

    async def _after_erasing(self, traces: Sequence[str], erasure: Erasure, step: Step) -> None:
        now = await self._now()
        try:
            await self._traces.erase(traces)
        except Exception as error:  # noqa: BLE001  one that cannot end must not hold up the others
            log.info("erasure waits", user=erasure.person, reason=type(error).__name__)
            step = self._postpone
        await self._change(erasure.id, now, step)

    async def _change(self, erasure_id: str, now: datetime, step: Step) -> None:
        """Take `step` if it is still due: other replicas are at it too."""

        async def work(transaction: Transaction) -> None:
            erasure = await self._erasures.find(erasure_id, transaction.session)
            if erasure is None or not erasure.is_due(now):
                return
            changed = step(erasure, now, transaction)
            if changed.is_open and changed.takes_longer_than(self._stuck_after, now):
                changed = changed.stuck()
            await self._erasures.save(changed, transaction.session)
            if changed.state == "stuck" != erasure.state:
                transaction.after_commit.append(partial(_warn, changed))

        await self._outbox.commit(work)

    def _ask_again(self, erasure: Erasure, now: datetime, transaction: Transaction) -> Erasure:
        if not erasure.silent or erasure.user_id is None:
            return erasure
        transaction.record(
            UserDeleted(
                user_id=erasure.user_id,
                erasure_id=erasure.id,
                services=erasure.silent,
                sealed_email=erasure.sealed_email,
            )
        )
        return erasure.asked_again(now)

    def _end(self, erasure: Erasure, _: datetime, __: Transaction) -> Erasure:
        return erasure.over()

    def _postpone(self, erasure: Erasure, now: datetime, _: Transaction) -> Erasure:
        return erasure.postponed(now)

    def _complete(self, erasure: Erasure, now: datetime, transaction: Transaction) -> Erasure:
        if erasure.sealed_email:  # who had none cannot be told
            transaction.record(
                UserErasureCompleted(
                    erasure_id=erasure.id,
                    sealed_email=erasure.sealed_email,
                    language=erasure.language or "en",
                    completed_at=timestamp(now),
                )
            )
        return erasure.complete(now)


def _warn(erasure: Erasure) -> None:
    log.warning("erasure is stuck", user=erasure.person, silent=list(erasure.silent))
