"""The settings of the site, put together."""

from services.learning.site_settings.repository import SiteSettings
from services.learning.site_settings.service import SiteSettingService
from shared.clock import Clock
from shared.node import Node


def create_site_settings(node: Node, clock: Clock) -> dict[str, object]:
    """What the routes ask for, by name."""
    site_settings = SiteSettings(node.collection("site_settings", SiteSettings.INDEXES))
    return {"site_settings": SiteSettingService(site_settings, node.audit, node.outbox, clock)}
