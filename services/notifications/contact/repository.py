"""Where contacts lie, and who answered them."""

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import msgspec

from services.notifications.contact.domain import STATUSES, Answered, Contact, Status
from services.notifications.contact.listing import terms_of
from shared.counters import Counters
from shared.documents import from_document, to_document
from shared.figures import day_of
from shared.mongo import Collection, Document, IndexModel, Session, snapshot
from shared.searching import begins_with

KINDS = ("statuses", "months", "days")


class Contacts:
    """`terms`, beside what the struct has, is what searches go by (`listing.py`)."""

    INDEXES = (
        # A list names every status that it wants, and suspect or not: the server merges as many
        # walks, each in the order asked for.
        IndexModel([("status", 1), ("suspect", 1), ("created_at", -1), ("_id", -1)], name="newest"),
        # With what a search sorts by, so that it reads no contacts but those it shows.
        IndexModel([("status", 1), ("terms", 1), ("created_at", -1), ("_id", -1)], name="search"),
        IndexModel([("email", 1)], name="by_email"),
        IndexModel(
            [("user_id", 1)], name="by_user", partialFilterExpression={"user_id": {"$gt": ""}}
        ),
    )

    def __init__(self, collection: Collection, counters: Counters) -> None:
        self._contacts = collection
        self._counters = counters

    async def find(self, contact_id: str, session: Session) -> Contact | None:
        document = await self._contacts.find_one({"_id": contact_id}, session=session)
        return from_document(Contact, document) if document else None

    async def save(self, contact: Contact, session: Session, *, before: Contact | None) -> None:
        """Only inside the transaction that read `before`, or made the contact."""
        document = {**to_document(contact), "terms": list(terms_of(contact))}
        await self._contacts.replace_one(
            {"_id": contact.id}, document, upsert=True, session=session
        )
        were = _counted(before) if before else ()
        await self._counters.change(contact.id, were, _counted(contact), session)

    async def remove(self, contact: Contact, session: Session) -> None:
        """Only inside the transaction that read it."""
        await self._contacts.delete_one({"_id": contact.id}, session=session)
        await self._counters.change(contact.id, _counted(contact), (), session)

    async def forget(self, documents: Sequence[Document], session: Session) -> None:
        """These, of somebody who is being erased, go in this transaction."""
        steps: Counter[str] = Counter()
        for document in documents:
            steps.subtract(_counted(from_document(Contact, document)))
        await self._counters.add(str(documents[0]["_id"]), steps, session)

    def snapshot(self) -> AbstractAsyncContextManager[Session]:
        """For several reads of one moment."""
        return snapshot(self._contacts)

    async def total(self, statuses: Sequence[Status], session: Session | None = None) -> int:
        counts = await self._counters.of(["statuses"], session)
        return sum(max(0, counts[f"statuses.{status}"]) for status in statuses)

    async def page(
        self,
        statuses: Sequence[Status],
        *,
        skip: int,
        limit: int,
        oldest_first: bool = False,
        session: Session | None = None,
    ) -> list[Contact]:
        return await self._walk(statuses, [True, False], skip, limit, oldest_first, session)

    async def newest(self, limit: int) -> list[Contact]:
        """Without the suspects."""
        return await self._walk(STATUSES, [False], 0, limit, False, None)

    async def _walk(
        self,
        statuses: Sequence[Status],
        suspects: Sequence[bool],
        skip: int,
        limit: int,
        oldest_first: bool,
        session: Session | None,
    ) -> list[Contact]:
        way = 1 if oldest_first else -1
        found = self._contacts.find(
            {"status": {"$in": list(statuses)}, "suspect": {"$in": list(suspects)}},
            sort=[("created_at", way), ("_id", way)],
            hint="newest",
            session=session,
        )
        documents = await found.skip(skip).limit(limit).to_list(limit)
        return [from_document(Contact, document) for document in documents]

    async def matches(
        self, statuses: Sequence[Status], prefix: str, *, limit: int
    ) -> dict[str, datetime]:
        """What of these has a term that begins with `prefix` (folded, not empty), at most `limit`:
        when they came, by their id. In no order."""
        found = self._contacts.find(
            {"status": {"$in": list(statuses)}, "terms": begins_with(prefix)},
            {"created_at": 1},
            hint="search",
            limit=limit,
            batch_size=limit,
        )
        return {each["_id"]: each["created_at"] async for each in found}

    async def those(self, contact_ids: Sequence[str]) -> list[Contact]:
        """In the order of `contact_ids`, without those that are not there (any more)."""
        found = self._contacts.find({"_id": {"$in": list(contact_ids)}})
        contacts = {each["_id"]: from_document(Contact, each) async for each in found}
        return [contacts[each] for each in contact_ids if each in contacts]

    async def counted(self, session: Session) -> Counter[str]:
        """What the counters should be."""
        day = {"$dateToString": {"date": "$created_at", "format": "%Y-%m-%d"}}
        found = self._contacts.aggregate(
            [
                {"$match": {"status": {"$in": list(STATUSES)}}},
                {"$group": {"_id": {"status": "$status", "day": day}, "number": {"$sum": 1}}},
            ],
            hint="newest",
            session=session,
        )
        counts: Counter[str] = Counter()
        async for each in found:
            for name in _names(each["_id"]["status"], each["_id"]["day"]):
                counts[name] += each["number"]
        return counts


def _counted(contact: Contact) -> tuple[str, ...]:
    return _names(contact.status, day_of(contact.created_at))


def _names(status: Status, day: str) -> tuple[str, ...]:
    return (f"statuses.{status}", f"months.{day[:7]}", f"days.{day}")


class Replier(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a reply is. Called by the reply's id."""

    id: str
    contact_id: str
    user_id: str


class Repliers:
    """Apart from the replies: they stay when the account of an admin is erased, and name nobody
    then."""

    INDEXES = (IndexModel([("user_id", 1)], name="user"),)

    def __init__(self, collection: Collection) -> None:
        self._repliers = collection

    async def add(self, replier: Replier, session: Session) -> None:
        """In a transaction that has taken the admin's document in hand."""
        await self._repliers.insert_one(to_document(replier), session=session)

    async def answered(
        self, contacts: Sequence[Contact], session: Session | None = None
    ) -> list[Answered]:
        """Each with whose its last reply is."""
        last = {contact.id: reply.id for contact in contacts if (reply := contact.last_reply)}
        admins = await self._of(list(last.values()), session) if last else {}
        return [Answered(each, admins.get(last.get(each.id, ""))) for each in contacts]

    async def _of(self, reply_ids: Sequence[str], session: Session | None) -> dict[str, str]:
        """Ids of admins, by those of their replies."""
        found = self._repliers.find({"_id": {"$in": list(reply_ids)}}, session=session)
        return {each["_id"]: each["user_id"] async for each in found}

    async def remove(self, reply_ids: Sequence[str], session: Session) -> None:
        await self._repliers.delete_many({"_id": {"$in": list(reply_ids)}}, session=session)
