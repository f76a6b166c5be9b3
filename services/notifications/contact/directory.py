"""The list of contacts for admins: by status, by page, and searched by prefix."""

import asyncio
from collections.abc import Sequence

import msgspec

from services.notifications.contact.domain import STATUSES, Answered, Contact, Status
from services.notifications.contact.repository import Contacts, Repliers
from shared.http.pagination import Page, PageRequest, Walk, page_of
from shared.mongo import Session
from shared.searching import prefixes

MOST_MATCHES = 1_000  # of a search; who wants to see more types another letter


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list. `status`: None means any."""

    page: PageRequest
    status: Status | None = None
    search: str = ""

    @property
    def statuses(self) -> Sequence[Status]:
        return STATUSES if self.status is None else (self.status,)


class Directory:
    def __init__(self, contacts: Contacts, repliers: Repliers) -> None:
        self._contacts = contacts
        self._repliers = repliers

    async def page(self, wanted: Wanted) -> Page[Answered]:
        """The newest first. Of a search with more than MOST_MATCHES matches: one of that many."""
        starts = prefixes(wanted.search)
        return await (self._matching(wanted, starts) if starts else self._all(wanted))

    async def _all(self, wanted: Wanted) -> Page[Answered]:
        # Who writes between the two reads would shift what is counted from the end.
        async with self._contacts.snapshot() as session:
            total = await self._contacts.total(wanted.statuses, session)
            found = await self._walked(wanted, wanted.page.walk(total), session)
            answered = await self._repliers.answered(found, session)
        return page_of(answered, total, wanted.page)

    async def _walked(self, wanted: Wanted, walk: Walk, session: Session) -> Sequence[Contact]:
        if not walk.limit:
            return []
        found = await self._contacts.page(
            wanted.statuses,
            skip=walk.skip,
            limit=walk.limit,
            oldest_first=walk.from_the_end,
            session=session,
        )
        return walk.in_order(found)

    async def _matching(self, wanted: Wanted, starts: Sequence[str]) -> Page[Answered]:
        found = await asyncio.gather(
            *(
                self._contacts.matches(wanted.statuses, start, limit=MOST_MATCHES)
                for start in starts
            )
        )
        came = {contact_id: at for matches in found for contact_id, at in matches.items()}
        ids = sorted(came, key=lambda each: (came[each], each), reverse=True)[:MOST_MATCHES]
        shown = ids[wanted.page.skip : wanted.page.skip + wanted.page.limit]
        contacts = await self._contacts.those(shown) if shown else []
        return page_of(await self._repliers.answered(contacts), len(ids), wanted.page)
