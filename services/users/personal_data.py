"""What users holds on a person. The person themself goes when the account is finalized: all that
is written about them is written together with that one document, or with one of their exports."""

from shared.mongo import Collection
from shared.personal_data import Held, HeldOn, Holding

# How the service keeps a person, rather than what it knows of them.
_INNER = ("facts", "version", "deletion_id", "export_id", "listed")


def held_in(
    people: Collection, consents: Collection, exports: Collection, parts: Collection
) -> HeldOn:
    async def held_on(user_id: str, email: str | None = None) -> Held:
        theirs = {"user_id": user_id}
        return Held(
            holdings=[
                Holding("consents", consents, theirs, hidden=("user_id", "change")),
                Holding("export_parts", parts, theirs, hidden=("user_id", "answer", "sealed")),
                Holding("exports", exports, theirs, hidden=("user_id", "answers", "whole")),
                Holding("profile", people, {"_id": user_id}, hidden=_INNER),
            ]
        )

    return held_on
