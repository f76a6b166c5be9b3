"""Where devices lie."""

from datetime import datetime, timedelta
from typing import Literal

from services.notifications.devices.domain import KEPT_DAYS, Device
from shared.documents import from_document, to_document
from shared.mongo import Collection, Document, IndexModel, Session

Token = Literal["token", "start_token"]
_TOKENS: tuple[Token, ...] = ("token", "start_token")


class Devices:
    """A token, of either kind, is one device's. Rows are written in transactions only."""

    INDEXES = (
        IndexModel([("user_id", 1), ("seen_at", -1)], name="of_person"),
        *(
            IndexModel(
                [(token, 1)],
                name=token,
                unique=True,
                partialFilterExpression={token: {"$gt": ""}},
            )
            for token in _TOKENS
        ),
        IndexModel([("seen_at", 1)], name="expiry", expireAfterSeconds=KEPT_DAYS * 24 * 3600),
    )

    def __init__(self, collection: Collection) -> None:
        self._rows = collection

    async def find(self, row_id: str, session: Session | None = None) -> Device | None:
        document = await self._rows.find_one({"_id": row_id}, session=session)
        return from_document(Device, document) if document else None

    async def of(self, user_id: str, session: Session | None = None) -> list[Device]:
        """Those seen last come first."""
        found = self._rows.find({"user_id": user_id}, session=session).sort("seen_at", -1)
        return [from_document(Device, document) async for document in found]

    async def save(self, device: Device, session: Session) -> None:
        """In a transaction that has taken the person's document in hand. Whoever else had one of
        its tokens was on the same device before, and is not any more."""
        same: list[Document] = [
            {token: value} for token in _TOKENS if (value := getattr(device, token)) is not None
        ]
        if same:
            others = {"$or": same, "_id": {"$ne": device.id}}
            await self._rows.delete_many(others, session=session)
        await self._rows.replace_one(
            {"_id": device.id}, to_document(device), upsert=True, session=session
        )

    async def remove(self, row_ids: list[str], session: Session) -> None:
        await self._rows.delete_many({"_id": {"$in": row_ids}}, session=session)

    async def remove_of_session(self, user_id: str, session_id: str, session: Session) -> None:
        theirs = {"user_id": user_id, "session_id": session_id}
        await self._rows.delete_many(theirs, session=session)

    async def forget_token(self, user_id: str, value: str, session: Session) -> None:
        """If it is theirs."""
        theirs = {"token": value, "user_id": user_id}
        await self._rows.update_one(theirs, _without("token"), session=session)

    async def forget_dead(
        self, row_id: str, token: Token, value: str, since: datetime | None, session: Session
    ) -> None:
        """Unless the device has another one by now, or said after `since` that it is this one."""
        dead: Document = {"_id": row_id, token: value}
        if since is not None:
            dead[f"{token}_at"] = {"$lte": since}
        await self._rows.update_one(dead, _without(token), session=session)


def _without(token: Token) -> Document:
    return {"$set": {token: None, f"{token}_at": None}}


class EndedSessions:
    """Sessions that ended a moment ago: a registration on its way must not outlive the log-out."""

    KEPT = timedelta(hours=2)  # longer than an access token lives
    INDEXES = (IndexModel([("remove_at", 1)], name="expiry", expireAfterSeconds=0),)

    def __init__(self, collection: Collection) -> None:
        self._rows = collection

    async def add(self, session_id: str, now: datetime, session: Session) -> None:
        row = {"$set": {"remove_at": now + self.KEPT}}
        await self._rows.update_one({"_id": session_id}, row, upsert=True, session=session)

    async def has(self, session_id: str, session: Session) -> bool:
        return await self._rows.find_one({"_id": session_id}, session=session) is not None
