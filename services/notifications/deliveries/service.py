"""Delivering: a row for each message, an attempt at once, others later, by whichever process."""

import traceback

from msgspec.structs import replace
from prometheus_client import Counter

from services.notifications.deliveries.domain import LANES, Delivery, Lane, State, pause_after
from services.notifications.deliveries.messages import Composer
from services.notifications.deliveries.outcomes import outcome_of
from services.notifications.deliveries.repository import Deliveries, Suppressions
from services.notifications.in_hand import InHand, until_written
from services.notifications.senders.domain import (
    LeaseLost,
    Refused,
    Result,
    Sent,
    TooLate,
    TryAgain,
    Unknown,
)
from services.notifications.senders.sender import Senders
from services.notifications.texts import Template
from shared import logs
from shared.clock import Clock
from shared.messaging import Outbox, Transaction
from shared.mongo import is_outage
from shared.seal import Seal, SealBroken

log = logs.get("deliveries")

DELIVERIES = Counter(
    "aula_deliveries_total",
    "Attempts by what became of them: sent, tryagain, refused, unknown, expired",
    ["channel", "outcome"],
)

# What comes beyond is left to whichever process has room first. Each lane has room of its own: none
# is taken from what somebody waits for.
_MOST_IN_HAND: dict[Lane, int] = {"urgent": 500, "push": 200, "news": 100}


