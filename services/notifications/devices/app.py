"""The devices of people, put together."""

from services.notifications.devices.repository import Devices, EndedSessions
from services.notifications.devices.routes import HANDLERS
from services.notifications.devices.service import DeviceService
from services.notifications.part import Part
from services.notifications.people import Person, Whom
from shared.acquaintances import Acquaintances
from shared.clock import Clock
from shared.contracts.auth import SessionRevoked
from shared.messaging import Subscription
from shared.node import Node
from shared.personal_data import Holding

_HIDDEN = ("user_id", "session_id", "token", "start_token")


def create_devices(
    node: Node, people: Acquaintances[Person], clock: Clock
) -> tuple[Devices, DeviceService, Part]:
    kept = node.collection("devices", Devices.INDEXES)
    devices = Devices(kept)
    ended = EndedSessions(node.collection("ended_sessions", EndedSessions.INDEXES))
    service = DeviceService(devices, ended, people, node.outbox, clock)

    def holdings_on(whom: Whom) -> list[Holding]:
        return [Holding("devices", kept, {"user_id": whom.id}, hidden=_HIDDEN)]

    return (
        devices,
        service,
        Part(
            handlers=HANDLERS,
            dependencies={"devices": service},
            holdings_on=holdings_on,
            subscriptions=[
                Subscription("notifications-forget-devices", SessionRevoked, service.session_ended)
            ],
        ),
    )
