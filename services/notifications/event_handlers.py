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
        assert transaction.cause is not None  # an event always has an id
        await deliveries.accept(Delivery.of_code(event, transaction.cause), transaction)

    return [
        Subscription("notifications-deliver-code", OtpRequested, deliver_code),
        *people.subscriptions("notifications"),
        *(
            Subscription(f"notifications-tell-{what}", event, handle)
            for what, event, handle in (
                ("welcome", UserRegistrationCompleted, account.registration_completed),
                ("email", UserEmailChanged, account.email_changed),
                ("stopped", SessionRevoked, account.session_revoked),
                ("leaving", UserDeletionRequested, account.deletion_requested),
                ("staying", UserDeletionCancelled, account.deletion_cancelled),
                ("erased", UserErasureCompleted, account.erasure_completed),
                ("export", UserExportReady, account.export_ready),
            )
        ),
        *(
            Subscription(f"notifications-tell-{what}", event, handle, _FEW)
            for what, event, handle in (
                ("result", TestSubmitted, learning.test_submitted),
                ("material", MaterialAssigned, learning.material_assigned),
                ("withdrawn", MaterialUnassigned, learning.material_unassigned),
            )
        ),
    ]
