"""What learning holds on a person. Each collection with something of theirs is one more line.

What is written about a person is written together with their copy (`Acquaintances.take`, `meet`).
"""

from collections.abc import Sequence

from shared.acquaintances import copy_in
from shared.mongo import Collection
from shared.personal_data import Held, HeldOn, Holding


def held_in(people: Collection, *holdings: tuple[str, Collection, Sequence[str]]) -> HeldOn:
    """`holdings`: name, collection, hidden members, of documents that say `user_id`."""

    async def held_on(user_id: str) -> Held:
        theirs = {"user_id": user_id}
        return Held(
            holdings=[
                Holding(name, collection, theirs, hidden=("user_id", *hidden))
                for name, collection, hidden in holdings
            ],
            copy=copy_in(people, user_id),
        )

    return held_on
