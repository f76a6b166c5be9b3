"""What notifications listens to."""

from services.notifications.account_news import AccountNews
from services.notifications.deliveries.domain import Delivery
from services.notifications.deliveries.service import DeliveryService
from services.notifications.learning_news import LearningNews
from services.notifications.people import Person
from shared.acquaintances import Acquaintances
from shared.contracts.auth import OtpRequested, SessionRevoked, UserEmailChanged
from shared.contracts.learning import MaterialAssigned, MaterialUnassigned, TestSubmitted
from shared.contracts.users import (
    UserDeletionCancelled,
    UserDeletionRequested,
    UserErasureCompleted,
    UserExportReady,
    UserRegistrationCompleted,
)
from shared.messaging import Subscription, Transaction

# One call of an admin can cause thousands of these: codes shall find the process at leisure.
_FEW = 4


def table(
    deliveries: DeliveryService,
    people: Acquaintances[Person],
    account: AccountNews,
    learning: LearningNews,
) -> list[Subscription]:
    async def deliver_code(event: OtpRequested, transaction: Transaction) -> None:
        await deliveries.accept(Delivery.of_code(event, transaction.event_id), transaction)

    return [
        Subscription("notifications-deliver-code", OtpRequested, deliver_code),
        *people.subscriptions("notifications"),
        Subscription(
            "notifications-tell-welcome", UserRegistrationCompleted, account.registration_completed
        ),
        Subscription("notifications-tell-email", UserEmailChanged, account.email_changed),
        Subscription("notifications-tell-stopped", SessionRevoked, account.session_revoked),
        Subscription(
            "notifications-tell-leaving", UserDeletionRequested, account.deletion_requested
        ),
        Subscription(
            "notifications-tell-staying", UserDeletionCancelled, account.deletion_cancelled
        ),
        Subscription("notifications-tell-erased", UserErasureCompleted, account.erasure_completed),
        Subscription("notifications-tell-export", UserExportReady, account.export_ready),
        Subscription("notifications-tell-result", TestSubmitted, learning.test_submitted, _FEW),
        Subscription(
            "notifications-tell-material", MaterialAssigned, learning.material_assigned, _FEW
        ),
        Subscription(
            "notifications-tell-withdrawn", MaterialUnassigned, learning.material_unassigned, _FEW
        ),
    ]
