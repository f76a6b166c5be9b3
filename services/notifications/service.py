"""Delivering: a row for each message, an attempt at once, others later, by whichever process."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable

from msgspec.structs import replace
from prometheus_client import Counter

from services.notifications.domain import (
    CodeDied,
    Delivery,
    LeaseLost,
    Refused,
    Result,
    Sent,
    TryAgain,
    Unknown,
    pause_after,
)
from services.notifications.messages import Composer
from services.notifications.repository import Deliveries, Suppressions
from services.notifications.senders import Senders
from shared import logs
from shared.clock import Clock
from shared.messaging import Transaction
from shared.mongo import is_outage
from shared.seal import Seal, SealBroken

log = logs.get("deliveries")

DELIVERIES = Counter(
    "aula_deliveries_total",
    "Attempts by what became of them: sent, tryagain, refused, unknown, expired",
    ["channel", "outcome"],
)

_SWEEP_EVERY = 1.0  # seconds
_RENEW_EVERY = 3.0  # well within a lease
_MOST_IN_HAND = 500  # what comes beyond is left to whichever process has room first
_DRAIN_SECONDS = 1.5  # less than what the process gives its background work


class DeliveryService:
    """`accept` takes a delivery on, `run` sees to all that are due. Any number of processes do."""

    def __init__(
        self,
        deliveries: Deliveries,
        suppressions: Suppressions,
        senders: Senders,
        composer: Composer,
        seal: Seal,
        clock: Clock,
    ) -> None:
        self._deliveries = deliveries
        self._suppressions = suppressions
        self._senders = senders
        self._composer = composer
        self._seal = seal
        self._clock = clock
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._ending = False

    async def accept(self, delivery: Delivery, transaction: Transaction) -> None:
        """Store `delivery` and, once that is durable, send it at once."""
        if delivery.expired(self._clock()):
            delivery = replace(delivery, state="expired")
        elif await self._is_suppressed(delivery, transaction):
            delivery = replace(delivery, state="failed", error="suppressed")
        elif len(self._in_hand) < _MOST_IN_HAND and not self._ending:
            delivery = replace(delivery, attempts=1)
            transaction.after_commit.append(lambda: self._start(delivery))
        await self._deliveries.add(delivery, transaction.session)

    async def run(self) -> None:
        """For ever. When it is ended, what is under way gets some seconds to come to its end."""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                await self._guarded(self._sweep)
                await asyncio.sleep(_SWEEP_EVERY)
        finally:
            await self._drain()
            renewing.cancel()
            for sender in self._senders.values():
                await sender.close()

    async def _sweep(self) -> None:
        while (room := _MOST_IN_HAND - len(self._in_hand)) > 0:
            claimed = await self._deliveries.claim(min(room, 100), self._in_hand)
            for delivery in claimed:
                self._start(delivery)
            if not claimed:
                return

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY)
            if self._in_hand:
                await self._guarded(lambda: self._deliveries.renew(self._in_hand))

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        """What runs for ever outlives whatever is away."""
        try:
            await work()
        except Exception as error:  # the loop goes on; what is no outage is logged
            if not is_outage(error):
                log.exception("looking after deliveries failed")

    async def _drain(self) -> None:
        self._ending = True
        deadline = time.monotonic() + _DRAIN_SECONDS
        while self._in_hand and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(self._in_hand.values(), timeout=left)
        for task in self._in_hand.values():
            task.cancel()

    async def _is_suppressed(self, delivery: Delivery, transaction: Transaction) -> bool:
        return await self._suppressions.has(
            delivery.channel, delivery.recipient, transaction.session
        )

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._deliver(delivery))
        self._in_hand[delivery.id] = task
        task.add_done_callback(lambda _: self._in_hand.pop(delivery.id, None))

    async def _deliver(self, delivery: Delivery) -> None:
        """One attempt, and its outcome in the row. Should this fail or die, the lease ends."""
        try:
            result = await self._attempt(delivery)
            self._note(delivery, type(result).__name__.lower(), getattr(result, "reason", None))
            await self._until_written(lambda: self._record(delivery, result))
        except CodeDied:
            self._note(delivery, "expired")
            await self._until_written(
                lambda: self._deliveries.end(delivery.id, "expired", delivery.error)
            )
        except LeaseLost:
            log.info("another process has taken over", delivery_id=delivery.id)
        except Exception as error:  # noqa: BLE001  whatever it is, another attempt may do better
            if is_outage(error):
                log.info("delivery waits for MongoDB", delivery_id=delivery.id)
            else:
                log.error("an attempt failed", delivery_id=delivery.id, error=_where(error))

    async def _attempt(self, delivery: Delivery) -> Result:
        now = self._clock()
        if delivery.expired(now):
            raise CodeDied
        try:
            code = self._seal.open(delivery.sealed_code, delivery.challenge_id).decode()
        except SealBroken:
            log.error("a code does not open: has auth another AULA_CODE_KEY?")
            return TryAgain("seal broken")
        message = self._composer.code_message(delivery, code, now)
        return await self._senders[delivery.channel].send(message, lambda: self._going(delivery))

    async def _going(self, delivery: Delivery) -> None:
        if delivery.expired(self._clock()):
            raise CodeDied
        if not await self._deliveries.going(delivery.id):
            raise LeaseLost

    async def _record(self, delivery: Delivery, result: Result) -> None:
        match result:
            case Sent():
                await self._deliveries.end(delivery.id, "sent", None)
            case Unknown(reason):
                await self._deliveries.end(delivery.id, "unknown", reason)
            case Refused(reason, dead_address):
                if dead_address:
                    await self._suppressions.add(delivery.channel, delivery.recipient, reason)
                await self._deliveries.end(delivery.id, "failed", reason)
            case TryAgain(reason):
                await self._later(delivery, reason)

    def _note(self, delivery: Delivery, outcome: str, reason: str | None = None) -> None:
        DELIVERIES.labels(delivery.channel, outcome).inc()
        log.info(
            "delivery",
            delivery_id=delivery.id,
            channel=delivery.channel,
            attempts=delivery.attempts,
            outcome=outcome,
            reason=reason,
        )

    async def _later(self, delivery: Delivery, reason: str) -> None:
        pause = pause_after(delivery.channel, delivery.attempts)
        if pause is None:
            await self._deliveries.end(delivery.id, "failed", reason)
        else:
            await self._deliveries.try_again(delivery.id, pause, reason)

    async def _until_written(self, write: Callable[[], Awaitable[None]]) -> None:
        """What became of an attempt is known only here: MongoDB away is no reason to forget it,
        for then it would be sent again."""
        while True:
            try:
                return await write()
            except Exception as error:  # an outage passes; all else is raised
                if not is_outage(error):
                    raise
            await asyncio.sleep(0.2)


def _where(error: Exception) -> str:
    """The error's type and place. Not its text, which may quote the message."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].name}:{frames[-1].lineno}"
