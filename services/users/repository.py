"""Where users keeps people."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from services.users.consents import Consent, Paper
from services.users.counters import Counters
from services.users.domain import Person
from services.users.leavers import Leavers
from services.users.listing import Listing, counted, groups, listing_of
from shared.documents import from_document, to_document
from shared.mongo import Collection, Document, IndexModel, Session, snapshot
from shared.searching import begins_with

# What an admin's list may be sorted by, by its name in the API.
SORT_MEMBERS = {
    "createdAt": "account.createdAt",
    "lastLogin": "account.lastLogin",
    "name": "listed.name",
    "email": "account.email",
}


@dataclass(frozen=True)
class Order:
    """`by`: a key of SORT_MEMBERS."""

    by: str
    descending: bool

    @property
    def reversed(self) -> "Order":
        return Order(self.by, not self.descending)


class People:
    """`listed`, beside what the struct has, is what lists and searches go by (`listing.py`)."""

    INDEXES = (
        IndexModel(
            [("profile.username", 1)],
            unique=True,
            # "A string" in words that the server sees a name to fulfil: with $type it would scan.
            partialFilterExpression={"profile.username": {"$gt": ""}},
            name="by_username",
        ),
        *(
            # Lists name every group they want: the server merges as many walks along the index,
            # each in the order asked for.
            IndexModel([("listed.group", 1), (member, 1), ("_id", 1)], name=f"by_{name}")
            for name, member in SORT_MEMBERS.items()
        ),
        # With all that a search sorts by, so that it reads no documents but those it shows.
        IndexModel(
            [
                ("listed.group", 1),
                ("listed.search", 1),
                *((member, 1) for member in SORT_MEMBERS.values()),
                ("_id", 1),
            ],
            name="search",
        ),
        *Leavers.INDEXES,
    )

    def __init__(self, collection: Collection, counters: Counters) -> None:
        self._people = collection
        self._counters = counters

    async def find(self, user_id: str, session: Session | None = None) -> Person | None:
        document = await self._people.find_one({"_id": user_id}, session=session)
        return from_document(Person, document) if document else None

    async def find_by_username(self, username: str) -> Person | None:
        document = await self._people.find_one({"profile.username": username})
        return from_document(Person, document) if document else None

    async def save(self, person: Person, session: Session, *, before: Person | None) -> None:
        """Only inside the transaction that read `before`, or found nobody."""
        listing = listing_of(person)
        await self._people.replace_one(
            {"_id": person.id}, document_of(person, listing), upsert=True, session=session
        )
        was = counted(before, listing_of(before)) if before else ()
        await self._counters.change(person.id, was, counted(person, listing), session)

    async def remove(self, person: Person, session: Session) -> None:
        """Only inside the transaction that read them."""
        await self._people.delete_one({"_id": person.id}, session=session)
        was = counted(person, listing_of(person))
        await self._counters.change(person.id, was, (), session)

    def snapshot(self) -> AbstractAsyncContextManager[Session]:
        """For several reads of one moment."""
        return snapshot(self._people)

    async def page(
        self, groups: Sequence[str], order: Order, *, skip: int, limit: int, session: Session
    ) -> list[Person]:
        """Those of these groups, in this order."""
        found = self._people.find(
            {"listed.group": {"$in": groups}},
            sort=_sort(order),
            # Or the server tries its ways in turn to see which is first to find something: where
            # much is to be passed over that is none, and each try is long.
            hint=f"by_{order.by}",
            session=session,
        )
        documents = await found.skip(skip).limit(limit).to_list(limit)
        return [from_document(Person, document) for document in documents]

    async def matches(
        self, groups: Sequence[str], prefix: str, order: Order, *, limit: int
    ) -> dict[str, str]:
        """What of these groups a term of which begins with `prefix` (folded, not empty), at most
        `limit`: the value that `order` goes by, by the person's id. In no order."""
        member = SORT_MEMBERS[order.by]
        found = self._people.find(
            {"listed.group": {"$in": groups}, "listed.search": begins_with(prefix)},
            {member: 1},
            hint="search",
            limit=limit,
            batch_size=limit,
        )
        outer, _, inner = member.partition(".")
        return {each["_id"]: each[outer][inner] or "" async for each in found}

    async def those(self, user_ids: Sequence[str]) -> list[Person]:
        """In the order of `user_ids`, without those who are not there (any more)."""
        found = self._people.find({"_id": {"$in": list(user_ids)}})
        people = {document["_id"]: from_document(Person, document) async for document in found}
        return [people[user_id] for user_id in user_ids if user_id in people]

    async def listed_otherwise(self) -> AsyncIterator[str]:
        """Ids of those whose `listed` is not what it would be were they saved now."""
        async for document in self._people.find({}, sort=[("_id", 1)]):
            person = from_document(Person, document)
            if document.get("listed") != document_of(person, listing_of(person)).get("listed"):
                yield person.id

    async def list_anew(self, user_id: str, session: Session) -> bool:
        """Whether they are (still) there. Their place in the counters is not touched."""
        person = await self.find(user_id, session)
        if person:
            document = document_of(person, listing_of(person))
            await self._people.replace_one({"_id": user_id}, document, session=session)
        return person is not None

    async def counted(self, session: Session) -> Counter[str]:
        """What the counters should be."""
        kinds = {"group": "$listed.group", "day": {"$substrCP": ["$account.createdAt", 0, 10]}}
        found = self._people.aggregate(
            [
                {"$match": {"listed.group": {"$in": groups()}}},
                {"$group": {"_id": kinds, "people": {"$sum": 1}}},
            ],
            hint="by_createdAt",
            session=session,
        )
        counts: Counter[str] = Counter()
        async for each in found:
            counts[f"groups.{each['_id']['group']}"] += each["people"]
            day = each["_id"]["day"] or "unknown"
            counts[f"months.{day[:7]}"] += each["people"]
            counts[f"days.{day}"] += each["people"]
        return counts


def document_of(person: Person, listing: Listing | None) -> Document:
    document = to_document(person)
    if listing:
        document["listed"] = {**to_document(listing), "search": list(listing.search)}
    return document


def _sort(order: Order) -> list[tuple[str, int]]:
    direction = -1 if order.descending else 1
    return [(SORT_MEMBERS[order.by], direction), ("_id", direction)]


class Consents:
    INDEXES = (IndexModel([("user_id", 1), ("document", 1), ("change", -1)], name="history"),)

    def __init__(self, collection: Collection) -> None:
        self._consents = collection

    async def add(self, consent: Consent, session: Session) -> None:
        await self._consents.insert_one(to_document(consent), session=session)

    async def accepted_last(
        self, user_id: str, document: Paper, session: Session
    ) -> Consent | None:
        found = await self._consents.find_one(
            {"user_id": user_id, "document": document, "accepted": True},
            sort=[("change", -1)],
            session=session,
        )
        return from_document(Consent, found) if found else None
