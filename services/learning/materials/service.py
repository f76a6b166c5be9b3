"""Materials: made, changed and deleted by admins; opened by whom they are assigned to."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from services.learning.materials.domain import Material
from services.learning.materials.removals import Removals
from services.learning.materials.repository import Assignments, Materials
from services.learning.materials.tallies import ONE_MATERIAL, Tallies
from services.learning.storage.domain import StoredFile
from services.learning.storage.store import Arrivals, CheckedFile, FileStore, StoredContents
from shared.audit import AuditLog
from shared.clock import Clock
from shared.errors import NotFound
from shared.http.pagination import Page, PageRequest, page_of
from shared.ids import new_id
from shared.languages import Language
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal

FOLDER = "materials"


@dataclass(frozen=True)
class Draft:
    """What is wanted of a material: `members` as for `Material.new`, and files that have come."""

    members: Mapping[str, object]
    pdfs: Sequence[CheckedFile]
    videos: Sequence[CheckedFile]

    @property
    def named(self) -> list[str]:
        """The members that an admin gave, by their names in the API."""
        names = {"videos" if name == "links" else name for name in self.members}
        files = {"pdfs": self.pdfs, "videoFiles": self.videos}
        return sorted(names | {name for name, several in files.items() if several})


class MaterialService:
    def __init__(
        self,
        materials: Materials,
        assignments: Assignments,
        files: FileStore,
        removals: Removals,
        tallies: Tallies,
        audit: AuditLog,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._materials = materials
        self._assignments = assignments
        self._files = files
        self._removals = removals
        self._tallies = tallies
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def arrivals(self) -> AbstractAsyncContextManager[Arrivals]:
        """Files of a request on their way in; what `create` or `change` did not keep goes again."""
        return self._files.arrivals()

    async def page(self, locale: Language | None, page: PageRequest) -> Page[Material]:
        found, total = await self._materials.page(locale, skip=page.skip, limit=page.limit)
        return page_of(found, total, page)

    async def find(self, material_id: str) -> Material:
        """Raises NotFound."""
        return _found(await self._materials.find(material_id))

    async def seen_by(self, principal: Principal, material_id: str) -> Material:
        """Raises NotFound, also for one that is not theirs, but to admins."""
        sees_all = principal.has("admin")
        if not (sees_all or await self._assignments.has(principal.user_id, material_id)):
            raise NotFound
        return await self.find(material_id)

    async def open(
        self, principal: Principal, material_id: str, file_id: str
    ) -> tuple[StoredFile, StoredContents]:
        """Raises NotFound, as `seen_by`."""
        material = await self.seen_by(principal, material_id)
        if file_id not in material.file_ids:
            raise NotFound
        file = await self._files.find(file_id)
        return file, self._files.contents(file)

    async def create(self, principal: Principal, arrivals: Arrivals, draft: Draft) -> Material:
        """Raises InvalidFields, and what the store does."""
        pdfs, videos = await _put(arrivals, draft.pdfs), await _put(arrivals, draft.videos)
        material = Material.new(new_id(), draft.members, pdfs, videos, self._clock())

        async def work(transaction: Transaction) -> None:
            await self._keep([*pdfs, *videos], transaction)
            await self._materials.add(material, transaction.session)
            await self._tallies.add(material.id, ONE_MATERIAL, transaction.session)
            await self._note(principal, "created", material, draft.named, transaction)

        await self._outbox.commit(work)
        return material

    async def change(
        self, principal: Principal, material_id: str, arrivals: Arrivals, draft: Draft
    ) -> Material:
        """Files are added to those there are. Raises NotFound, InvalidFields, and what the store
        does."""
        pdfs, videos = await _put(arrivals, draft.pdfs), await _put(arrivals, draft.videos)

        async def work(transaction: Transaction) -> Material:
            before = _found(await self._materials.find(material_id, transaction.session))
            material = before.changed(draft.members, pdfs, videos, self._clock())
            if material is not before:
                await self._keep([*pdfs, *videos], transaction)
                await self._materials.save(material, transaction.session)
                await self._note(principal, "changed", material, draft.named, transaction)
            return material

        return await self._outbox.commit(work)

    async def delete(self, principal: Principal, material_id: str) -> None:
        """Gone for everybody at once, its files too; those who had it hear of it soon. Raises
        NotFound."""

        async def work(transaction: Transaction) -> None:
            material = _found(await self._materials.find(material_id, transaction.session))
            await self._materials.put_away(material_id, transaction.session)
            await self._files.release(material.file_ids, transaction.session)
            await self._tallies.remove(material_id, ONE_MATERIAL, transaction.session)
            await self._note(principal, "deleted", material, (), transaction)
            transaction.after_commit.append(self._removals.wake)

        await self._outbox.commit(work)

    async def _keep(self, files: Iterable[StoredFile], transaction: Transaction) -> None:
        for file in files:
            await self._files.keep(file, transaction.session)

    async def _note(
        self,
        principal: Principal,
        deed: str,
        material: Material,
        members: Sequence[str],
        transaction: Transaction,
    ) -> None:
        await self._audit.append(
            transaction.session,
            actor=principal.user_id,
            action=f"material.{deed}",
            target=material.id,
            members=members,
        )


async def _put(arrivals: Arrivals, files: Sequence[CheckedFile]) -> list[StoredFile]:
    return [await arrivals.put(file, FOLDER) for file in files]


def _found(material: Material | None) -> Material:
    if material is None:
        raise NotFound
    return material
