"""Apple's push service, over HTTP/2 with token authentication: alerts and live activities.

A repeat is harmless: it has the `apns-id` and the `apns-collapse-id` of the first, and takes its
place on the screen; of a live activity it has the same timestamp. So what was answered never is
tried again.
"""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from services.notifications.senders.apns_token import ProviderToken
from services.notifications.senders.apns_verdicts import EXPIRED_TOKEN, verdict
from services.notifications.senders.complaints import Complaints
from services.notifications.senders.domain import Going, Result, TryAgain
from services.notifications.senders.fitting import MOST, MOST_TITLE, fitted
from services.notifications.senders.http2 import NoAnswer
from services.notifications.senders.origin import Origin
from services.notifications.senders.push import ActivityPush, Gone, Push

_TOKEN = re.compile(r"[0-9A-Fa-f]{8,512}")
_OF_ACTIVITIES = ".push-type.liveactivity"


class Apns:
    """A PushProvider and an ActivityProvider. `topic`: the app's bundle id."""

    def __init__(self, origin: Origin, token: ProviderToken, topic: str) -> None:
        self._origin = origin
        self._token = token
        self._topic = topic
        self._complaints = Complaints()

    async def push(self, token: str, push: Push, going: Going) -> Result | Gone:
        headers = _headers(push.id, "alert", 10, self._topic, push.expires_at)
        headers["apns-collapse-id"] = push.id
        return await self._send(token, headers, _alert(push), going)

    async def update(self, token: str, activity: ActivityPush, going: Going) -> Result | Gone:
        topic = self._topic + _OF_ACTIVITIES
        expires_at, priority = activity.expires_at, activity.priority
        headers = _headers(activity.id, "liveactivity", priority, topic, expires_at)
        return await self._send(token, headers, _activity(activity), going)

    async def close(self) -> None:
        await self._origin.close()

    async def _send(
        self, token: str, headers: dict[str, str], payload: bytes, going: Going
    ) -> Result | Gone:
        if not _TOKEN.fullmatch(token):
            return Gone()  # as Apple would say; it must not get to name another path
        path = f"/3/device/{token}"
        try:
            for _ in range(2):
                bearer = self._token.current()
                head = {**headers, "authorization": f"bearer {bearer}"}
                answer = await self._origin.post(path, head, payload, going)
                result = verdict(answer, self._complaints)
                if not isinstance(result, TryAgain) or result.reason != EXPIRED_TOKEN:
                    return result
                if not self._token.renew(bearer):
                    break
        except NoAnswer as error:
            return TryAgain(f"apns {error.reason}")
        self._complaints.about(EXPIRED_TOKEN)  # is our clock right?
        return TryAgain(EXPIRED_TOKEN)


def _headers(
    push_id: str,
    kind: Literal["alert", "liveactivity"],
    priority: int,
    topic: str,
    expires_at: datetime,
) -> dict[str, str]:
    return {
        "apns-id": str(uuid.uuid5(uuid.NAMESPACE_OID, push_id)),
        "apns-push-type": kind,
        "apns-priority": str(priority),
        "apns-topic": topic,
        "apns-expiration": str(int(expires_at.timestamp())),
    }


def _alert(push: Push) -> bytes:
    def written(body: str, data: Mapping[str, str] = push.data) -> bytes:
        alert = {"title": push.title[:MOST_TITLE], "body": body}
        badge = {"badge": push.badge} if push.badge is not None else {}
        aps = {"alert": alert, "sound": "default", **badge}
        return msgspec.json.encode({"aps": aps, "data": data})

    payload = fitted(written, push.body)
    return payload if len(payload) <= MOST else fitted(lambda body: written(body, {}), push.body)


def _activity(activity: ActivityPush) -> bytes:
    alert = activity.alert

    def written(body: str) -> bytes:
        aps: dict[str, Any] = {"timestamp": activity.timestamp, "event": activity.event}
        if activity.content_state is not None:
            aps["content-state"] = activity.content_state
        if activity.stale_at:
            aps["stale-date"] = int(activity.stale_at.timestamp())
        if activity.dismiss_at:
            aps["dismissal-date"] = int(activity.dismiss_at.timestamp())
        if alert:
            # Of a live activity the sound is within the alert.
            sound = {"sound": alert.sound} if alert.sound else {}
            aps["alert"] = {"title": alert.title[:MOST_TITLE], "body": body, **sound}
        return msgspec.json.encode({"aps": aps})

    return fitted(written, alert.body if alert else "")
