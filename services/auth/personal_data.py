"""What auth holds on a person. Their identity goes last: by it the rest is found, and every sign-in
writes it, so that one which runs beside the erasure comes either before it or after."""

from services.auth.domain import Identity
from services.auth.identifiers import Email
from services.auth.repository import Identities
from shared.mongo import Collection
from shared.personal_data import Held, HeldOn, Holding


def held_in(
    found_by: Identities, identities: Collection, sessions: Collection, ledgers: Collection
) -> HeldOn:
    async def held_on(user_id: str, email: str | None = None) -> Held:
        known = await found_by.find(user_id)
        addresses = await _addresses(known, found_by) if known else ()
        keys = [key for address in addresses for key in (f"email:{address}", f"phone:{address}")]
        return Held(
            holdings=[
                Holding(
                    "sessions",
                    sessions,
                    {"user_id": user_id},
                    hidden=("salt", "token_hash", "kept_until"),
                ),
                Holding(
                    "codes", ledgers, {"_id": {"$in": keys}}, hidden=("challenges", "kept_until")
                ),
                Holding("identity", identities, {"_id": user_id}),
            ],
            addresses=addresses,
        )

    return held_on


async def _addresses(known: Identity, found_by: Identities) -> tuple[str, ...]:
    """Theirs now and before; not one that has become somebody else's meanwhile."""
    before = [
        email for email in known.former_emails if await found_by.find_by(Email(email)) is None
    ]
    return tuple({*before, *filter(None, (known.email, known.phone))})
