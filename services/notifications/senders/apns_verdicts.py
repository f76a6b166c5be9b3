"""What an answer of Apple's means for a push."""

from datetime import UTC, datetime

import msgspec

from services.notifications.senders.complaints import Complaints
from services.notifications.senders.domain import Refused, Result, Sent, TryAgain
from services.notifications.senders.http2 import Response, retry_after
from services.notifications.senders.push import Gone
from shared import logs

log = logs.get("apns")

EXPIRED_TOKEN = "apns 403 ExpiredProviderToken"  # noqa: S105  no secret
# Our own settings: no push will be taken before somebody has put them right. That a token
# is not for our topic is likelier our mistake than the phone's.
_OURS = frozenset({"BadTopic", "DeviceTokenNotForTopic", "MissingTopic", "TopicDisallowed"})


class _Body(msgspec.Struct, frozen=True):
    reason: str = ""
    timestamp: int | None = None  # milliseconds


def verdict(answer: Response, complaints: Complaints) -> Result | Gone:
    if answer.status == 200:
        complaints.none()
        return Sent()
    body = _body(answer)
    said = body.reason if body.reason.isascii() and body.reason.isalnum() else ""
    reason = f"apns {answer.status} {said[:64]}".rstrip()
    if answer.status == 410:
        return Gone(_moment(body.timestamp))
    if answer.status == 400 and said == "BadDeviceToken":
        return Gone()
    if answer.status == 403 or said in _OURS:
        if reason != EXPIRED_TOKEN:  # of which there may be a newer one
            complaints.about(reason)
        return TryAgain(reason)
    if answer.status == 429 or answer.status >= 500:
        return TryAgain(reason, retry_after(answer))
    log.error("a push is not as the provider wants it", reason=reason)
    return Refused(reason)


def _body(answer: Response) -> _Body:
    try:
        return msgspec.json.decode(answer.body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Body()


def _moment(milliseconds: int | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
    except (ValueError, OverflowError, OSError):
        return None
