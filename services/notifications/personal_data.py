"""What notifications holds on a person. Each aggregate with something of theirs says what that is.

What is written about a person is written together with their copy (`Acquaintances.take`, `meet`).
"""

from collections.abc import Iterable

from services.notifications.part import Part
from services.notifications.people import Whom
from shared.acquaintances import copy_in
from shared.mongo import Collection
from shared.personal_data import Held, HeldOn


def held_in(people: Collection, parts: Iterable[Part]) -> HeldOn:
    async def held_on(user_id: str, email: str | None = None) -> Held:
        person = await people.find_one({"_id": user_id}) or {}
        known = {*person.get("emails", ()), person.get("email"), email} - {None}
        whom = Whom(user_id, await _theirs(known, user_id, people), person.get("phone"))
        return Held(
            holdings=[holding for part in parts for holding in part.holdings_on(whom)],
            copy=copy_in(people, user_id, hidden=("stays",)),
            addresses=(*whom.addresses, *(each for part in parts for each in part.traces_of(whom))),
        )

    return held_on


async def _theirs(emails: set[str], user_id: str, people: Collection) -> list[str]:
    """Without those that have become somebody else's meanwhile."""
    others = people.find({"email": {"$in": list(emails)}, "_id": {"$ne": user_id}})
    return sorted(emails - {other["email"] async for other in others})
