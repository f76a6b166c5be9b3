"""What people do with what they were told; and what admins tell them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.notifications.inbox.domain import News, Notification, Selection
from services.notifications.inbox.preferences import Choices, chosen
from services.notifications.inbox.repository import Notifications
from services.notifications.inbox.teller import Teller
from services.notifications.people import Person
from shared.acquaintances import Acquaintances, NotKnownYet, People
from shared.audit import AuditLog
from shared.clock import Clock
from shared.errors import AuthenticationRequired, NotFound
from shared.http.pagination import Page, PageRequest, page_of
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list."""

    page: PageRequest
    selection: Selection


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What an admin tells somebody. `members`: what of it they said, by the names of the API."""

    user_id: str
    type: str
    category: str
    title: str
    message: str
    metadata: dict[str, str | int | float | bool | None]
    members: Sequence[str] = ()

    def news(self, at: datetime) -> News:
        return News(
            template="notice",
            type=self.type,
            category=self.category,
            at=at,
            words={"title": self.title, "message": self.message},
            about=self.metadata,
        )


class InboxService:
    def __init__(
        self,
        notifications: Notifications,
        teller: Teller,
        known: People[Person],
        people: Acquaintances[Person],
        audit: AuditLog,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._notifications = notifications
        self._teller = teller
        self._known = known
        self._people = people
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def page(self, wanted: Wanted) -> Page[Notification]:
        """The newest first."""
        page, selection = wanted.page, wanted.selection
        total = await self._notifications.total(selection)
        if page.skip >= total:
            return page_of([], total, page)
        found = await self._notifications.page(selection, skip=page.skip, limit=page.limit)
        return page_of(found, total, page)

    async def unread(self, user_id: str) -> int:
        return await self._notifications.unread(user_id)

    async def mark(self, user_id: str, entry_id: str, *, read: bool) -> Notification:
        """Raises NotFound, also for somebody else's."""

        async def work(transaction: Transaction) -> Notification:
            session = transaction.session
            entry = await self._notifications.find(entry_id, user_id, session)
            if entry is None:
                raise NotFound
            if entry.read == read:
                return entry
            now = self._clock()
            await self._notifications.mark(entry_id, read, now, session)
            return msgspec.structs.replace(entry, read=read, updated_at=now)

        return await self._outbox.commit(work)

    async def delete(self, user_id: str, entry_ids: Sequence[str]) -> int:
        """How many of these were theirs, and are no more."""

        async def work(transaction: Transaction) -> int:
            return await self._notifications.remove(entry_ids, user_id, transaction.session)

        return await self._outbox.commit(work)

    async def tell(self, principal: Principal, notice: Notice) -> Notification:
        """The entry, also where they want none of its kind. Raises NotFound for somebody who is not
        known, or gone."""
        cause = new_id()

        async def work(transaction: Transaction) -> Notification:
            try:
                person = await self._people.take(notice.user_id, transaction)
            except NotKnownYet:
                person = None
            if person is None:
                raise NotFound
            await self._audit.append(
                transaction.session,
                actor=principal.user_id,
                action="notification.created",
                target=notice.user_id,
                members=notice.members,
            )
            news = notice.news(self._clock())
            return await self._teller.tell(person, news, transaction, cause=cause)

        return await self._outbox.commit(work)

    async def preferences(self, user_id: str) -> Choices:
        """What they chose."""
        person = await self._known.find(user_id)
        return person.preferences if person else {}

    async def choose(self, user_id: str, said: Choices) -> Choices:
        """What they chose, with what they `said` now. Raises AlwaysSent; AuthenticationRequired for
        somebody who is gone."""

        async def work(transaction: Transaction) -> Choices:
            person = await self._people.meet(user_id, transaction)
            if person is None:
                raise AuthenticationRequired
            preferences = chosen(person.preferences, said)
            await self._people.meet(user_id, transaction, preferences=preferences)
            return preferences

        return await self._outbox.commit(work)
