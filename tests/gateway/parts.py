"""Parts of the dashboard, as services answer them."""

import asyncio

import msgspec

from shared.contracts import dashboard as parts
from shared.http.envelope import ok
from tests.gateway.upstream import Answer, Arrived, whole

USERS = parts.UsersPart(
    overview=parts.UsersOverview(
        total=1500,
        admins=3,
        registration_completed=1280,
        completion_rate=85.33,
        new_last_30_days=120,
        monthly_growth_rate=-20.0,
    ),
    months={"2026-01": 3, "2026-02": 12},
    roles=[parts.Share(key="user", label="User", count=1497, percentage=99.8)],
)
LEARNING = parts.LearningPart(
    courses=parts.CoursesOverview(total=7),
    tests=parts.AssessmentsOverview(
        total_tests=2,
        total_submissions=9,
        average_score=61.11,
        submissions_last_30_days=4,
        monthly_growth_rate=100.0,
    ),
    materials=parts.MaterialsOverview(
        total=5,
        assignments=10,
        assigned_users=4,
        avg_assignments_per_user=2.5,
        assignments_last_30_days=1,
    ),
    submission_months={"2026-02": 4},
    assignment_months={"2026-02": 5},
    levels=[parts.LevelShare(key="A1", label="A1", count=9, percentage=100.0, average_score=61.11)],
    languages=[
        parts.LanguageFigures(key="en", label="English", submissions=9, average_score=61.11)
    ],
    test_results=[
        parts.RecentResult(
            id="65cdd01890f43f1e2a000001",
            user_name="Ada Lovelace",
            user_email="ada@aula.test",
            level="A1",
            total_score=33.33,
            target_language="en",
            test_title="English placement",
            completed_at="2026-02-14T09:58:22.016Z",
        )
    ],
)
CONTACTS = parts.ContactsPart(
    overview=parts.ContactsOverview(
        total=4, pending=1, replied=2, reply_rate=50.0, new_last_30_days=3
    ),
    months={"2026-02": 6},
    statuses=[parts.Share(key="PENDING", label="Pending", count=1, percentage=25.0)],
    contacts=[
        parts.RecentContact(
            id="65cdd01890f43f1e2a000002",
            full_name="Grace Hopper",
            email="grace@aula.test",
            status="PENDING",
            created_at="2026-02-14T09:58:22.016Z",
            replied_at=None,
            source=None,
        )
    ],
)


def body_of(part: msgspec.Struct) -> bytes:
    return msgspec.json.encode(ok(part))


def answering(part: msgspec.Struct) -> Answer:
    async def answer(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(body_of(part)))

    return answer
