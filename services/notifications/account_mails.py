"""Mails on the life of an account: one at each step, in the person's language."""

from services.notifications.deliveries.domain import Delivery
from services.notifications.deliveries.mails import Mails, event_id
from services.notifications.deliveries.repository import Deliveries
from services.notifications.deliveries.service import DeliveryService
from services.notifications.people import Person
from shared.acquaintances import Acquaintances
from shared.clock import Clock
from shared.contracts.users import (
    UserDeletionCancelled,
    UserDeletionRequested,
    UserErasureCompleted,
    UserExportReady,
)
from shared.messaging import Transaction


class AccountMails:
    """Nobody who is gone for good gets any, but for the last."""

    def __init__(
        self,
        people: Acquaintances[Person],
        mails: Mails,
        service: DeliveryService,
        deliveries: Deliveries,
        clock: Clock,
    ) -> None:
        self._people = people
        self._mails = mails
        self._service = service
        self._deliveries = deliveries
        self._clock = clock

    async def deletion_requested(
        self, event: UserDeletionRequested, transaction: Transaction
    ) -> None:
        person = await self._people.take(event.user_id, transaction)
        if person and person.stays != event.deletion_id:  # else they have changed their mind
            await self._mails.write(
                person, "deletion_requested", transaction, until=event.scheduled_for
            )

    async def deletion_cancelled(
        self, event: UserDeletionCancelled, transaction: Transaction
    ) -> None:
        person = await self._people.take(event.user_id, transaction, stays=event.deletion_id)
        if person:
            session = transaction.session
            await self._deliveries.supersede(person.id, "deletion_requested", session)
            await self._mails.write(person, "deletion_cancelled", transaction)

    async def export_ready(self, event: UserExportReady, transaction: Transaction) -> None:
        person = await self._people.take(event.user_id, transaction)
        if person:
            await self._mails.write(
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
            event_id=event_id(transaction),
            now=self._clock(),
            sealed=event.sealed_email,
            context=event.erasure_id,
        )
        await self._service.accept(delivery, transaction)
