"""Settings of users."""

from typing import Annotated

from msgspec import Meta

from shared.settings import ServiceSettings


class UsersSettings(ServiceSettings, frozen=True, kw_only=True):
    account_deletion_days: Annotated[
        float,
        Meta(description="How long a person can change their mind about leaving", ge=0, le=90),
    ] = 28
    allow_finalize_now: Annotated[
        bool | None,
        Meta(description="People may delete their account at once; default: in development only"),
    ] = None
    erasure_stuck_hours: Annotated[
        float,
        Meta(description="An erasure that takes longer is shown as stuck", gt=0, le=720),
    ] = 24

    @property
    def finalize_now(self) -> bool:
        asked = self.allow_finalize_now
        return not self.is_production if asked is None else asked
