"""How contacts stand, from their counters: notifications' part of the dashboard."""

import asyncio
from collections import Counter
from datetime import datetime

from services.notifications.contact.domain import STATUSES, Contact, Status
from services.notifications.contact.repository import Contacts
from shared.clock import Clock, timestamp
from shared.contracts.dashboard import (
    RECENT,
    ContactsOverview,
    ContactsPart,
    RecentContact,
    Share,
)
from shared.counters import Counters
from shared.figures import by_month, percentage, two_spans

_LABELS: dict[Status, str] = {
    "PENDING": "Pending",
    "IN_PROGRESS": "In progress",
    "REPLIED": "Replied",
    "CLOSED": "Closed",
}


class Dashboard:
    def __init__(self, contacts: Contacts, counters: Counters, clock: Clock) -> None:
        self._contacts = contacts
        self._counters = counters
        self._clock = clock

    async def part(self) -> ContactsPart:
        counts, newest = await asyncio.gather(self._counters.all(), self._contacts.newest(RECENT))
        return part_of(counts, newest, self._clock())


def part_of(counts: Counter[str], newest: list[Contact], now: datetime) -> ContactsPart:
    numbers = {status: max(0, counts[f"statuses.{status}"]) for status in STATUSES}
    total = sum(numbers.values())
    return ContactsPart(
        overview=ContactsOverview(
            total=total,
            pending=numbers["PENDING"],
            replied=numbers["REPLIED"],
            reply_rate=percentage(numbers["REPLIED"], total),
            new_last_30_days=two_spans(counts, now)[0],
        ),
        months=by_month(counts),
        statuses=[
            Share(
                key=status,
                label=_LABELS[status],
                count=number,
                percentage=percentage(number, total),
            )
            for status, number in numbers.items()
        ],
        contacts=[_recent(contact) for contact in newest],
    )


def _recent(contact: Contact) -> RecentContact:
    reply = contact.last_reply
    return RecentContact(
        id=contact.id,
        full_name=contact.full_name,
        email=contact.email,
        status=contact.status,
        created_at=timestamp(contact.created_at),
        replied_at=timestamp(reply.at) if reply else None,
        source=contact.source,
    )
