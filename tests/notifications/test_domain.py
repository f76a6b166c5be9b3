"""When a delivery is tried again."""

import pytest

from services.notifications.domain import pause_after


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 1), (1, 1), (2, 2), (4, 8), (6, 20), (99, 20)]
)
def test_pauses_between_mails_grow_to_twenty_seconds(attempts: int, seconds: float) -> None:
    for _ in range(50):
        pause = pause_after("email", attempts)
        assert pause is not None
        assert 0.9 * seconds <= pause <= 1.1 * seconds


def test_a_text_message_is_tried_four_times_because_a_silent_success_costs_money() -> None:
    assert pause_after("sms", 3) is not None
    assert pause_after("sms", 4) is None
