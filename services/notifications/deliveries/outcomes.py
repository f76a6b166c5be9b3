"""What is told the other services of what became of a message to somebody."""

from datetime import datetime

from services.notifications.deliveries.domain import Delivery, State
from shared.clock import timestamp
from shared.contracts.notifications import NotificationFailed, NotificationSent


def outcome_of(
    delivery: Delivery, state: State, error: str | None, now: datetime
) -> NotificationSent | NotificationFailed | None:
    """None while it is under way, and where it concerns nobody of whom an account is known."""
    if delivery.user_id is None:
        return None
    match state:
        case "sent":
            return NotificationSent(
                user_id=delivery.user_id,
                delivery_id=delivery.id,
                channel=delivery.channel,
                template=delivery.template,
                sent_at=timestamp(now),
            )
        case "failed" | "expired" | "unknown":
            return NotificationFailed(
                user_id=delivery.user_id,
                delivery_id=delivery.id,
                channel=delivery.channel,
                template=delivery.template,
                outcome=state,
                reason=error,
                failed_at=timestamp(now),
            )
        case _:
            return None
