"""Google's push service, by its HTTP v1 API.

A repeat is harmless: it has the tag of the first, and takes its place on the screen.
"""

from collections.abc import Mapping

import msgspec

from services.notifications.senders.complaints import Complaints
from services.notifications.senders.domain import Going, Refused, Result, Sent, TryAgain
from services.notifications.senders.fcm_credentials import AccessToken, NoAccess
from services.notifications.senders.fitting import MOST, MOST_TITLE, fitted
from services.notifications.senders.http2 import NoAnswer, Response, retry_after
from services.notifications.senders.origin import Origin
from services.notifications.senders.push import Gone, Push
from shared import logs
from shared.clock import Clock

log = logs.get("fcm")

_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_FRAME = 512  # bytes that the message has besides what counts


class Fcm:
    """A PushProvider, of Android and of the web."""

    def __init__(self, origin: Origin, token: AccessToken, project: str, clock: Clock) -> None:
        self._origin = origin
        self._token = token
        self._path = f"/v1/projects/{project}/messages:send"
        self._clock = clock
        self._complaints = Complaints()

    async def push(self, token: str, push: Push, going: Going) -> Result | Gone:
        life = int((push.expires_at - self._clock()).total_seconds())
        message = _message(token, push, max(0, life))
        try:
            bearer = await self._token.current()
            answer = await self._post(message, bearer, going)
            if answer.status == 401:
                self._token.forget(bearer)
                answer = await self._post(message, await self._token.current(), going)
        except NoAnswer as error:
            return TryAgain(f"fcm {error.reason}")
        except NoAccess as error:
            return self._without_access(error.answer)
        return self._verdict(answer)

    async def close(self) -> None:
        await self._origin.close()
        await self._token.close()

    async def _post(self, message: bytes, bearer: str, going: Going) -> Response:
        headers = {"authorization": f"Bearer {bearer}", "content-type": "application/json"}
        return await self._origin.post(self._path, headers, message, going)

    def _without_access(self, answer: Response) -> Result:
        reason = f"fcm token {answer.status}"
        if answer.status != 429 and answer.status < 500:
            self._complaints.about(reason)
        return TryAgain(reason, retry_after(answer))

    def _verdict(self, answer: Response) -> Result | Gone:
        if answer.status == 200:
            self._complaints.none()
            return Sent()
        error = _error(answer)
        reason = f"fcm {answer.status} {error.code}".rstrip()
        if error.code == "UNREGISTERED" or (answer.status == 404 and not error.code):
            return Gone()
        if error.code == "INVALID_ARGUMENT" and not error.names_fields:
            return Gone()  # of the token: the rest of the message is as it should be
        if answer.status == 429 or answer.status >= 500:
            return TryAgain(reason, retry_after(answer))
        if answer.status in (401, 403):
            # Also for a token of another project: it is more likely that ours is the wrong one.
            self._complaints.about(reason)
            return TryAgain(reason)
        log.error("a push is not as the provider wants it", reason=reason)
        return Refused(reason)


class _Detail(msgspec.Struct, frozen=True, rename="camel"):
    type: str = msgspec.field(default="", name="@type")
    error_code: str = ""
    field_violations: list[msgspec.Raw] = []


class _Inner(msgspec.Struct, frozen=True):
    details: list[_Detail] = []


class _Body(msgspec.Struct, frozen=True):
    error: _Inner = _Inner()


class _Error(msgspec.Struct, frozen=True):
    """`code`: FCM's own. `names_fields`: the message is wrong, not the token."""

    code: str = ""
    names_fields: bool = False


def _error(answer: Response) -> _Error:
    try:
        details = msgspec.json.decode(answer.body, type=_Body).error.details
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Error()
    code = next((each.error_code for each in details if each.type == _FCM_ERROR), "")
    known = code if code.isascii() and code.replace("_", "").isalpha() else ""
    return _Error(known[:64], any(each.field_violations for each in details))


def _message(token: str, push: Push, life: int) -> bytes:
    def written(body: str, data: Mapping[str, str] = push.data) -> bytes:
        tag = {"tag": push.id}
        badge = {"notification_count": push.badge} if push.badge is not None else {}
        message = {
            "token": token,
            "notification": {"title": push.title[:MOST_TITLE], "body": body},
            "data": data,
            "android": {"priority": "HIGH", "ttl": f"{life}s", "notification": tag | badge},
            "webpush": {"headers": {"TTL": str(life)}, "notification": tag},
        }
        return msgspec.json.encode({"message": message})

    # What counts are the texts and the data; the token does not.
    most = MOST - _FRAME + len(token)
    message = fitted(written, push.body, most)
    if len(message) <= most:
        return message
    return fitted(lambda body: written(body, {}), push.body, most)
