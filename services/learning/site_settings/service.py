"""What learning does with the site's settings."""

from collections.abc import Mapping

from services.learning.site_settings.domain import Setting, is_key
from services.learning.site_settings.repository import SiteSettings
from shared.audit import AuditLog
from shared.clock import Clock
from shared.errors import NotFound
from shared.http.pagination import Page, PageRequest, page_of
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal


class SiteSettingService:
    def __init__(
        self, settings: SiteSettings, audit: AuditLog, outbox: Outbox, clock: Clock
    ) -> None:
        self._settings = settings
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def setting(self, visitor: Principal | None, key: str) -> Setting:
        """Raises NotFound; also for one that is not public, but to admins."""
        setting = await self._settings.find(key) if is_key(key) else None
        sees_all = visitor is not None and visitor.has("admin")
        if setting is None or not (setting.is_public or sees_all):
            raise NotFound
        return setting

    async def page(self, page: PageRequest) -> Page[Setting]:
        total = await self._settings.total()
        found = await self._settings.page(skip=page.skip, limit=page.limit)
        return page_of(found, total, page)

    async def put(
        self, principal: Principal, key: str, members: Mapping[str, object]
    ) -> tuple[Setting, bool]:
        """The setting, and whether it is new. `members`: `value`, and of the rest what is to
        change: a private setting that gets another value stays private. Raises InvalidFields."""

        async def work(transaction: Transaction) -> tuple[Setting, bool]:
            before = await self._settings.find(key, transaction.session)
            now = self._clock()
            setting = before.changed(members, now) if before else Setting.new(key, members, now)
            if setting is not before:
                await self._settings.save(setting, transaction.session)
                await self._audit.append(
                    transaction.session,
                    actor=principal.user_id,
                    action="setting.changed" if before else "setting.created",
                    target=key,
                    members=["isPublic" if name == "is_public" else name for name in members],
                )
            return setting, before is None

        return await self._outbox.commit(work)
