"""What learning has for a person."""

from datetime import datetime

from services.notifications import texts
from services.notifications.inbox.domain import News
from services.notifications.inbox.teller import Teller
from services.notifications.people import Person
from services.notifications.texts import Template
from shared.acquaintances import Acquaintances
from shared.contracts.learning import MaterialAssigned, MaterialUnassigned, TestSubmitted
from shared.messaging import Transaction


class LearningNews:
    """Nobody who is gone for good is told any. The time is that of what happened: the order in
    which events come is no order of the entries."""

    def __init__(self, people: Acquaintances[Person], teller: Teller) -> None:
        self._people = people
        self._teller = teller

    async def test_submitted(self, event: TestSubmitted, transaction: Transaction) -> None:
        person = await self._people.take(event.user_id, transaction)
        if person is None:
            return
        news = News(
            template="test_submitted",
            category="tests",
            at=datetime.fromisoformat(event.completed_at),
            words={
                "title": event.test_title,
                "level": event.level,
                "score": texts.written_score(event.total_score, person.speaks),
            },
            about={
                "resultId": event.result_id,
                "testId": event.test_id,
                "targetLanguage": event.target_language,
                "level": event.level,
                "totalScore": event.total_score,
            },
        )
        await self._teller.tell(person, news, transaction, cause=transaction.event_id)

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
            news = News(
                template=template,
                category="materials",
                at=datetime.fromisoformat(at),
                words={"title": event.title},
                about={"materialId": event.material_id},
            )
            await self._teller.tell(person, news, transaction, cause=transaction.event_id)
