"""What notifications holds on a person. Each aggregate with something of theirs says what that is.

What is written about a person is written together with their copy (`Acquaintances.take`, `meet`).
"""

from collections.abc import Iterable

from services.notifications.part import Part
from services.notifications.people import Whom
from shared.acquaintances import copy_in
from shared.mongo import Collection, Document
from shared.personal_data import Held, HeldOn


def held_in(people: Collection, parts: Iterable[Part]) -> HeldOn:
    async def held_on(user_id: str) -> Held:
        person = await people.find_one({"_id": user_id}) or {}
        whom = Whom(user_id, await _emails(person, people), person.get("phone"))
        return Held(
            holdings=[holding for part in parts for holding in part.holdings_on(whom)],
            copy=copy_in(people, user_id, hidden=("stays",)),
            addresses=(*whom.addresses, *(each for part in parts for each in part.traces_of(whom))),
        )

    return held_on


async def _emails(person: Document, people: Collection) -> list[str]:
    """Theirs now and before; not one that has become somebody else's meanwhile."""
    emails = {*person.get("emails", ()), *filter(None, [person.get("email")])}
    others = people.find({"email": {"$in": list(emails)}, "_id": {"$ne": person.get("_id")}})
    return sorted(emails - {other["email"] async for other in others})
