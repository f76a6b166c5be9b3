"""Settings of learning."""

from shared.settings import ServiceSettings


class LearningSettings(ServiceSettings, frozen=True, kw_only=True):
    pass
