"""What notifications does when something has happened elsewhere."""

from services.notifications.schemas import delivery_of
from services.notifications.service import DeliveryService
from shared.contracts.auth import OtpRequested
from shared.messaging import Subscription, Transaction


def subscriptions(deliveries: DeliveryService) -> list[Subscription]:
    async def deliver_code(event: OtpRequested, transaction: Transaction) -> None:
        assert transaction.cause is not None  # an event always has an id
        await deliveries.accept(delivery_of(event, transaction.cause), transaction)

    return [Subscription("notifications-deliver-code", OtpRequested, deliver_code)]
