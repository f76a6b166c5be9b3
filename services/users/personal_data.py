"""What users holds on a person. The person themself goes when the account is finalized: all that
is written about them is written together with that one document."""

from shared.mongo import Collection
from shared.personal_data import Held, HeldOn, Holding

# How the service keeps a person, rather than what it knows of them.
_INNER = ("facts", "version", "deletion_id", "listed")


def held_in(people: Collection, consents: Collection) -> HeldOn:
    async def held_on(user_id: str) -> Held:
        return Held(
            holdings=[
                Holding("consents", consents, {"user_id": user_id}, hidden=("user_id", "change")),
                Holding("profile", people, {"_id": user_id}, hidden=_INNER),
            ]
        )

    return held_on
