"""Numbers that would cost too much to count each time: kept as things come, change and go."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as Several
from functools import partial
from typing import Any
from zlib import crc32

from shared.mongo import (
    Client,
    Collection,
    DuplicateKeyError,
    Session,
    in_transaction,
    snapshot,
)

Counting = Callable[[Session], Awaitable[Mapping[str, int]]]
Sums = Counter[str]

# Many change at the same time, and transactions that write the same document follow one another:
# the more documents share the counting, the fewer meet.
_SHARES = 32
_ALL = {"_id": {"$in": list(range(_SHARES))}}


class CountedMeanwhile(Exception):
    """Two recounts at once would mend the same thing twice."""

    def __init__(self) -> None:
        super().__init__("Another recount was at work. Run it again to see how things stand.")


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

    async def forget(self, kind: str, before: str) -> None:
        """Drop the counters of `kind` whose names come before this one."""
        async for share in self._shares.find(_ALL, [kind]):
            old = [f"{kind}.{name}" for name in share.get(kind, {}) if name < before]
            if old:  # share by share, so that nobody who counts waits long
                await in_transaction(self._client, partial(self._drop, share["_id"], old))

    async def _drop(self, share: int, names: Sequence[str], session: Session) -> None:
        without = {"$unset": dict.fromkeys(names, "")}
        await self._shares.update_one({"_id": share}, without, session=session)

    async def recount(
        self, count: Counting, shown: Callable[[Sums], Sums] = Counter, *, mend: bool = True
    ) -> tuple[Sums, Sums]:
        """Mend the counters by what `count` finds, beside whoever changes them: nobody waits.

        Returns what they were and what they should have been, both at one moment. By as much they
        are changed, once that is known. Raises CountedMeanwhile if another recount was quicker.
        `shown`: leaves of counters those that matter.
        """
        async with snapshot(self._shares) as session:
            share = await self._shares.find_one({"_id": 0}, ["recounts"], session=session)
            before = shown(await self.all(session))
            found = await count(session)
            after = shown(Counter({name: n for name, n in found.items() if n}))
        drift = {name: n for name in {*before, *after} if (n := after[name] - before[name])}
        seen = (share or {}).get("recounts", {"$exists": False})

        async def change(session: Session) -> None:
            try:
                await self._shares.update_one(
                    {"_id": 0, "recounts": seen},
                    {"$inc": {**drift, "recounts": 1}},
                    upsert=True,
                    session=session,
                )
            except DuplicateKeyError:
                raise CountedMeanwhile from None

        if drift and mend:
            await in_transaction(self._client, change)
        return before, after

    @property
    def _client(self) -> Client:
        database: Any = self._shares.database  # motor's types take it for a collection
        client: Client = database.client
        return client
