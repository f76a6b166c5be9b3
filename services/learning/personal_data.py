"""What learning holds on a person. Each aggregate with something of theirs says what that is.

What is written about a person is written together with their copy (`Acquaintances.take`, `meet`).
"""

from collections.abc import Callable

from shared.acquaintances import copy_in
from shared.mongo import Collection
from shared.personal_data import Held, HeldOn, Holding

HoldingOf = Callable[[str], Holding]


def held_in(people: Collection, *holdings: HoldingOf) -> HeldOn:
    async def held_on(user_id: str, email: str | None = None) -> Held:
        return Held([holding(user_id) for holding in holdings], copy=copy_in(people, user_id))

    return held_on
