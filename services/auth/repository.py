"""Where auth keeps identities, sessions and the ledgers of one-time codes."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from services.auth.code_ledger import CodeLedger
from services.auth.domain import EndReason, Identity, Session
from services.auth.identifiers import Email, Identifier
from shared.contracts.users import Profile
from shared.documents import from_document, to_document
from shared.mongo import Collection, IndexModel
from shared.mongo import Session as DatabaseSession

_LEDGER_KEPT = timedelta(days=8)  # longer than any limit in it looks back
_ENDED_SESSION_KEPT = timedelta(days=1)


class Identities:
    # "A string" in words that the server sees an address to fulfil: with $type it would scan.
    INDEXES = (
        IndexModel(
            [("email", 1)],
            unique=True,
            partialFilterExpression={"email": {"$gt": ""}},
            name="by_email",
        ),
        IndexModel(
            [("phone", 1)],
            unique=True,
            partialFilterExpression={"phone": {"$gt": ""}},
            name="by_phone",
        ),
        IndexModel(
            [("role", 1)],
            partialFilterExpression={"role": "superadmin"},
            name="superadmins",
        ),
    )

    def __init__(self, collection: Collection, locks: Collection) -> None:
        self._identities = collection
        self._locks = locks

    async def find(self, user_id: str, session: DatabaseSession | None = None) -> Identity | None:
        return _identity(await self._identities.find_one({"_id": user_id}, session=session))

    async def find_by(
        self, identifier: Identifier, session: DatabaseSession | None = None
    ) -> Identity | None:
        query = (
            {"email": identifier.address}
            if isinstance(identifier, Email)
            else {"phone": identifier.e164}
        )
        return _identity(await self._identities.find_one(query, session=session))

    async def insert(self, identity: Identity, session: DatabaseSession) -> None:
        """Raises DuplicateKeyError where the email or phone is taken."""
        await self._identities.insert_one(to_document(identity), session=session)

    async def replace(self, identity: Identity, session: DatabaseSession) -> None:
        """Only inside the transaction that read it. Raises DuplicateKeyError."""
        await self._identities.replace_one(
            {"_id": identity.id}, to_document(identity), session=session
        )

    async def superadmins_besides(self, user_id: str, session: DatabaseSession) -> int:
        """How many others are superadmin. Transactions that ask this run one after the other."""
        await self._locks.update_one(
            {"_id": "superadmins"}, {"$inc": {"n": 1}}, upsert=True, session=session
        )
        return await self._identities.count_documents(
            {"role": "superadmin", "_id": {"$ne": user_id}}, session=session
        )

    async def keep_profile(
        self, user_id: str, version: int, profile: Profile, session: DatabaseSession
    ) -> None:
        """An older version than the one kept changes nothing."""
        await self._identities.update_one(
            {"_id": user_id, "profile_version": {"$lt": version}},
            {"$set": {"profile": msgspec.to_builtins(profile), "profile_version": version}},
            session=session,
        )


class Ledgers:
    INDEXES = (IndexModel([("kept_until", 1)], expireAfterSeconds=0),)

    def __init__(self, collection: Collection) -> None:
        self._ledgers = collection

    async def find(self, key: str, session: DatabaseSession | None = None) -> CodeLedger:
        document = await self._ledgers.find_one({"_id": key}, session=session)
        if document is None:
            return CodeLedger(key=key)
        return msgspec.convert({**document, "key": key}, CodeLedger)

    async def replace(self, ledger: CodeLedger, now: datetime, session: DatabaseSession) -> None:
        """Only inside the transaction that read it: so each count is exact under parallel
        requests. Raises DuplicateKeyError if somebody else's first was sooner."""
        document = to_document(ledger)
        del document["key"]
        document["kept_until"] = now + _LEDGER_KEPT
        await self._ledgers.replace_one({"_id": ledger.key}, document, upsert=True, session=session)

    async def remove(self, key: str, session: DatabaseSession) -> None:
        await self._ledgers.delete_one({"_id": key}, session=session)


class Sessions:
    INDEXES = (
        IndexModel([("user_id", 1), ("last_used_at", -1)]),
        IndexModel([("kept_until", 1)], expireAfterSeconds=0),
    )

    def __init__(self, collection: Collection) -> None:
        self._sessions = collection

    async def find(self, session_id: str, session: DatabaseSession | None = None) -> Session | None:
        return _session(await self._sessions.find_one({"_id": session_id}, session=session))

    async def living_of(
        self, user_id: str, now: datetime, session: DatabaseSession | None = None
    ) -> list[Session]:
        """Most recently used first."""
        found = self._sessions.find(
            {"user_id": user_id, "ended_at": None, "expires_at": {"$gt": now}}, session=session
        ).sort("last_used_at", -1)
        return [from_document(Session, document) async for document in found]

    async def insert(self, new: Session, session: DatabaseSession) -> None:
        await self._sessions.insert_one(_document(new), session=session)

    async def replace(self, rotated: Session, session: DatabaseSession) -> None:
        """Only inside the transaction that read it."""
        await self._sessions.replace_one({"_id": rotated.id}, _document(rotated), session=session)

    async def end(
        self, session_id: str, reason: EndReason, now: datetime, session: DatabaseSession
    ) -> bool:
        """False if it had ended before."""
        result = await self._sessions.update_one(
            {"_id": session_id, "ended_at": None},
            {"$set": {"ended_at": now, "end_reason": reason}},
            session=session,
        )
        return bool(result.modified_count)


class Counters:
    """How often something happened in an hour or a day, shared by all replicas."""

    INDEXES = (IndexModel([("kept_until", 1)], expireAfterSeconds=0),)

    def __init__(self, collection: Collection) -> None:
        self._counters = collection

    async def count(self, what: str, window: timedelta, now: datetime) -> tuple[int, float]:
        """Count one more; how many that makes in this window, and the seconds it still lasts."""
        seconds = int(window.total_seconds())
        number = int(now.timestamp()) // seconds
        document = await self._counters.find_one_and_update(
            {"_id": f"{what}:{seconds}:{number}"},
            {"$inc": {"n": 1}, "$setOnInsert": {"kept_until": now + 2 * window}},
            upsert=True,
            return_document=True,  # as it is after
        )
        return document["n"], (number + 1) * seconds - now.timestamp()


def _identity(document: dict[str, Any] | None) -> Identity | None:
    return from_document(Identity, document) if document else None


def _session(document: dict[str, Any] | None) -> Session | None:
    return from_document(Session, document) if document else None


def _document(session: Session) -> dict[str, Any]:
    return {**to_document(session), "kept_until": session.expires_at + _ENDED_SESSION_KEPT}
