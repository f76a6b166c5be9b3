"""Mails on the life of an account: one at each step, in the person's language."""

from services.notifications.domain import Delivery, Person, Template
from services.notifications.repository import Deliveries
from services.notifications.service import DeliveryService
from shared import logs
from shared.acquaintances import Acquaintances
from shared.clock import Clock
from shared.contracts.users import (
    UserDeletionCancelled,
    UserDeletionRequested,
    UserErasureCompleted,
    UserExportReady,
)
from shared.messaging import Transaction
from shared.pseudonyms import Pseudonyms

log = logs.get("account_mails")


class AccountMails:
    """Nobody who is gone for good gets any, but for the last."""

    def __init__(
        self,
        people: Acquaintances[Person],
        service: DeliveryService,
        deliveries: Deliveries,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._people = people
        self._service = service
        self._deliveries = deliveries
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def deletion_requested(
        self, event: UserDeletionRequested, transaction: Transaction
    ) -> None:
        person = await self._people.take(event.user_id, transaction)
        if person and person.stays != event.deletion_id:  # else they have changed their mind
            await self._write(person, "deletion_requested", transaction, until=event.scheduled_for)

    async def deletion_cancelled(
        self, event: UserDeletionCancelled, transaction: Transaction
    ) -> None:
        person = await self._people.take(event.user_id, transaction, stays=event.deletion_id)
        if person:
            session = transaction.session
            await self._deliveries.supersede(person.id, "deletion_requested", session)
            await self._write(person, "deletion_cancelled", transaction)

    async def export_ready(self, event: UserExportReady, transaction: Transaction) -> None:
        person = await self._people.take(event.user_id, transaction)
        if person:
            await self._write(
                person,
                "export_ready",
                transaction,
                until=event.expires_at,
                sealed=event.sealed_path,
                context=event.export_id,
            )

    async def erasure_completed(
        self, event: UserErasureCompleted, transaction: Transaction
    ) -> None:
        """The address stays sealed until the moment of sending."""
        delivery = Delivery.of_mail(
            "erasure_completed",
            event.language,
            event_id=_event_id(transaction),
            now=self._clock(),
            sealed=event.sealed_email,
            context=event.erasure_id,
        )
        await self._service.accept(delivery, transaction)

    async def _write(
        self,
        person: Person,
        template: Template,
        transaction: Transaction,
        *,
        until: str | None = None,
        sealed: str = "",
        context: str = "",
    ) -> None:
        if person.email is None:
            who = self._pseudonyms.of(person.id)
            log.info("no mail to somebody without an address", user=who, template=template)
            return
        delivery = Delivery.of_mail(
            template,
            person.speaks,
            event_id=_event_id(transaction),
            now=self._clock(),
            recipient=person.email,
            user_id=person.id,
            params={"name": person.name, "until": until, "timezone": person.timezone},
            sealed=sealed,
            context=context,
        )
        await self._service.accept(delivery, transaction)


def _event_id(transaction: Transaction) -> str:
    assert transaction.cause is not None  # an event always has an id
    return transaction.cause
