"""Mails to who wrote: that it arrived, and what is answered. Each goes on where the last one was,
so that their mail program shows one conversation. And to the school: that somebody wrote."""

import msgspec

from services.notifications.contact.domain import Contact, Reply
from services.notifications.deliveries.domain import Delivery, delivery_id
from services.notifications.deliveries.messages import Answer
from services.notifications.deliveries.service import DeliveryService
from shared.clock import Clock, timestamp
from shared.messaging import Transaction
from shared.seal import Seal


class Letters:
    def __init__(self, deliveries: DeliveryService, seal: Seal, clock: Clock) -> None:
        """`seal`: what `deliveries` opens mails with."""
        self._deliveries = deliveries
        self._seal = seal
        self._clock = clock

    async def thank(self, contact: Contact, transaction: Transaction) -> None:
        """Without a word of theirs: the address may be somebody's who knows nothing of it."""
        delivery = Delivery.of_mail(
            "contact_received",
            contact.language,
            event_id=contact.id,
            now=self._clock(),
            recipient=contact.email,
            user_id=contact.user_id,
        )
        await self._deliveries.accept(delivery, transaction)

    async def tell(self, contact: Contact, school: str, transaction: Transaction) -> None:
        """In the writer's language, for that is the one to answer in; and without a word of theirs,
        for nobody erases them from a mailbox of the school."""
        delivery = Delivery.of_mail(
            "contact_notice",
            contact.language,
            event_id=f"{contact.id}:notice",
            now=self._clock(),
            recipient=school,
        )
        await self._deliveries.accept(delivery, transaction)

    async def reply(self, contact: Contact, reply: Reply, transaction: Transaction) -> None:
        """`contact`: as it was before."""
        answer = Answer(subject=reply.subject, message=reply.message)
        delivery = Delivery.of_mail(
            "contact_reply",
            contact.language,
            event_id=reply.id,
            now=self._clock(),
            recipient=contact.email,
            user_id=contact.user_id,
            params={
                "asked_at": timestamp(contact.created_at),
                "thread": " ".join(map(delivery_id, contact.mails)),
            },
            sealed=self._seal.close(msgspec.json.encode(answer), reply.id),
            context=reply.id,
        )
        await self._deliveries.accept(delivery, transaction)
