"""A push to each device of a person whom notifications knows: one an event, in their language."""

from services.notifications.deliveries.domain import Delivery
from services.notifications.deliveries.service import DeliveryService
from services.notifications.devices.repository import Devices
from services.notifications.people import Person
from services.notifications.texts import Template
from shared.clock import Clock
from shared.messaging import Transaction


class Pushes:
    def __init__(self, service: DeliveryService, devices: Devices, clock: Clock) -> None:
        self._service = service
        self._devices = devices
        self._clock = clock

    async def write(
        self,
        person: Person,
        template: Template,
        transaction: Transaction,
        *,
        cause: str,
        data: dict[str, str],
        **params: str | None,
    ) -> None:
        """`person`: taken in hand in this transaction. `cause`: the id of what happened. `params`:
        what the words name. `data`: what the app needs to open what it is about."""
        for device in await self._devices.of(person.id, transaction.session):
            if device.token is None:
                continue
            delivery = Delivery.of_push(
                template,
                person.speaks,
                event_id=cause,
                now=self._clock(),
                device_id=device.id,
                user_id=person.id,
                params={"timezone": person.timezone or device.timezone, **params},
                data=data,
            )
            await self._service.accept(delivery, transaction)
