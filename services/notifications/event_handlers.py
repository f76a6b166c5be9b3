"""What notifications listens to."""

from services.notifications.domain import Delivery
from services.notifications.service import DeliveryService
from shared.contracts.auth import OtpRequested
from shared.messaging import Subscription, Transaction


def table(deliveries: DeliveryService) -> list[Subscription]:
    async def deliver_code(event: OtpRequested, transaction: Transaction) -> None:
        assert transaction.cause is not None  # an event always has an id
        await deliveries.accept(Delivery.of_code(event, transaction.cause), transaction)

    return [Subscription("notifications-deliver-code", OtpRequested, deliver_code)]
