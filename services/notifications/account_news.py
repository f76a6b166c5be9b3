"""What happens to an account, and what the person hears of it."""

from datetime import datetime

from services.notifications.deliveries.domain import Delivery
from services.notifications.deliveries.service import DeliveryService
from services.notifications.inbox.domain import News
from services.notifications.inbox.teller import Teller
from services.notifications.people import Person
from services.notifications.texts import Template
from shared.acquaintances import Acquaintances
from shared.clock import Clock
from shared.contracts.auth import SessionRevoked, UserEmailChanged
from shared.contracts.users import (
    UserDeletionCancelled,
    UserDeletionRequested,
    UserErasureCompleted,
    UserExportReady,
    UserRegistrationCompleted,
)
from shared.messaging import Transaction

_ACCOUNT = "account"


class AccountNews:
    """Nobody who is gone for good is told anything, but for the last mail."""

    def __init__(
        self,
        people: Acquaintances[Person],
        teller: Teller,
        deliveries: DeliveryService,
        clock: Clock,
    ) -> None:
        self._people = people
        self._teller = teller
        self._deliveries = deliveries
        self._clock = clock

    async def registration_completed(
        self, event: UserRegistrationCompleted, transaction: Transaction
    ) -> None:
        await self._tell(event.user_id, "welcome", event.completed_at, transaction)

    async def email_changed(self, event: UserEmailChanged, transaction: Transaction) -> None:
        """Who did not want it has neither the new address nor, any more, a session: whatever they
        prefer, they hear of it at the address until now."""
        person = await self._tell(event.user_id, "email_changed", None, transaction)
        if person and event.previous_email:
            delivery = Delivery.of_mail(
                "email_replaced",
                person.speaks,
                event_id=transaction.event_id,
                now=self._clock(),
                recipient=event.previous_email,
                user_id=person.id,
                params={"name": person.name},
            )
            await self._deliveries.accept(delivery, transaction)

    async def session_revoked(self, event: SessionRevoked, transaction: Transaction) -> None:
        """Only of what they have not done themselves, nor an admin, of whom they hear otherwise."""
        if event.reason == "refresh_reuse":
            await self._tell(event.user_id, "session_stopped", event.revoked_at, transaction)

    async def deletion_requested(
        self, event: UserDeletionRequested, transaction: Transaction
    ) -> None:
        person = await self._people.take(event.user_id, transaction)
        if person and person.stays != event.deletion_id:  # else they have changed their mind
            news = News(
                template="deletion_requested",
                category=_ACCOUNT,
                at=datetime.fromisoformat(event.requested_at),
                words={"until": event.scheduled_for},
                about={"scheduledFor": event.scheduled_for},
            )
            await self._teller.tell(person, news, transaction, cause=transaction.event_id)

    async def deletion_cancelled(
        self, event: UserDeletionCancelled, transaction: Transaction
    ) -> None:
        person = await self._people.take(event.user_id, transaction, stays=event.deletion_id)
        if person:
            await self._deliveries.supersede(person.id, "deletion_requested", transaction)
            news = News(
                template="deletion_cancelled",
                category=_ACCOUNT,
                at=datetime.fromisoformat(event.cancelled_at),
            )
            await self._teller.tell(person, news, transaction, cause=transaction.event_id)

    async def export_ready(self, event: UserExportReady, transaction: Transaction) -> None:
        person = await self._people.take(event.user_id, transaction)
        if person:
            news = News(
                template="export_ready",
                category=_ACCOUNT,
                at=self._clock(),
                words={"until": event.expires_at},
                about={"expiresAt": event.expires_at},
                sealed=event.sealed_path,
                context=event.export_id,
            )
            await self._teller.tell(person, news, transaction, cause=transaction.event_id)

    async def erasure_completed(
        self, event: UserErasureCompleted, transaction: Transaction
    ) -> None:
        """The address stays sealed until the moment of sending."""
        delivery = Delivery.of_mail(
            "erasure_completed",
            event.language,
            event_id=transaction.event_id,
            now=self._clock(),
            sealed=event.sealed_email,
            context=event.erasure_id,
        )
        await self._deliveries.accept(delivery, transaction)

    async def _tell(
        self, user_id: str, template: Template, at: str | None, transaction: Transaction
    ) -> Person | None:
        person = await self._people.take(user_id, transaction)
        if person:
            moment = datetime.fromisoformat(at) if at else self._clock()
            news = News(template=template, category=_ACCOUNT, at=moment)
            await self._teller.tell(person, news, transaction, cause=transaction.event_id)
        return person
