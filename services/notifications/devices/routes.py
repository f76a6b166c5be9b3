"""Endpoints of devices (contract, section 5)."""

from litestar import delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.notifications.devices.schemas import RegisterDevice
from services.notifications.devices.service import DeviceService
from services.notifications.schemas import Done
from shared.http.envelope import Envelope, ok
from shared.http.guards import signed_in
from shared.tokens import Principal

_PATH = "/notifications/device-token"


@post(_PATH, status_code=200, guards=[signed_in], opt={"idempotent": True})
async def register_device(
    data: JSONBody[RegisterDevice],
    principal: NamedDependency[Principal],
    devices: NamedDependency[DeviceService],
) -> Envelope[Done]:
    """Say where you can be reached by push.

    Once after signing in, and whenever the token changes. `token: null` leaves the token as it
    is, and changes only the rest.
    """
    await devices.register(principal, data.registration())
    return ok(Done())


@delete(_PATH + "/{token:str}", status_code=200, guards=[signed_in])
async def forget_device_token(
    token: FromPath[str],
    principal: NamedDependency[Principal],
    devices: NamedDependency[DeviceService],
) -> Envelope[Done]:
    """Forget a push token.

    When the app signs out, for one. Repeating it is fine.
    """
    await devices.forget(principal.user_id, token)
    return ok(Done())


HANDLERS = (register_device, forget_device_token)
