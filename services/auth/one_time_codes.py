"""Asking for a code and proving that one received it."""

import hashlib
import hmac
from datetime import datetime, timedelta

from services.auth.code_ledger import CodeInvalid, CodePolicy, EmailNotSent, Purpose
from services.auth.identifiers import Email, Identifier, Phone
from services.auth.repository import Counters, Identities, Ledgers
from services.auth.settings import AuthSettings
from services.auth.tokens import Codes
from shared.addresses import is_loopback, network_of
from shared.clock import Clock, timestamp
from shared.contracts.auth import OtpRequested
from shared.errors import TooManyRequests
from shared.ids import new_id
from shared.languages import DEFAULT, Language
from shared.messaging import Outbox, Transaction
from shared.mongo import PyMongoError
from shared.races import until_first
from shared.seal import Seal


class OneTimeCodes:
    """Asking for a code and proving that one received it."""

    def __init__(
        self,
        ledgers: Ledgers,
        identities: Identities,
        counters: Counters,
        outbox: Outbox,
        *,
        settings: AuthSettings,
        clock: Clock,
        policy: CodePolicy = CodePolicy(),
    ) -> None:
        self._ledgers = ledgers
        self._identities = identities
        self._counters = counters
        self._outbox = outbox
        self._codes = Codes(settings.auth_secret)
        self._settings = settings
        self._seal = Seal(settings.code_key)
        self._clock = clock
        self._policy = policy
        self._digits: dict[Purpose, int] = {
            "sms": settings.sms_digits,
            "short_mail": settings.short_mail_digits,
            "mail": settings.mail_digits,
        }

    async def send(
        self, identifier: Identifier, purpose: Purpose, client: str, asked: Language | None
    ) -> str:
        """Have a code sent; returns it. The same for known and unknown identifiers.

        Raises SentTooOften, TooManyRequests; EmailNotSent for a short mail that could not be
        recorded.
        """
        try:
            return await self._send(identifier, purpose, client, asked)
        except PyMongoError as error:
            if purpose == "short_mail":
                raise EmailNotSent from error
            raise

    async def _send(
        self, identifier: Identifier, purpose: Purpose, client: str, asked: Language | None
    ) -> str:
        now = self._clock()
        # Refuse first what needs no counting, so that a refused request costs no budget.
        (await self._ledgers.find(identifier.key)).sent(purpose, new_id(), now, self._policy)
        await self._count_send(identifier, client, now)
        known = await self._identities.find_by(identifier)
        language = asked or (known.speaks if known else DEFAULT)

        async def work(transaction: Transaction) -> str:
            session = transaction.session
            ledger = await self._ledgers.find(identifier.key, session)
            ledger = ledger.sent(purpose, new_id(), now, self._policy)
            await self._ledgers.replace(ledger, now, session)
            challenge = ledger.challenges[purpose]
            code = self._code(identifier, purpose, challenge.id)
            transaction.record(
                OtpRequested(
                    challenge_id=challenge.id,
                    channel="sms" if purpose == "sms" else "email",
                    recipient=_recipient(identifier),
                    sealed_code=self._seal.close(code.encode(), challenge.id),
                    language=language,
                    expires_at=timestamp(challenge.expires_at),
                )
            )
            return code

        return await until_first(lambda: self._outbox.commit(work))

    async def check(self, identifier: Identifier, purpose: Purpose, code: str, client: str) -> str:
        """Count a try, then compare; the id of the challenge that `code` solves.

        Raises CodeInvalid, CodeExpired, TriesUsedUp.
        """
        address = hashlib.sha256(network_of(client).encode()).hexdigest()[:16]

        # In a transaction, although it is one document: outside of one, it would wait on the server
        # for whoever is using this code up, and enough of those leave no thread for that to end.
        async def count(transaction: Transaction) -> str:
            now = self._clock()
            ledger = await self._ledgers.find(identifier.key, transaction.session)
            ledger = ledger.tried(purpose, address, now, self._policy)
            await self._ledgers.replace(ledger, now, transaction.session)
            return ledger.challenges[purpose].id

        challenge_id = await until_first(lambda: self._outbox.commit(count))
        expected = self._code(identifier, purpose, challenge_id)
        if not hmac.compare_digest(expected.encode(), code.encode()):
            raise CodeInvalid
        return challenge_id

    async def use_up(
        self, identifier: Identifier, purpose: Purpose, challenge_id: str, transaction: Transaction
    ) -> None:
        """Make the code worthless, in the transaction of what it was good for.

        Raises CodeInvalid if another request did.
        """
        ledger = await self._ledgers.find(identifier.key, transaction.session)
        ledger = ledger.solved(purpose, challenge_id)
        await self._ledgers.replace(ledger, self._clock(), transaction.session)

    def _code(self, identifier: Identifier, purpose: Purpose, challenge_id: str) -> str:
        return self._codes.derive(identifier.key, purpose, challenge_id, self._digits[purpose])

    async def _count_send(self, identifier: Identifier, client: str, now: datetime) -> None:
        settings = self._settings
        hour, day = timedelta(hours=1), timedelta(days=1)
        budgets: list[tuple[str, timedelta, int]] = []
        if settings.is_production or not is_loopback(client):
            address = network_of(client)
            budgets.append((f"address:{address}", hour, settings.sends_per_address_hour))
            budgets.append((f"address:{address}", day, settings.sends_per_address_day))
        if isinstance(identifier, Phone):
            budgets.append((f"prefix:{identifier.prefix}", hour, settings.sms_per_prefix_hour))
            budgets.append(("sms", day, settings.sms_per_day))
        for what, window, most in budgets:
            count, left = await self._counters.count(what, window, now)
            if count > most:
                raise TooManyRequests(left)


def _recipient(identifier: Identifier) -> str:
    return identifier.address if isinstance(identifier, Email) else identifier.e164
