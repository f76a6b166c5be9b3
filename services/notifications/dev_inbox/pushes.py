"""Pushes into the dev inbox instead of to phones."""

import msgspec

from services.notifications.dev_inbox.repository import DevInbox
from services.notifications.senders.domain import Going, Message, Result, Sent
from services.notifications.senders.push import ActivityPush, Gone, Push


class DevInboxPushes:
    """A PushProvider and an ActivityProvider."""

    def __init__(self, inbox: DevInbox) -> None:
        self._inbox = inbox

    async def push(self, token: str, push: Push, going: Going) -> Result | Gone:
        data = msgspec.json.encode(push.data).decode() if push.data else ""
        text = f"{push.body}\n{data}".strip()
        return await self._put(push.id, push.to or token, push.title, text, going)

    async def update(self, token: str, activity: ActivityPush, going: Going) -> Result | Gone:
        state = bytes(activity.content_state or b"").decode()
        alert = activity.alert
        text = f"{alert.title}\n{alert.body}\n{state}" if alert else state
        title = f"Live activity: {activity.event}"
        return await self._put(activity.id, activity.to or token, title, text, going)

    async def close(self) -> None:
        pass

    async def _put(self, push_id: str, to: str, title: str, text: str, going: Going) -> Result:
        await going()
        message = Message(id=push_id, channel="push", to=to, subject=title, text=text)
        await self._inbox.put(message)
        return Sent()
