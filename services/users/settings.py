"""Settings of users."""

from shared.settings import ServiceSettings


class UsersSettings(ServiceSettings, frozen=True, kw_only=True):
    pass
