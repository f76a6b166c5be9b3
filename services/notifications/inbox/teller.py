"""Telling somebody something: as an entry in the app, a mail and pushes, whichever they want, in
their language; one of each for what happened, and all of them or none."""

import msgspec

from services.notifications import texts
from services.notifications.deliveries.domain import delivery_id
from services.notifications.deliveries.mails import Mails
from services.notifications.deliveries.messages import places_in
from services.notifications.deliveries.pushes import Pushes
from services.notifications.inbox.domain import News, Notification
from services.notifications.inbox.preferences import wants
from services.notifications.inbox.repository import Notifications
from services.notifications.people import Person
from shared.messaging import Transaction


class Teller:
    def __init__(self, notifications: Notifications, mails: Mails, pushes: Pushes) -> None:
        self._notifications = notifications
        self._mails = mails
        self._pushes = pushes

    async def tell(
        self, person: Person, news: News, transaction: Transaction, *, cause: str
    ) -> Notification:
        """`person`: taken in hand in this transaction. `cause`: the id of what happened: told
        again, it changes nothing. Returns the entry, also where they want none."""
        entry = _entry(person, news, cause)
        is_kept = wants(person.preferences, news.category, "inbox")
        if is_kept:
            await self._notifications.add(entry, transaction.session)
        if news.template in texts.LETTERS and wants(person.preferences, news.category, "email"):
            await self._mails.write(
                person,
                news.template,
                transaction,
                cause=cause,
                sealed=news.sealed,
                context=news.context,
                **news.words,
            )
        is_pushed = texts.NOTES[news.template].is_pushed
        if is_pushed and wants(person.preferences, news.category, "push"):
            await self._pushes.write(
                person,
                news.template,
                transaction,
                cause=cause,
                data=_data(entry, is_kept=is_kept),
                **news.words,
            )
        return entry


def _entry(person: Person, news: News, cause: str) -> Notification:
    places = {**news.words, "timezone": person.timezone or "UTC"}
    note = texts.NOTES[news.template]
    title, message = note.said(person.speaks, places_in(places, person.speaks))
    return Notification(
        id=delivery_id(cause),
        user_id=person.id,
        type=news.type or news.template,
        category=news.category,
        title=title,
        message=message,
        metadata=news.about,
        created_at=news.at,
        updated_at=news.at,
    )


def _data(entry: Notification, *, is_kept: bool) -> dict[str, str]:
    """What an app finds beside a push, strings all: providers take nothing else, and have names of
    their own that metadata must not collide with."""
    data = {"type": entry.type, "category": entry.category}
    if is_kept:
        data["notificationId"] = entry.id
    if entry.metadata:
        data["metadata"] = msgspec.json.encode(entry.metadata).decode()
    return data
