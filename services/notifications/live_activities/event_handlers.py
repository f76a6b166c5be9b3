"""What live activities listen to."""

import msgspec

from services.notifications.live_activities.courses import CourseStreams
from services.notifications.live_activities.domain import of_placement
from services.notifications.live_activities.service import LiveActivityService
from services.notifications.people import Person
from shared.acquaintances import Acquaintances
from shared.contracts.auth import SessionRevoked
from shared.contracts.learning import CoursePublished, CourseRescheduled, TestSubmitted
from shared.messaging import Subscription, Transaction


def table(
    activities: LiveActivityService, courses: CourseStreams, people: Acquaintances[Person]
) -> list[Subscription]:
    async def show_result(event: TestSubmitted, transaction: Transaction) -> None:
        person = await people.take(event.user_id, transaction)
        if person:
            content = {
                "status": "finished",
                "testId": event.test_id,
                "resultId": event.result_id,
                "title": event.test_title,
                "level": event.level,
                "totalScore": event.total_score,
                "completedAt": event.completed_at,
            }
            stream = of_placement(event.test_id)
            await activities.finish(person.id, stream, _written(content), transaction)

    return [
        Subscription("notifications-show-result", TestSubmitted, show_result),
        Subscription("notifications-show-course", CoursePublished, courses.published),
        Subscription("notifications-show-start", CourseRescheduled, courses.rescheduled),
        Subscription("notifications-end-activities", SessionRevoked, activities.session_ended),
    ]


def _written(content: dict[str, object]) -> str:
    return msgspec.json.encode(content).decode()
