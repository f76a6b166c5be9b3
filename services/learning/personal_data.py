"""What learning holds on a person. Each collection with something of theirs is one more line."""

from shared.personal_data import Held


async def held_on(user_id: str) -> Held:
    return Held()
