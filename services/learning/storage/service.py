"""What people do with files of their own accord: admins' uploads, profile photos."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from services.learning.people import Learner
from services.learning.storage.domain import StoredFile
from services.learning.storage.repository import Files
from services.learning.storage.store import Arrivals, CheckedFile, FileStore, StoredContents
from shared.acquaintances import Acquaintances
from shared.audit import AuditLog
from shared.errors import AuthenticationRequired, NotFound
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal

PHOTO_FOLDER = "profile-photos"
_PHOTOS_KEPT = 5  # of a person: the one in use, and what they tried


class StorageService:
    def __init__(
        self,
        store: FileStore,
        files: Files,
        people: Acquaintances[Learner],
        audit: AuditLog,
        outbox: Outbox,
        public_folders: Sequence[str],
    ) -> None:
        """`public_folders`: open to everybody, with all that is in them. The others are for
        admins."""
        self._store = store
        self._files = files
        self._people = people
        self._audit = audit
        self._outbox = outbox
        self._public = {*public_folders, PHOTO_FOLDER}

    def arrivals(self) -> AbstractAsyncContextManager[Arrivals]:
        return self._store.arrivals()

    async def upload(
        self, principal: Principal, arrivals: Arrivals, checked: CheckedFile, folder: str
    ) -> StoredFile:
        file = await arrivals.put(checked, folder)

        async def work(transaction: Transaction) -> None:
            await self._store.keep(file, transaction.session)
            await self._audit.append(
                transaction.session,
                actor=principal.user_id,
                action="file.uploaded",
                target=file.key,
            )

        await self._outbox.commit(work)
        return file

    async def add_photo(
        self, principal: Principal, arrivals: Arrivals, checked: CheckedFile
    ) -> StoredFile:
        """Raises AuthenticationRequired for somebody who is gone."""
        file = await arrivals.put(checked, PHOTO_FOLDER, user_id=principal.user_id)

        async def work(transaction: Transaction) -> None:
            if await self._people.meet(principal.user_id, transaction) is None:
                raise AuthenticationRequired
            await self._store.keep(file, transaction.session)
            theirs = await self._files.newest_of(principal.user_id, transaction.session)
            await self._store.release(theirs[_PHOTOS_KEPT:], transaction.session)

        await self._outbox.commit(work)
        return file

    async def open(self, visitor: Principal | None, key: str) -> tuple[StoredFile, StoredContents]:
        """Raises NotFound, also for what the visitor may not see."""
        if not self.is_public(key) and not (visitor and visitor.has("admin")):
            raise NotFound
        file = await self._store.at(key)
        return file, self._store.contents(file)

    def is_public(self, key: str) -> bool:
        return key.partition("/")[0] in self._public
