"""Where learning keeps the site's settings."""

from services.learning.site_settings.domain import Setting, id_of
from shared.documents import from_document, to_document
from shared.mongo import Collection, IndexModel, Session

_ALL = {"key": {"$gt": ""}}  # in words that let the server count and walk along the index


class SiteSettings:
    INDEXES = (IndexModel([("key", 1)], name="by_key"),)

    def __init__(self, collection: Collection) -> None:
        self._settings = collection

    async def find(self, key: str, session: Session | None = None) -> Setting | None:
        document = await self._settings.find_one({"_id": id_of(key)}, session=session)
        return from_document(Setting, document) if document else None

    async def save(self, setting: Setting, session: Session) -> None:
        """Only inside the transaction that read it, or found none."""
        await self._settings.replace_one(
            {"_id": setting.id}, to_document(setting), upsert=True, session=session
        )

    async def total(self) -> int:
        return await self._settings.count_documents(_ALL, hint="by_key")

    async def page(self, *, skip: int, limit: int) -> list[Setting]:
        """By key."""
        found = self._settings.find(_ALL, sort=[("key", 1)]).skip(skip).limit(limit)
        return [from_document(Setting, document) async for document in found]