class DeliveryService:
    """`accept` takes a delivery on, `run` sees to all that are due. Any number of processes do."""

    def __init__(
        self,
        deliveries: Deliveries,
        suppressions: Suppressions,
        senders: Senders,
        composer: Composer,
        outbox: Outbox,
        clock: Clock,
        *,
        code_seal: Seal,
        seal: Seal,
        delivers: bool,
    ) -> None:
        """`code_seal` opens codes, `seal` all else. `delivers`: whether `run` is going to; else
        what is accepted is left to the processes that do."""
        self._deliveries = deliveries
        self._suppressions = suppressions
        self._senders = senders
        self._composer = composer
        self._outbox = outbox
        self._clock = clock
        self._code_seal = code_seal
        self._seal = seal
        self._in_hand = InHand(takes_more=delivers)
        self._in_lane: dict[Lane, set[str]] = {lane: set() for lane in LANES}

    async def accept(self, delivery: Delivery, transaction: Transaction) -> None:
        """Store `delivery` and, once that is durable, send it at once."""
        if delivery.expired(self._clock()):
            delivery = replace(delivery, state="expired")
        elif await self._is_suppressed(delivery, transaction):
            delivery = replace(delivery, state="failed", error="suppressed")
        elif self._in_hand.takes_more and self._room(delivery.lane) > 0:
            delivery = replace(delivery, attempts=1)
            transaction.after_commit.append(lambda: self._start(delivery))
        await self._deliveries.add(delivery, transaction.session)
        self._say(delivery, delivery.state, delivery.error, transaction)

    async def supersede(self, user_id: str, template: Template, transaction: Transaction) -> None:
        """Messages of this kind that nobody has taken so far have become untrue."""
        for each in await self._deliveries.supersede(user_id, template, transaction.session):
            self._say(each, "failed", "superseded", transaction)

    async def run(self) -> None:
        """For ever. When it is ended, what is under way gets some seconds to come to its end."""
        try:
            await self._in_hand.see_to(self._sweep, self._deliveries.renew, what="deliveries")
        finally:
            for sender in self._senders.values():
                await sender.close()

    async def _sweep(self) -> None:
        """In batches: after each of the others, those that are urgent are looked at again."""
        while sum([await self._sweep_lane(lane) for lane in LANES]):
            pass

    async def _sweep_lane(self, lane: Lane) -> int:
        room = min(self._room(lane), 100)
        if room <= 0:
            return 0
        claimed = await self._deliveries.claim(room, self._in_hand.ids, lane)
        for delivery in claimed:
            self._start(delivery)
        return len(claimed)

    def _room(self, lane: Lane) -> int:
        return _MOST_IN_HAND[lane] - len(self._in_lane[lane])

    async def _is_suppressed(self, delivery: Delivery, transaction: Transaction) -> bool:
        recipient = delivery.recipient
        if delivery.channel == "push":  # whose dead addresses are removed
            return False
        return recipient is not None and await self._suppressions.has(
            delivery.channel, recipient, transaction.session
        )

    def _start(self, delivery: Delivery) -> None:
        in_lane = self._in_lane[delivery.lane]
        in_lane.add(delivery.id)
        self._in_hand.begin(
            delivery.id, self._deliver(delivery), ended=lambda: in_lane.discard(delivery.id)
        )

    async def _deliver(self, delivery: Delivery) -> None:
        """One attempt, and its outcome in the row. Should this fail or die, the lease ends."""
        try:
            result = await self._attempt(delivery)
            self._note(delivery, type(result).__name__.lower(), getattr(result, "reason", None))
            await until_written(lambda: self._record(delivery, result))
        except TooLate:
            self._note(delivery, "expired")
            await until_written(lambda: self._end(delivery, "expired", delivery.error))
        except LeaseLost:
            log.info("taken over by another process, or withdrawn", delivery_id=delivery.id)
        except Exception as error:  # noqa: BLE001  whatever it is, another attempt may do better
            if is_outage(error):
                log.info("delivery waits for MongoDB", delivery_id=delivery.id)
            else:
                log.error("an attempt failed", delivery_id=delivery.id, error=_where(error))

    async def _attempt(self, delivery: Delivery) -> Result:
        now = self._clock()
        if delivery.expired(now):
            raise TooLate
        try:
            secret = self._opened(delivery)
        except SealBroken:
            log.error(
                "a code does not open: has auth another AULA_CODE_KEY?"
                if delivery.is_code
                else "a mail does not open: has users another AULA_PRIVACY_KEY?"
            )
            return TryAgain("seal broken")
        message = self._composer.message(delivery, secret, now)
        return await self._senders[delivery.channel].send(message, lambda: self._going(delivery))

    def _opened(self, delivery: Delivery) -> str:
        if delivery.is_code:
            return self._code_seal.open(delivery.sealed, delivery.context).decode()
        sealed = delivery.sealed
        return self._seal.open(sealed, delivery.context).decode() if sealed else ""

    async def _going(self, delivery: Delivery) -> None:
        if delivery.expired(self._clock()):
            raise TooLate
        if not await self._deliveries.going(delivery.id):
            raise LeaseLost

    async def _record(self, delivery: Delivery, result: Result) -> None:
        match result:
            case Sent():
                await self._end(delivery, "sent", None)
            case Unknown(reason):
                await self._end(delivery, "unknown", reason)
            case Refused(reason, dead_address=True) if delivery.recipient is not None:
                await self._suppress(delivery, delivery.recipient, reason)
            case Refused(reason):
                await self._end(delivery, "failed", reason)
            case TryAgain(reason, after):
                await self._later(delivery, reason, after)

    async def _end(self, delivery: Delivery, state: State, error: str | None) -> None:
        if delivery.user_id is None:  # nobody is told of it
            await self._deliveries.end(delivery.id, state, error)
            return

        async def work(transaction: Transaction) -> None:
            if await self._deliveries.end(delivery.id, state, error, transaction.session):
                self._say(delivery, state, error, transaction)

        await self._outbox.commit(work)

    def _say(
        self, delivery: Delivery, state: State, error: str | None, transaction: Transaction
    ) -> None:
        """What became of it, if anything has and if it concerns somebody."""
        if outcome := outcome_of(delivery, state, error, self._clock()):
            transaction.record(outcome)

    async def _suppress(self, delivery: Delivery, recipient: str, reason: str) -> None:
        """Unless they were erased meanwhile, and the delivery with them."""

        async def work(transaction: Transaction) -> None:
            session = transaction.session
            if await self._deliveries.end(delivery.id, "failed", reason, session):
                self._say(delivery, "failed", reason, transaction)
                await self._suppressions.add(delivery.channel, recipient, reason, session)

        await self._outbox.commit(work)

    def _note(self, delivery: Delivery, outcome: str, reason: str | None = None) -> None:
        DELIVERIES.labels(delivery.channel, outcome).inc()
        log.info(
            "delivery",
            delivery_id=delivery.id,
            channel=delivery.channel,
            template=delivery.template,
            attempts=delivery.attempts,
            outcome=outcome,
            reason=reason,
        )

    async def _later(self, delivery: Delivery, reason: str, after: float) -> None:
        pause = pause_after(delivery.channel, delivery.attempts, delivery.template)
        if pause is None:
            await self._end(delivery, "failed", reason)
        else:
            await self._deliveries.try_again(delivery.id, max(pause, after), reason)


def _where(error: Exception) -> str:
    """The error's type and place. Not its text, which may quote the message."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].name}:{frames[-1].lineno}"
