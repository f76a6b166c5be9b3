"""The ways out of the system."""

from collections.abc import Mapping
from typing import Protocol

from services.notifications.senders.domain import Channel, Going, Message, Refused, Result


class Sender(Protocol):
    """One channel. `send` never takes much longer than 15 s once it has begun, awaits `going` right
    before the message may be out, and raises nothing but what `going` raises."""

    async def send(self, message: Message, going: Going) -> Result: ...

    async def close(self) -> None: ...


class NoProvider:
    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def send(self, message: Message, going: Going) -> Result:
        return Refused(self._reason)

    async def close(self) -> None:
        pass


Senders = Mapping[Channel, Sender]
