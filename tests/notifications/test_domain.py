"""When a delivery is tried again, and how long."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.deliveries.domain import Delivery, State, pause_after
from services.notifications.deliveries.outcomes import outcome_of
from shared.contracts.notifications import NotificationFailed, NotificationSent


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


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("sent", NotificationSent),
        ("failed", NotificationFailed),
        ("expired", NotificationFailed),
        ("unknown", NotificationFailed),
        ("queued", None),
        ("sending", None),
        ("retrying", None),
    ],
)
def test_what_became_of_a_message_is_told_once_it_has_ended(
    state: State, told: type[NotificationSent | NotificationFailed] | None
) -> None:
    now = datetime(2026, 2, 14, tzinfo=UTC)
    push = Delivery.of_push(
        "notice",
        "en",
        event_id="1",
        now=now,
        device_id="2",
        user_id="3",
        params={"title": "x", "timezone": None},
        data={},
    )
    assert not push.expired(now + timedelta(hours=23))
    assert push.expired(now + timedelta(days=1))
    outcome = outcome_of(push, state, "apns 400", now)
    assert type(outcome) is (told or type(None))
    if isinstance(outcome, NotificationFailed):
        assert (outcome.outcome, outcome.reason) == (state, "apns 400")
    code = Delivery.of_mail("erasure_completed", "en", event_id="1", now=now)
    assert outcome_of(code, state, None, now) is None
