"""Endpoints of settings (contract, section 4)."""

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.learning.site_settings.domain import Setting
from services.learning.site_settings.schemas import (
    PostSetting,
    PutSetting,
    SettingValue,
    SettingView,
)
from services.learning.site_settings.service import SiteSettingService
from shared.http.conditional import Known
from shared.http.envelope import Envelope, created, ok
from shared.http.guards import admin
from shared.http.pagination import Page, PageRequest
from shared.tokens import Principal


@get("/settings", guards=[admin])
async def list_settings(
    site_settings: NamedDependency[SiteSettingService],
    page: FromQuery[int | None] = None,
    limit: FromQuery[int | None] = None,
) -> Envelope[Page[SettingView]]:
    """List all settings.

    The private ones too.
    """
    found = await site_settings.page(PageRequest.of(page, limit))
    return ok(Page([SettingView.of(setting) for setting in found.list], found.pagination))


@get("/settings/{key:str}")
async def find_setting(
    key: FromPath[str],
    known: NamedDependency[Known],
    visitor: NamedDependency[Principal | None],
    site_settings: NamedDependency[SiteSettingService],
) -> Response[Envelope[SettingValue]]:
    """Get the value of a setting.

    A private one is there for admins only.
    """
    return known.unless_same(SettingValue.of(await site_settings.setting(visitor, key)))


@post("/settings", guards=[admin], opt={"idempotent": True} | {"statuses": (200, 201)})
async def post_setting(
    data: JSONBody[PostSetting],
    principal: NamedDependency[Principal],
    site_settings: NamedDependency[SiteSettingService],
) -> Response[Envelope[SettingView]]:
    """Set a setting.

    Makes it (201) or changes it (200). `value` is any JSON, up to 64 KiB.
    """
    return _put(*await site_settings.put(principal, data.key, data.members()))


@put("/settings/{key:str}", guards=[admin], opt={"statuses": (200, 201)})
async def put_setting(
    key: FromPath[str],
    data: JSONBody[PutSetting],
    principal: NamedDependency[Principal],
    site_settings: NamedDependency[SiteSettingService],
) -> Response[Envelope[SettingView]]:
    """Set the setting of this key.

    Makes it (201) or changes it (200). What is left out stays as it is.
    """
    data.check_key(key)
    return _put(*await site_settings.put(principal, key, data.members()))


def _put(setting: Setting, is_new: bool) -> Response[Envelope[SettingView]]:
    view = SettingView.of(setting)
    answer = created(view) if is_new else ok(view)
    return Response(answer, status_code=answer.status_code)


HANDLERS = (list_settings, find_setting, post_setting, put_setting)
