"""How many people there are, counted as they come, change and go."""

from collections import Counter
from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping
from zlib import crc32

from shared.mongo import Collection, Session, UpdateOne

# Many people register at the same time, and transactions that write the same document follow one
# another: the more documents share the counting, the fewer meet.
_SHARES = 32
_ALL = {"_id": {"$in": list(range(_SHARES))}}
_KINDS = ("groups", "months")


class Counters:
    """Each counter is the sum of what all documents say of it; a single share may be negative.

    A counter is called `<kind>.<name>`: `groups.user_complete` (role, state of the registration),
    `months.2026-02` (of the registration).
    """

    def __init__(self, collection: Collection) -> None:
        self._shares = collection

    async def change(
        self, user_id: str, before: Several[str], after: Several[str], session: Session
    ) -> None:
        """The person was one in each counter of `before`, and now is in each of `after`. In the
        transaction that changes the person."""
        steps = Counter(after)
        steps.subtract(before)
        if changes := {name: step for name, step in steps.items() if step}:
            share = crc32(user_id.encode()) % _SHARES
            await self._shares.update_one(
                {"_id": share}, {"$inc": changes}, upsert=True, session=session
            )

    async def all(self, session: Session | None = None) -> Counter[str]:
        """Every counter that is not zero."""
        return await self._sums(_KINDS, session)

    async def people(self, groups: Iterable[str], session: Session | None = None) -> int:
        """How many are in these groups."""
        sums = await self._sums(["groups"], session)
        return sum(max(0, sums[f"groups.{group}"]) for group in groups)

    async def lock(self, session: Session) -> None:
        """Whoever changes a counter waits from now on, until this transaction has ended."""
        await self._set_shares({share: {} for share in range(_SHARES)}, session)

    async def replace(self, counted: Mapping[str, int], session: Session) -> None:
        await self._set_shares({0: dict(counted)}, session)

    async def _sums(self, kinds: Iterable[str], session: Session | None = None) -> Counter[str]:
        sums: Counter[str] = Counter()
        async for share in self._shares.find(_ALL, list(kinds), session=session):
            for kind in kinds:
                for name, count in share.get(kind, {}).items():
                    sums[f"{kind}.{name}"] += count
        return Counter({name: count for name, count in sums.items() if count})

    async def _set_shares(self, shares: Mapping[int, Mapping[str, int]], session: Session) -> None:
        await self._shares.bulk_write(
            [
                UpdateOne({"_id": share}, {"$set": _by_kind(counted)}, upsert=True)
                for share, counted in shares.items()
            ],
            session=session,
        )


def _by_kind(counted: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """As a share is kept."""
    kept: dict[str, dict[str, int]] = {kind: {} for kind in _KINDS}
    for counter, count in counted.items():
        kind, _, name = counter.partition(".")
        kept[kind][name] = count
    return kept
