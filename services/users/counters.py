"""How many people there are, counted as they come, change and go."""

from collections.abc import Iterable

from shared import counters
from shared.mongo import Collection, Session


class Counters(counters.Counters):
    """`groups.user_complete` (role, state of the registration), `months.2026-02` and
    `days.2026-02-14` (of the registration; days only while they are shown)."""

    def __init__(self, collection: Collection) -> None:
        super().__init__(collection, ("groups", "months", "days"))

    async def people(self, groups: Iterable[str], session: Session | None = None) -> int:
        """How many are in these groups."""
        sums = await self.of(["groups"], session)
        return sum(max(0, sums[f"groups.{group}"]) for group in groups)
