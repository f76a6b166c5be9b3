"""How many people there are, for the dashboard."""

from collections import Counter

from services.users.counters import Counters
from services.users.listing import groups
from shared.clock import Clock
from shared.contracts.dashboard import Share, UsersOverview, UsersPart
from shared.figures import by_month, growth, percentage, two_spans
from shared.roles import ROLES


class Dashboard:
    def __init__(self, counters: Counters, clock: Clock) -> None:
        self._counters = counters
        self._clock = clock

    async def part(self) -> UsersPart:
        """Of those who are in the admins' list."""
        counts = await self._counters.all()
        total = _people(counts, groups())
        completed = _people(counts, groups(complete=True))
        new, before = two_spans(counts, self._clock())
        by_role = {role: _people(counts, groups(role)) for role in ROLES}
        months = by_month(counts)
        months.pop("unknown", None)
        return UsersPart(
            overview=UsersOverview(
                total=total,
                admins=total - by_role["user"],
                registration_completed=completed,
                completion_rate=percentage(completed, total),
                new_last_30_days=new,
                monthly_growth_rate=growth(new, before),
            ),
            months=months,
            roles=[
                Share(
                    key=role,
                    label=role.capitalize(),
                    count=count,
                    percentage=percentage(count, total),
                )
                for role, count in by_role.items()
            ],
        )


def _people(counts: Counter[str], names: list[str]) -> int:
    return sum(max(0, counts[f"groups.{name}"]) for name in names)
