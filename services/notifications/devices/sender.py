"""Pushes to devices: whichever token a device has when the push goes out, by the provider of its
platform."""

from collections.abc import Awaitable, Callable, Mapping

from services.notifications.devices.domain import Device
from services.notifications.devices.service import DeviceService
from services.notifications.senders.domain import Going, Message, Refused, Result, TryAgain
from services.notifications.senders.push import Gone, Platform, Push, PushProvider

Badge = Callable[[str], Awaitable[int]]


class PushSender:
    """`providers`: by platform; of several it may be the same. `badge`: how many entries somebody
    has not read."""

    def __init__(
        self, devices: DeviceService, providers: Mapping[Platform, PushProvider], badge: Badge
    ) -> None:
        self._devices = devices
        self._providers = providers
        self._badge = badge

    async def send(self, message: Message, going: Going) -> Result:
        device = await self._devices.find(message.to)
        if device is None or device.token is None:
            return Refused("no device")
        push = await self._push(message, device)
        result = await self._providers[device.platform].push(device.token, push, going)
        if isinstance(result, Gone):
            return await self._lost(device, device.token, result)
        return result

    async def close(self) -> None:
        for provider in set(self._providers.values()):
            await provider.close()

    async def _push(self, message: Message, device: Device) -> Push:
        assert message.expires_at is not None  # a push always ends
        return Push(
            id=message.id,
            to=device.user_id,
            title=message.subject,
            body=message.text,
            data=message.data,
            badge=await self._badge(device.user_id),
            expires_at=message.expires_at,
        )

    async def _lost(self, device: Device, token: str, gone: Gone) -> Result:
        await self._devices.forget_dead(device.id, "token", token, gone.since)
        now = await self._devices.find(device.id)
        if now is None or now.token is None:
            return Refused("token gone")
        return TryAgain("another token")  # or the same, which was said to be alive since
