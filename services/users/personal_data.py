"""What users holds on a person. The person themself goes when the account is finalized: all that
is written about them is written together with that one document."""

from shared.mongo import Collection
from shared.personal_data import Held, HeldOn, Holding


def held_in(people: Collection) -> HeldOn:
    async def held_on(user_id: str) -> Held:
        return Held(holdings=[Holding("profile", people, {"_id": user_id}, hidden=("listed",))])

    return held_on
