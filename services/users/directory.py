"""The list of people for admins: filters, sorting, paging, search by prefix."""

import asyncio
from collections.abc import Sequence

import msgspec

from services.users.actors import Actors
from services.users.counters import Counters
from services.users.domain import Person
from services.users.listing import groups
from services.users.repository import Order, People
from shared.contracts.users import User
from shared.http.pagination import Page, PageRequest, Walk, page_of
from shared.mongo import Session
from shared.roles import Role
from shared.searching import prefixes
from shared.tokens import Principal

MOST_MATCHES = 1_000  # of a search; who wants to see more types another letter


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the list; None: any."""

    page: PageRequest
    order: Order
    search: str | None = None
    role: Role | None = None
    is_registration_complete: bool | None = None

    @property
    def groups(self) -> list[str]:
        return groups(self.role, self.is_registration_complete)


class Directory:
    def __init__(self, people: People, counters: Counters, actors: Actors) -> None:
        self._people = people
        self._counters = counters
        self._actors = actors

    async def list(self, principal: Principal, wanted: Wanted) -> Page[User]:
        """Raises InsufficientPermissions, AuthenticationRequired."""
        await self._actors.require(principal, "admin")
        return await self.page(wanted)

    async def page(self, wanted: Wanted) -> Page[User]:
        """Of a search with more than MOST_MATCHES matches: one of that many of them."""
        starts = prefixes(wanted.search or "")
        return await (self._matching(wanted, starts) if starts else self._all(wanted))

    async def _all(self, wanted: Wanted) -> Page[User]:
        # Who comes or goes between the two reads would shift what is counted from the end.
        async with self._people.snapshot() as session:
            total = await self._counters.people(wanted.groups, session)
            people = await self._walked(wanted, wanted.page.walk(total), session)
        return page_of([person.user for person in people], total, wanted.page)

    async def _walked(self, wanted: Wanted, walk: Walk, session: Session) -> Sequence[Person]:
        if not walk.limit:
            return []
        order = wanted.order.reversed if walk.from_the_end else wanted.order
        found = await self._people.page(
            wanted.groups, order, skip=walk.skip, limit=walk.limit, session=session
        )
        return walk.in_order(found)

    async def _matching(self, wanted: Wanted, starts: tuple[str, ...]) -> Page[User]:
        found = await asyncio.gather(
            *(
                self._people.matches(wanted.groups, start, wanted.order, limit=MOST_MATCHES)
                for start in starts
            )
        )
        keys = {user_id: key for matches in found for user_id, key in matches.items()}
        ids = sorted(keys, key=lambda user_id: (keys[user_id], user_id))[:MOST_MATCHES]
        if wanted.order.descending:
            ids.reverse()
        shown = ids[wanted.page.skip : wanted.page.skip + wanted.page.limit]
        people = await self._people.those(shown) if shown else []
        return page_of([person.user for person in people], len(ids), wanted.page)
