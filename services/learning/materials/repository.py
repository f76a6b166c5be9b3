"""Where materials are kept, and whose they are."""

from collections import Counter
from collections.abc import Sequence

from services.learning.materials.domain import Assignment, Material
from services.learning.materials.tallies import counted, people
from shared.documents import from_document, to_document
from shared.languages import Language
from shared.mongo import Collection, Document, IndexModel, Session

_NEWEST_FIRST = [("created_at", -1), ("_id", -1)]


class Materials:
    """`removed`, beside what the struct has: it is deleted, and nobody sees it any more; it stays
    until it is nobody's. `turns`: written by whoever changes whose it is, so that they follow one
    another."""

    INDEXES = (
        IndexModel([("removed", 1), ("created_at", -1), ("_id", -1)], name="newest"),
        IndexModel([("removed", 1), ("locale", 1), *_NEWEST_FIRST], name="by_locale"),
    )

    def __init__(self, collection: Collection) -> None:
        self._materials = collection

    async def add(self, material: Material, session: Session) -> None:
        document = {**to_document(material), "removed": False}
        await self._materials.insert_one(document, session=session)

    async def save(self, material: Material, session: Session) -> None:
        """Only inside the transaction that read it."""
        values = {name: v for name, v in to_document(material).items() if name != "_id"}
        await self._materials.update_one({"_id": material.id}, {"$set": values}, session=session)

    async def find(self, material_id: str, session: Session | None = None) -> Material | None:
        found = await self._materials.find_one(
            {"_id": material_id, "removed": False}, session=session
        )
        return _material(found)

    async def take(
        self, material_id: str, session: Session, *, removed: bool = False
    ) -> Material | None:
        """As `find`; the transaction has then written it. `removed`: one that was put away."""
        query = {"_id": material_id, "removed": removed}
        await self._materials.update_one(query, {"$inc": {"turns": 1}}, session=session)
        return _material(await self._materials.find_one(query, session=session))

    async def put_away(self, material_id: str, session: Session) -> None:
        """It is deleted, but for its assignments."""
        await self._materials.update_one(
            {"_id": material_id}, {"$set": {"removed": True}}, session=session
        )

    async def put_away_ids(self) -> list[str]:
        found = self._materials.find({"removed": True}, {"_id": 1}, hint="newest")
        return [document["_id"] async for document in found]

    async def forget(self, material_id: str, session: Session) -> None:
        await self._materials.delete_one({"_id": material_id}, session=session)

    async def page(
        self, locale: Language | None, *, skip: int, limit: int
    ) -> tuple[list[Material], int]:
        """The newest first, and how many there are; None: of any locale."""
        query: Document = {"removed": False, **({"locale": locale} if locale else {})}
        index = "by_locale" if locale else "newest"
        # As many as somebody wrote: counting index entries is quick enough.
        total = await self._materials.count_documents(query, hint=index)
        found = self._materials.find(query, sort=_NEWEST_FIRST, hint=index)
        documents = await found.skip(skip).limit(limit).to_list(limit)
        return [from_document(Material, each) for each in documents], total

    async def those(self, material_ids: Sequence[str]) -> dict[str, Material]:
        """By their ids, without those that are not there (any more)."""
        found = self._materials.find({"_id": {"$in": list(material_ids)}, "removed": False})
        return {each["_id"]: from_document(Material, each) async for each in found}

    async def counted(self, session: Session) -> Counter[str]:
        """What the counters should be."""
        number = await self._materials.count_documents(
            {"removed": False}, hint="newest", session=session
        )
        return Counter({"totals.materials": number})


class Assignments:
    INDEXES = (
        IndexModel([("material_id", 1), ("user_id", 1)], name="once", unique=True),
        # With the material, so that a list leaves out what is being deleted without a look at it.
        IndexModel(
            [("user_id", 1), ("assigned_at", -1), ("_id", -1), ("material_id", 1)],
            name="by_person",
        ),
    )

    def __init__(self, collection: Collection) -> None:
        self._assignments = collection

    async def add(self, assignments: Sequence[Assignment], session: Session) -> None:
        if assignments:
            await self._assignments.insert_many(map(to_document, assignments), session=session)

    async def has(self, user_id: str, material_id: str) -> bool:
        theirs = {"material_id": material_id, "user_id": user_id}
        return await self._assignments.find_one(theirs, {"_id": 1}) is not None

    async def with_material(
        self, material_id: str, user_ids: Sequence[str], session: Session
    ) -> set[str]:
        """Which of these people have it."""
        found = self._assignments.find(
            {"material_id": material_id, "user_id": {"$in": list(user_ids)}},
            {"_id": 0, "user_id": 1},
            session=session,
        )
        return {document["user_id"] async for document in found}

    async def with_any(self, user_ids: Sequence[str], session: Session) -> set[str]:
        """Which of these people have any material."""
        theirs = {"user_id": {"$in": list(user_ids)}}
        return set(await self._assignments.distinct("user_id", theirs, session=session))

    async def some_of(self, material_id: str, limit: int, session: Session) -> list[Assignment]:
        found = self._assignments.find({"material_id": material_id}, session=session, limit=limit)
        return [from_document(Assignment, each) async for each in found]

    async def remove(self, assignments: Sequence[Assignment], session: Session) -> None:
        ids = [assignment.id for assignment in assignments]
        await self._assignments.delete_many({"_id": {"$in": ids}}, session=session)

    async def of(
        self, user_id: str, *, but: Sequence[str], skip: int, limit: int
    ) -> tuple[list[Assignment], int]:
        """Somebody's, the newest first, and how many there are; without those of the materials
        `but`."""
        theirs = {"user_id": user_id, "material_id": {"$nin": list(but)}}
        total = await self._assignments.count_documents(theirs, hint="by_person")
        found = self._assignments.find(
            theirs, sort=[("assigned_at", -1), ("_id", -1)], hint="by_person"
        )
        documents = await found.skip(skip).limit(limit).to_list(limit)
        return [from_document(Assignment, each) for each in documents], total

    async def counted(self, session: Session) -> Counter[str]:
        """What the counters should be."""
        sums: Counter[str] = Counter()
        day = {"$dateToString": {"date": "$assigned_at", "format": "%Y-%m-%d"}}
        by_day = [{"$group": {"_id": day, "number": {"$sum": 1}}}]
        async for each in self._assignments.aggregate(by_day, session=session):
            sums.update(counted(each["_id"], each["number"]))
        by_person: list[Document] = [{"$group": {"_id": "$user_id"}}, {"$count": "number"}]
        async for each in self._assignments.aggregate(by_person, session=session):
            sums.update(people(each["number"]))
        return sums


def _material(document: Document | None) -> Material | None:
    return from_document(Material, document) if document else None
