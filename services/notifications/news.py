"""What learning has for a person: an entry in their notifications and a mail, one of each an event,
both in their language and in the same words."""

from datetime import datetime

from services.notifications import texts
from services.notifications.deliveries.domain import delivery_id
from services.notifications.deliveries.mails import Mails, event_id
from services.notifications.inbox.domain import Notification
from services.notifications.inbox.repository import Notifications
from services.notifications.people import Person
from services.notifications.texts import Template
from shared.acquaintances import Acquaintances
from shared.contracts.learning import MaterialAssigned, MaterialUnassigned, TestSubmitted
from shared.messaging import Transaction

_TESTS, _MATERIALS = "tests", "materials"


class News:
    """Nobody who is gone for good gets any."""

    def __init__(
        self, people: Acquaintances[Person], notifications: Notifications, mails: Mails
    ) -> None:
        self._people = people
        self._notifications = notifications
        self._mails = mails

    async def test_submitted(self, event: TestSubmitted, transaction: Transaction) -> None:
        person = await self._people.take(event.user_id, transaction)
        if person is None:
            return
        words = {
            "title": event.test_title,
            "level": event.level,
            "score": texts.written_score(event.total_score, person.speaks),
        }
        about: dict[str, str | float] = {
            "resultId": event.result_id,
            "testId": event.test_id,
            "targetLanguage": event.target_language,
            "level": event.level,
            "totalScore": event.total_score,
        }
        at = event.completed_at
        await self._tell(person, "test_submitted", _TESTS, words, about, at, transaction)

    async def material_assigned(self, event: MaterialAssigned, transaction: Transaction) -> None:
        await self._tell_of_material(event, "material_assigned", event.assigned_at, transaction)

    async def material_unassigned(
        self, event: MaterialUnassigned, transaction: Transaction
    ) -> None:
        await self._tell_of_material(event, "material_unassigned", event.unassigned_at, transaction)

    async def _tell_of_material(
        self,
        event: MaterialAssigned | MaterialUnassigned,
        template: Template,
        at: str,
        transaction: Transaction,
    ) -> None:
        person = await self._people.take(event.user_id, transaction)
        if person:
            words = {"title": event.title}
            about: dict[str, str | float] = {"materialId": event.material_id}
            await self._tell(person, template, _MATERIALS, words, about, at, transaction)

    async def _tell(
        self,
        person: Person,
        template: Template,
        category: str,
        words: dict[str, str],
        about: dict[str, str | float],
        at: str,
        transaction: Transaction,
    ) -> None:
        """`at`: when it happened; the order in which events come is no order of the entries."""
        news, moment = texts.NEWS[template], datetime.fromisoformat(at)
        entry = Notification(
            id=delivery_id(event_id(transaction)),
            user_id=person.id,
            type=template,
            category=category,
            title=news.title.in_(person.speaks),
            message=news.message.in_(person.speaks, **words),
            metadata=about,
            created_at=moment,
            updated_at=moment,
        )
        await self._notifications.add(entry, transaction.session)
        await self._mails.write(person, template, transaction, **words)
