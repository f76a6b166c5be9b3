"""Into the dev inbox instead of out of the system."""

from services.notifications.dev_inbox.repository import DevInbox
from services.notifications.senders.domain import Going, Message, Result, Sent


class DevInboxSender:
    def __init__(self, inbox: DevInbox) -> None:
        self._inbox = inbox

    async def send(self, message: Message, going: Going) -> Result:
        await going()
        await self._inbox.put(message)
        return Sent()

    async def close(self) -> None:
        pass
