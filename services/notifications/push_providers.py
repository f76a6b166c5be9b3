"""Who takes pushes to devices, as the settings say."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.notifications.dev_inbox.pushes import DevInboxPushes
from services.notifications.dev_inbox.repository import DevInbox
from services.notifications.senders.apns import Apns
from services.notifications.senders.apns_token import ProviderToken, signing_key
from services.notifications.senders.fcm import Fcm
from services.notifications.senders.fcm_credentials import AccessToken, ServiceAccount
from services.notifications.senders.origin import Origin, checked_origin, trusting
from services.notifications.senders.push import (
    ActivityProvider,
    NoPushProvider,
    Platform,
    PushProvider,
)
from services.notifications.settings import NotificationsSettings
from shared.clock import Clock

_APPLE = {
    "production": "https://api.push.apple.com",
    "sandbox": "https://api.sandbox.push.apple.com",
}


@dataclass(frozen=True)
class PushProviders:
    """`of`: by platform. `of_activities`: for the live activities of iOS."""

    of: Mapping[Platform, PushProvider]
    of_activities: ActivityProvider


def create_push_providers(
    settings: NotificationsSettings, inbox: DevInbox, clock: Clock
) -> PushProviders:
    """Raises SettingsError."""
    none: NoPushProvider | DevInboxPushes
    none = NoPushProvider() if settings.is_production else DevInboxPushes(inbox)
    apple = _apns(settings, clock) or none
    google = _fcm(settings, clock) or none
    return PushProviders({"ios": apple, "android": google, "web": google}, apple)


def _apns(settings: NotificationsSettings, clock: Clock) -> Apns | None:
    if not settings.apns_key:
        return None
    url = _APPLE.get(settings.apns_url) or checked_origin("AULA_APNS_URL", settings.apns_url)
    key = signing_key(settings.apns_key)
    token = ProviderToken(key, settings.apns_key_id, settings.apns_team_id, clock)
    return Apns(Origin(url, trusting(settings.push_ca_file)), token, settings.apns_topic)


def _fcm(settings: NotificationsSettings, clock: Clock) -> Fcm | None:
    if not settings.fcm_credentials:
        return None
    account = ServiceAccount.parsed(settings.fcm_credentials)
    trust = trusting(settings.push_ca_file)
    token = AccessToken(account, Origin(account.token_origin, trust), clock)
    origin = Origin(checked_origin("AULA_FCM_URL", settings.fcm_url), trust)
    return Fcm(origin, token, account.project_id, clock)
