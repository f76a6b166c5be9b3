"""Where users keeps people."""

from services.users.domain import Person
from shared.documents import from_document, to_document
from shared.mongo import Collection, IndexModel, Session


class People:
    INDEXES = (
        IndexModel(
            [("profile.username", 1)],
            unique=True,
            partialFilterExpression={"profile.username": {"$type": "string"}},
            name="usernames",
        ),
    )

    def __init__(self, collection: Collection) -> None:
        self._people = collection

    async def find(self, user_id: str, session: Session | None = None) -> Person | None:
        document = await self._people.find_one({"_id": user_id}, session=session)
        return from_document(Person, document) if document else None

    async def save(self, person: Person, session: Session, *, before: Person | None) -> None:
        """Only inside the transaction that read `before`, or found nobody."""
        await self._people.replace_one(
            {"_id": person.id}, to_document(person), upsert=True, session=session
        )

    async def remove(self, person: Person, session: Session) -> None:
        """Only inside the transaction that read them."""
        await self._people.delete_one({"_id": person.id}, session=session)
