"""Numbers that would cost too much to count each time: kept as things come, change and go."""

from collections import Counter
from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

from shared.mongo import Collection, Session, UpdateOne

# Many change at the same time, and transactions that write the same document follow one another:
# the more documents share the counting, the fewer meet.
_SHARES = 32
_ALL = {"_id": {"$in": list(range(_SHARES))}}


class Counters:
    """Each counter is the sum of what all documents say of it; a single share may be negative.

    A counter is called `<kind>.<name>`. The name has no dot and does not begin with `$`.
    """

    def __init__(self, collection: Collection, kinds: Sequence[str]) -> None:
        self._shares = collection
        self._kinds = kinds

    async def add(self, about: str, steps: Mapping[str, int], session: Session) -> None:
        """Add to each counter of `steps`, in the transaction that changes what they count.
        `about`: the id of that; it decides which share counts it."""
        if changes := {name: step for name, step in steps.items() if step}:
            share = crc32(about.encode()) % _SHARES
            await self._shares.update_one(
                {"_id": share}, {"$inc": changes}, upsert=True, session=session
            )

    async def change(
        self, about: str, before: Several[str], after: Several[str], session: Session
    ) -> None:
        """What was one in each counter of `before` is now one in each of `after`."""
        steps = Counter(after)
        steps.subtract(before)
        await self.add(about, steps, session)

    async def all(self, session: Session | None = None) -> Counter[str]:
        """Every counter that is not zero."""
        return await self.of(self._kinds, session)

    async def of(self, kinds: Iterable[str], session: Session | None = None) -> Counter[str]:
        """Every counter of these kinds that is not zero."""
        sums: Counter[str] = Counter()
        async for share in self._shares.find(_ALL, list(kinds), session=session):
            for kind in kinds:
                for name, count in share.get(kind, {}).items():
                    sums[f"{kind}.{name}"] += count
        return Counter({name: count for name, count in sums.items() if count})

    async def lock(self, session: Session) -> None:
        """Whoever changes a counter waits from now on, until this transaction has ended."""
        await self._set_shares({share: {} for share in range(_SHARES)}, session)

    async def replace(self, counted: Mapping[str, int], session: Session) -> None:
        """After `lock`."""
        await self._set_shares({0: counted}, session)

    async def _set_shares(self, shares: Mapping[int, Mapping[str, int]], session: Session) -> None:
        await self._shares.bulk_write(
            [
                UpdateOne({"_id": share}, {"$set": self._by_kind(counted)}, upsert=True)
                for share, counted in shares.items()
            ],
            session=session,
        )

    def _by_kind(self, counted: Mapping[str, int]) -> dict[str, dict[str, int]]:
        """As a share is kept."""
        kept: dict[str, dict[str, int]] = {kind: {} for kind in self._kinds}
        for counter, count in counted.items():
            kind, _, name = counter.partition(".")
            kept[kind][name] = count
        return kept
