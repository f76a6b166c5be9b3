"""What the endpoints of live activities take and answer (contract, section 5)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from services.notifications.live_activities.domain import (
    LiveSession,
    Priority,
    Registration,
    State,
)
from services.notifications.live_activities.repository import Selection
from services.notifications.senders import push
from shared.clock import moment_in, timestamp
from shared.errors import InvalidFields
from shared.http.schemas import Answer, Body
from shared.languages import Text
from shared.text_fields import LINE, LINES, NAME

_MOST_CONTENT = 3_000  # bytes: with a text, all of it may be 4 KB
_EARLIEST, _LATEST = 0, 4_102_444_800  # seconds: 1970, 2100

# What stands in a path as it is.
StreamId = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9:_.~+=-]+(?![\s\S])")
]
Named = Annotated[str, Meta(min_length=1, max_length=200, pattern=NAME)]
ActivityToken = Annotated[
    str, Meta(min_length=1, max_length=1024, pattern=r"^[A-Za-z0-9:_.~+=-]+(?![\s\S])")
]

_NO_STREAM = Text(
    en="must be 1 to 200 letters, digits or any of : _ . ~ + = -",
    tr="1 ile 200 arası harf, rakam ya da : _ . ~ + = - karakterlerinden oluşmalıdır",
    es="debe tener de 1 a 200 letras, cifras o : _ . ~ + = -",
    de="muss aus 1 bis 200 Buchstaben, Ziffern oder : _ . ~ + = - bestehen",
)
_ONE_OF = Text(
    en="one of streamId, deviceId and activityId is needed",
    tr="streamId, deviceId ve activityId alanlarından en az biri gereklidir",
    es="hace falta uno de streamId, deviceId y activityId",
    de="eines von streamId, deviceId und activityId wird gebraucht",
)
_TOO_MUCH = Text(
    en="must be at most 3000 bytes as JSON",
    tr="JSON olarak en fazla 3000 bayt olmalıdır",
    es="debe ocupar como máximo 3000 bytes en JSON",
    de="darf als JSON höchstens 3000 Bytes lang sein",
)
_BAD_MOMENT = Text(
    en="must be a date or time, such as 2026-09-01T10:00:00Z",
    tr="2026-09-01T10:00:00Z gibi bir tarih ya da saat olmalıdır",
    es="debe ser una fecha u hora, como 2026-09-01T10:00:00Z",
    de="muss ein Datum oder eine Zeit sein, etwa 2026-09-01T10:00:00Z",
)


class RegisterLiveActivity(Body, frozen=True, kw_only=True):
    stream_id: StreamId
    device_id: Named
    live_activity_token: ActivityToken
    activity_id: Named

    def registration(self) -> Registration:
        return Registration(
            stream_id=self.stream_id,
            device_id=self.device_id,
            activity_id=self.activity_id,
            token=self.live_activity_token,
        )


class LiveSessionView(Answer, frozen=True, kw_only=True):
    """`expiresAt`: when the activity is ended by itself."""

    id: str
    stream_id: str
    device_id: str
    activity_id: str
    created_at: str
    expires_at: str

    @classmethod
    def of(cls, live: LiveSession) -> "LiveSessionView":
        return cls(
            id=live.id,
            stream_id=live.stream_id,
            device_id=live.device_id,
            activity_id=live.activity_id,
            created_at=timestamp(live.created_at),
            expires_at=timestamp(live.ends_at),
        )


class ForgottenSessions(Answer, frozen=True, kw_only=True):
    """`deleted`: how many there were."""

    success: bool = True
    deleted: int


class Alert(Body, frozen=True, kw_only=True):
    """`sound`: the name of one in the app; null: none."""

    title: Annotated[str, Meta(min_length=1, max_length=100, pattern=LINE)]
    body: Annotated[str, Meta(min_length=1, max_length=1_000, pattern=LINES)]
    sound: Annotated[str, Meta(min_length=1, max_length=100, pattern=NAME)] | None = "default"


class ShowLiveActivity(Body, frozen=True, kw_only=True):
    """`contentState`: as the app declares it. `priority`: 5 may wait until the phone is awake
    anyway. `staleDate`: when it counts as old; `dismissalDate`: when it leaves the screen, once it
    has ended."""

    event: Literal["update", "end"]
    content_state: dict[str, Any]
    alert: Alert | None = None
    dismissal_date: Annotated[str, Meta(max_length=40)] | None = None
    stale_date: Annotated[str, Meta(max_length=40)] | None = None
    priority: Priority = 10

    def state(self, now: datetime) -> State:
        """Raises InvalidFields."""
        wrong: dict[str, Text] = {}
        content = msgspec.json.encode(self.content_state)
        if len(content) > _MOST_CONTENT:
            wrong["contentState"] = _TOO_MUCH
        moments = {"dismissalDate": self.dismissal_date, "staleDate": self.stale_date}
        found = {name: _moment(text) for name, text in moments.items() if text is not None}
        wrong |= {name: _BAD_MOMENT for name, moment in found.items() if moment is None}
        if wrong:
            raise InvalidFields(wrong)
        alert = self.alert
        return State(
            number=0,
            event=self.event,
            content=content.decode(),
            alert=push.Alert(alert.title, alert.body, alert.sound) if alert else None,
            priority=self.priority,
            stale_at=found.get("staleDate"),
            dismiss_at=found.get("dismissalDate"),
            at=now,
        )


def checked_stream(stream_id: str) -> str:
    """Raises InvalidFields."""
    try:
        return msgspec.convert(stream_id, StreamId)
    except msgspec.ValidationError:
        raise InvalidFields({"streamId": _NO_STREAM}) from None


def wanted_sessions(
    stream_id: str | None, device_id: str | None, activity_id: str | None
) -> Selection:
    """Raises InvalidFields where all are left out, or empty."""
    if not (stream_id or device_id or activity_id):
        raise InvalidFields({"query": _ONE_OF})
    return Selection(stream_id=stream_id, device_id=device_id, activity_id=activity_id)


def _moment(text: str) -> datetime | None:
    moment = moment_in(text)
    if moment is None or not _EARLIEST <= moment.timestamp() < _LATEST:
        return None
    return moment
