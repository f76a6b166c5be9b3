"""A copy of all that Aula holds on a person: asked of every service by an event, gathered as the
answers come, and handed out under a link that only its owner is told."""

import asyncio
from collections.abc import AsyncIterator

import msgspec

from services.users.domain import Person
from services.users.erasures.domain import SERVICES
from services.users.exports.archive import unpacked, zipped
from services.users.exports.domain import Export
from services.users.exports.links import ExportLinks
from services.users.exports.repository import Exports
from services.users.profiles import Profiles
from services.users.repository import People
from shared import logs
from shared.clock import timestamp
from shared.contracts.users import UserExported, UserExportReady, UserExportRequested
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.mongo import ServerClock
from shared.seal import Seal, SealBroken
from shared.tokens import Principal

log = logs.get("exports")


class ExportService:
    def __init__(
        self,
        exports: Exports,
        people: People,
        profiles: Profiles,
        links: ExportLinks,
        seal: Seal,
        outbox: Outbox,
        now: ServerClock,
    ) -> None:
        self._exports = exports
        self._people = people
        self._profiles = profiles
        self._links = links
        self._seal = seal
        self._outbox = outbox
        self._now = now

    async def request(self, principal: Principal) -> Export:
        """The one under way, or the last one while it is younger than a day; else a new one."""
        await self._profiles.of(principal)
        now = await self._now()

        async def work(transaction: Transaction) -> Export:
            known = await self._profiles.known(principal, transaction)
            last = known and known.export_id
            export = await self._exports.find(last, transaction.session) if last else None
            if export is None or export.allows_another(now):
                export = Export.fresh(new_id(), principal.user_id, now)
                person = known or Person.of_token(principal.user_id, principal.role)
                person = msgspec.structs.replace(person, export_id=export.id)
                await self._people.save(person, transaction.session, before=known)
            elif export.waits_long(now):
                export = export.asked_again(now)
            else:
                return export
            await self._exports.save(export, transaction.session)
            transaction.record(
                UserExportRequested(
                    user_id=export.user_id, export_id=export.id, services=export.silent
                )
            )
            return export

        return await self._outbox.commit(work)

    async def keep_part(self, event: UserExported, transaction: Transaction) -> None:
        export = await self._exports.find(event.export_id, transaction.session)
        if export is None or not export.wants(event.service):
            return
        try:
            await asyncio.to_thread(self._seal.open, event.sealed, event.export_id)
        except SealBroken:  # not taken: the file could never be handed out
            log.error("a part does not open: another AULA_PRIVACY_KEY?", service=event.service)
            return
        await self._exports.keep_part(event, export.expires_at, transaction.session)
        export = export.received(
            event.service, event.answer, event.chunk, event.chunks, await self._now()
        )
        # Erasing the person removes this document: of the two, one comes second.
        await self._exports.save(export, transaction.session)
        if not export.is_ready:
            return
        await self._exports.keep_parts_until(export, transaction.session)
        path = self._links.path(export.id)
        transaction.record(
            UserExportReady(
                user_id=export.user_id,
                export_id=export.id,
                sealed_path=self._seal.close(path.encode(), export.id),
                expires_at=timestamp(export.expires_at),
            )
        )

    def path(self, export: Export) -> str | None:
        return self._links.path(export.id) if export.is_ready else None

    async def open(self, token: str) -> AsyncIterator[bytes]:
        """The zip, piece by piece: about a megabyte of it is in memory at a time. Raises NotFound,
        at once."""
        export = await self._exports.find(self._links.opened(token))
        if export is None or not export.is_ready or export.is_over(await self._now()):
            raise NotFound
        files = ((f"{service}.json", self._file(export, service)) for service in SERVICES)
        return zipped(files, export.requested_at)

    async def _file(self, export: Export, service: str) -> AsyncIterator[bytes]:
        async def packed() -> AsyncIterator[bytes]:
            async for sealed in self._exports.parts(export, service):
                yield await asyncio.to_thread(self._seal.open, sealed, export.id)

        async for piece in unpacked(packed()):
            yield piece
