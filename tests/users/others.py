"""What stands for auth, learning and notifications when an account is deleted."""

from shared.contracts.users import UserErased
from shared.mongo import Document
from tests.eventually import eventually
from tests.users.conftest import Users

OTHERS = ("auth", "learning", "notifications")


async def answer_for(users: Users, erasure_id: str, *services: str) -> None:
    for service in services:
        await users.say(
            UserErased(
                erasure_id=erasure_id,
                service=service,
                counts={"sessions": 2},
                erased_at="2026-01-01T00:00:00.000Z",
            )
        )


async def erasure_of(users: Users, user_id: str) -> Document:
    """As it is stored."""
    person = {"person": users.pseudonyms.of(user_id)}

    async def found() -> Document | None:
        return await users.database["erasures"].find_one(person)

    return await eventually(found, within=30)


async def completed(users: Users, erasure_id: str) -> Document:
    async def found() -> Document | None:
        done = {"_id": erasure_id, "state": "complete"}
        return await users.database["erasures"].find_one(done)

    return await eventually(found, within=60)
