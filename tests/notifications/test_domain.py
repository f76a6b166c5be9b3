"""When a delivery is tried again, and how long."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.deliveries.domain import Delivery, pause_after


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 1), (1, 1), (2, 2), (4, 8), (6, 20), (99, 20)]
)
def test_pauses_between_mails_grow_to_twenty_seconds(attempts: int, seconds: float) -> None:
    for _ in range(50):
        pause = pause_after("email", attempts)
        assert pause is not None
        assert 0.9 * seconds <= pause <= 1.1 * seconds


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 1), (6, 32), (10, 512), (11, 900), (400, 900)]
)
def test_pauses_between_mails_that_are_no_codes_grow_to_a_quarter_of_an_hour(
    attempts: int, seconds: float
) -> None:
    pause = pause_after("email", attempts, "export_ready")
    assert pause is not None
    assert 0.9 * seconds <= pause <= 1.1 * seconds


def test_a_mail_that_is_no_code_is_tried_for_three_days() -> None:
    now = datetime(2026, 2, 14, tzinfo=UTC)
    mail = Delivery.of_mail("deletion_cancelled", "en", event_id="1", now=now)
    assert not mail.expired(now + timedelta(days=2, hours=23))
    assert mail.expired(now + timedelta(days=3))


def test_a_text_message_is_tried_four_times_because_a_silent_success_costs_money() -> None:
    assert pause_after("sms", 3) is not None
    assert pause_after("sms", 4) is None
