"""A mail to a person whom notifications knows: one for what happened, in their language."""

from services.notifications.deliveries.domain import Delivery
from services.notifications.deliveries.service import DeliveryService
from services.notifications.people import Person
from services.notifications.texts import Template
from shared import logs
from shared.clock import Clock
from shared.messaging import Transaction
from shared.pseudonyms import Pseudonyms

log = logs.get("mails")


class Mails:
    def __init__(self, service: DeliveryService, pseudonyms: Pseudonyms, clock: Clock) -> None:
        self._service = service
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def write(
        self,
        person: Person,
        template: Template,
        transaction: Transaction,
        *,
        cause: str,
        sealed: str = "",
        context: str = "",
        **params: str | None,
    ) -> None:
        """`person`: taken in hand in this transaction. `cause`: the id of what happened. `params`:
        what the words name."""
        if person.email is None:
            who = self._pseudonyms.of(person.id)
            log.info("no mail to somebody without an address", user=who, template=template)
            return
        delivery = Delivery.of_mail(
            template,
            person.speaks,
            event_id=cause,
            now=self._clock(),
            recipient=person.email,
            user_id=person.id,
            params={"name": person.name, "timezone": person.timezone, **params},
            sealed=sealed,
            context=context,
        )
        await self._service.accept(delivery, transaction)
