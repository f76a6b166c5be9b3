"""People as auth and users tell of them."""

from functools import partial
from typing import Any

from shared.contracts.auth import UserRegistered
from shared.contracts.event import Event
from shared.contracts.users import Profile, UserProfileUpdated
from shared.ids import new_id
from tests.eventually import eventually
from tests.learning.conftest import Learning
from tests.neighbours import say


def registered(user_id: str, **more: Any) -> UserRegistered:
    return UserRegistered(
        **{
            "user_id": user_id,
            "version": 1,
            "email": f"{user_id}@aula.test",
            "country_code": None,
            "phone_number": None,
            "role": "user",
            "language": "tr",
            "signup_source": None,
            "signup_campaign": None,
            "registered_at": "2026-01-01T00:00:00.000Z",
            **more,
        }
    )


async def told(learning: Learning, *events: Event) -> None:
    """Say each of `events`, which learning must listen to, when the one before it was handled."""
    for event in events:
        event_id = await say(learning.others, event)
        await eventually(partial(_handled, learning, event_id), within=30)


async def somebody(learning: Learning, name: str = "Ada", surname: str = "Lovelace") -> str:
    """The id of somebody of whom learning has heard."""
    user_id = new_id()
    profile = Profile(name=name, surname=surname, language="de")
    updated = UserProfileUpdated(user_id=user_id, version=1, profile=profile)
    await told(learning, registered(user_id), updated)
    return user_id


async def _handled(learning: Learning, event_id: str) -> bool:
    ends_so = {"_id": {"$regex": f":{event_id}$"}}
    return await learning.database["inbox"].find_one(ends_so) is not None
