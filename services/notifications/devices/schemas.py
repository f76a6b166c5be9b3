"""What the endpoints of devices take (contract, section 5)."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from services.notifications.devices.domain import Registration
from services.notifications.senders.push import Platform
from shared.http.schemas import Body
from shared.text_fields import NAME

# APNs gives hex, FCM letters with a few others: what stands in a path as it is.
DeviceToken = Annotated[
    str, Meta(min_length=1, max_length=1024, pattern=r"^[A-Za-z0-9:_.~+=-]+(?![\s\S])")
]
DeviceId = Annotated[str, Meta(min_length=1, max_length=200, pattern=NAME)]
Timezone = Annotated[str, Meta(max_length=64)]


class RegisterDevice(Body, frozen=True, kw_only=True):
    """`token` null: what is known of it stays. Of the others, null clears."""

    token: DeviceToken | None
    platform: Platform
    device_id: DeviceId
    timezone: Timezone | UnsetType | None = UNSET
    live_activity_push_to_start_token: DeviceToken | UnsetType | None = UNSET

    def registration(self) -> Registration:
        """Raises InvalidFields."""
        changes = {
            "timezone": self.timezone,
            "start_token": self.live_activity_push_to_start_token,
        }
        return Registration(
            device_id=self.device_id,
            platform=self.platform,
            token=self.token,
            changes={name: value for name, value in changes.items() if value is not UNSET},
        )
