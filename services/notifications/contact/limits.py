"""How often one address, and one client, may write; and how many are thanked.

Neither is stored: a ledger is known by a keyed hash, and is gone a day after the last message.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from shared.addresses import network_of
from shared.errors import TooManyRequests
from shared.figures import day_of
from shared.languages import Text
from shared.mongo import Collection, Document, IndexModel, Session
from shared.pseudonyms import Pseudonyms

_KEPT = timedelta(days=1)
_MOST_TOLD = 200  # mails to the school in a day


class WroteTooOften(TooManyRequests):
    code = "contact_too_often"
    text = Text(
        en="You have sent several messages already; wait before you send another one",
        tr="Zaten birkaç mesaj gönderdiniz; yeni bir mesaj göndermeden önce bekleyin",
        es="Ya has enviado varios mensajes; espera antes de enviar otro",
        de="Sie haben schon mehrere Nachrichten gesendet; warten Sie vor der nächsten",
    )


class Limit(msgspec.Struct, frozen=True):
    amount: int
    within: timedelta


OF_ADDRESS = (Limit(5, timedelta(hours=1)), Limit(10, timedelta(days=1)))
# A school or a company may be a single one.
OF_CLIENT = (Limit(20, timedelta(hours=1)), Limit(60, timedelta(days=1)))


class Ledgers:
    """When who wrote. Changed only in the transaction that adds a contact: so each count is exact
    under parallel requests. Its methods raise DuplicateKeyError if somebody else's first was
    sooner."""

    INDEXES = (IndexModel([("kept_until", 1)], name="expiry", expireAfterSeconds=0),)
    HIDDEN = ("kept_until",)

    def __init__(self, collection: Collection, pseudonyms: Pseudonyms) -> None:
        self._ledgers = collection
        self._pseudonyms = pseudonyms

    def key(self, email: str) -> str:
        return self._pseudonyms.of(f"contact:{email}")

    async def count_address(self, email: str, now: datetime, session: Session) -> None:
        """Raises WroteTooOften."""
        await self._count(self.key(email), OF_ADDRESS, now, session)

    async def count_client(self, client: str, now: datetime, session: Session) -> None:
        """Raises WroteTooOften."""
        key = self._pseudonyms.of(f"contact-client:{network_of(client)}")
        await self._count(key, OF_CLIENT, now, session)

    async def may_thank(self, email: str, most: int, now: datetime, session: Session) -> bool:
        """Whether this address is sent an acknowledgement: not two in a day, and at most `most` a
        day to all of them. Counts it, if so. After `count_address`."""
        mine = await self._ledgers.find_one({"_id": self.key(email)}, session=session) or {}
        recently = mine.get("thanked_at", now - _KEPT) > now - _KEPT
        if recently or not await self._one_more("thanked", most, now, session):
            return False
        await self._write(self.key(email), {"$set": {"thanked_at": now}}, now, session)
        return True

    async def may_tell(self, now: datetime, session: Session) -> bool:
        """Whether the school is sent a mail that somebody wrote. Counts it, if so."""
        return await self._one_more("told", _MOST_TOLD, now, session)

    async def _one_more(self, what: str, most: int, now: datetime, session: Session) -> bool:
        """Whether this is at most the `most`th of today."""
        day = f"{what}:{day_of(now)}"
        counted = await self._ledgers.find_one({"_id": day}, session=session) or {"number": 0}
        if counted["number"] >= most:
            return False
        await self._write(day, {"$inc": {"number": 1}}, now, session)
        return True

    async def _count(
        self, key: str, limits: Sequence[Limit], now: datetime, session: Session
    ) -> None:
        ledger = await self._ledgers.find_one({"_id": key}, session=session) or {}
        times = [time for time in ledger.get("times", ()) if time > now - _KEPT]
        if wait := wait_of(times, limits, now):
            raise WroteTooOften(wait)
        await self._write(key, {"$set": {"times": [*times, now]}}, now, session)

    async def _write(self, key: str, change: Document, now: datetime, session: Session) -> None:
        kept = {"kept_until": now + _KEPT}
        changed = {**change, "$set": {**change.get("$set", {}), **kept}}
        await self._ledgers.update_one({"_id": key}, changed, upsert=True, session=session)


def wait_of(times: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> float:
    """Seconds until one more is within all of `limits`. `times`: the oldest first."""
    full = [limit for limit in limits if len(times) >= limit.amount]
    waits = [(times[-limit.amount] + limit.within - now).total_seconds() for limit in full]
    return max(0.0, *waits) if waits else 0.0
