"""What notifications listens to."""

from services.notifications.account_mails import AccountMails
from services.notifications.deliveries.domain import Delivery
from services.notifications.deliveries.service import DeliveryService
from services.notifications.news import News
from services.notifications.people import Person
from shared.acquaintances import Acquaintances
from shared.contracts.auth import OtpRequested
from shared.contracts.learning import MaterialAssigned, MaterialUnassigned, TestSubmitted
from shared.contracts.users import (
    UserDeletionCancelled,
    UserDeletionRequested,
    UserErasureCompleted,
    UserExportReady,
)
from shared.messaging import Subscription, Transaction

# One call of an admin can cause thousands of these: codes shall find the process at leisure.
_FEW = 4


def table(
    deliveries: DeliveryService,
    people: Acquaintances[Person],
    mails: AccountMails,
    news: News,
) -> list[Subscription]:
    async def deliver_code(event: OtpRequested, transaction: Transaction) -> None:
        assert transaction.cause is not None  # an event always has an id
        await deliveries.accept(Delivery.of_code(event, transaction.cause), transaction)

    return [
        Subscription("notifications-deliver-code", OtpRequested, deliver_code),
        *people.subscriptions("notifications"),
        Subscription("notifications-tell-leaving", UserDeletionRequested, mails.deletion_requested),
        Subscription("notifications-tell-staying", UserDeletionCancelled, mails.deletion_cancelled),
        Subscription("notifications-tell-erased", UserErasureCompleted, mails.erasure_completed),
        Subscription("notifications-tell-export", UserExportReady, mails.export_ready),
        Subscription("notifications-tell-result", TestSubmitted, news.test_submitted, _FEW),
        Subscription("notifications-tell-material", MaterialAssigned, news.material_assigned, _FEW),
        Subscription(
            "notifications-tell-withdrawn", MaterialUnassigned, news.material_unassigned, _FEW
        ),
    ]
