"""What notifications holds on a person. Each collection with something of theirs is one more line.

Deliveries that have ended keep no address; those of codes then belong to nobody.
"""

from services.notifications.repository import Suppressions
from shared.acquaintances import copy_in
from shared.mongo import Collection, Document
from shared.personal_data import Held, HeldOn, Holding

_INNER = ("sealed", "context", "lease", "due_at", "remove_at")


def held_in(
    *,
    people: Collection,
    deliveries: Collection,
    suppressed: Collection,
    dev_inbox: Collection,
    notifications: Collection,
    suppressions: Suppressions,
) -> HeldOn:
    async def held_on(user_id: str) -> Held:
        person = await people.find_one({"_id": user_id}) or {}
        emails, phone = await _emails(person, people), person.get("phone")
        addresses = [*emails, *([phone] if phone else [])]
        keys = [suppressions.key("email", email) for email in emails]
        keys += [suppressions.key("sms", phone)] if phone else []
        codes = {
            "template": "code",
            "due_at": {"$exists": True},  # so that the index of open ones serves it
            "recipient": {"$in": addresses},
            "user_id": None,
        }
        return Held(
            holdings=[
                Holding("notifications", notifications, {"user_id": user_id}, hidden=("user_id",)),
                Holding("deliveries", deliveries, {"user_id": user_id}, hidden=_INNER),
                Holding("codes_under_way", deliveries, codes, hidden=_INNER),
                Holding("dead_addresses", suppressed, {"_id": {"$in": keys}}),
                Holding(
                    "dev_inbox",
                    dev_inbox,
                    {"to": {"$in": addresses}},
                    hidden=("code", "text", "html", "is_retry", "is_news"),
                ),
            ],
            copy=copy_in(people, user_id, hidden=("stays",)),
            addresses=tuple(addresses),
        )

    return held_on


async def _emails(person: Document, people: Collection) -> list[str]:
    """Theirs now and before; not one that has become somebody else's meanwhile."""
    emails = {*person.get("emails", ()), *filter(None, [person.get("email")])}
    others = people.find({"email": {"$in": list(emails)}, "_id": {"$ne": person.get("_id")}})
    return sorted(emails - {other["email"] async for other in others})
