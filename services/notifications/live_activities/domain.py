"""Live activities: what they show, and what each device is to get next. No input or output."""

import hashlib
import random
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from services.notifications.senders.push import ActivityPush, Alert

MOST_SESSIONS = 50  # of a person
LIFE = timedelta(hours=8)  # longer no phone shows one
KEPT = timedelta(hours=24)  # for how long a stream's last state is its current one
_EVENTS_LIFE = timedelta(hours=1)  # how long a push may wait for a phone that is off
_GIVEN_UP = timedelta(hours=1)  # after its end, a session that could not be told of it
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds

Priority = Literal[5, 10]


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be shown. `number` grows with each state of a stream; `content`: a JSON object, as
    it was written, None: what was shown last. `at`: when it came to be."""

    number: int
    event: Literal["update", "end"]
    content: str | None = None
    alert: Alert | None = None
    priority: Priority = 10
    stale_at: datetime | None = None
    dismiss_at: datetime | None = None
    at: datetime


class LiveSession(msgspec.Struct, frozen=True, kw_only=True):
    """An activity on somebody's device. `session_id`: the session of the person in which the app
    registered it last. `number`: the state that it has been given; `wanted`: one that it shall get
    at least; `sending`: the one that was last on its way, with `timestamp`. `final`: its own last
    state, whatever becomes of the stream."""

    id: str
    user_id: str
    session_id: str
    stream_id: str
    device_id: str
    activity_id: str
    token: str
    token_at: datetime
    created_at: datetime
    ends_at: datetime
    number: int = 0
    wanted: int = 0
    sending: int = 0
    timestamp: int = 0  # whole seconds
    attempts: int = 0
    final: State | None = None

    def next_state(self, stream: State | None, now: datetime) -> State | None:
        """What it shall get now; None: it has that. `stream`: the newest there is."""
        shown = stream.content if stream else None
        if self.final is not None:
            return replace(self.final, content=self.final.content or shown)
        if now >= self.ends_at:
            number = _milliseconds(self.ends_at)
            return State(
                number=number, event="end", content=shown, priority=5, dismiss_at=now, at=now
            )
        if stream is None or stream.number <= self.number:
            return None
        # Who comes late shall see how things are, and not be called for what has been.
        return stream if stream.at >= self.token_at else replace(stream, alert=None)

    def push(self, state: State, now: datetime) -> ActivityPush:
        """The same at each attempt, but for the time until which it is wanted."""
        return ActivityPush(
            id=hashlib.sha256(f"{self.id}:{state.number}".encode()).hexdigest()[:24],
            to=self.user_id,
            event=state.event,
            content_state=msgspec.Raw(state.content.encode()) if state.content else None,
            timestamp=self.timestamp_of(state, now),
            priority=state.priority,
            alert=state.alert,
            stale_at=state.stale_at,
            dismiss_at=state.dismiss_at,
            expires_at=now + _EVENTS_LIFE,
        )

    def timestamp_of(self, state: State, now: datetime) -> int:
        """Later than that of any other state that was ever on its way to this device."""
        if self.sending == state.number:
            return self.timestamp
        return max(self.timestamp + 1, int(now.timestamp()))

    def is_given_up(self, now: datetime) -> bool:
        return now >= self.ends_at + _GIVEN_UP


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    stream_id: str
    device_id: str
    activity_id: str
    token: str


def session_row(user_id: str, device_id: str, activity_id: str) -> str:
    """One row an activity, whatever its token and its stream."""
    named = f"{user_id}\0{device_id}\0{activity_id}"
    return hashlib.sha256(named.encode()).hexdigest()[:24]


def new_session(
    user_id: str, session_id: str, said: Registration, before: LiveSession | None, now: datetime
) -> LiveSession:
    """The session as it is from now on. Whatever was shown by another token, or of another stream,
    is to be shown again."""
    if before is None:
        return LiveSession(
            id=session_row(user_id, said.device_id, said.activity_id),
            user_id=user_id,
            session_id=session_id,
            stream_id=said.stream_id,
            device_id=said.device_id,
            activity_id=said.activity_id,
            token=said.token,
            token_at=now,
            created_at=now,
            ends_at=now + LIFE,
        )
    is_same = (before.token, before.stream_id) == (said.token, said.stream_id)
    session = replace(
        before, session_id=session_id, stream_id=said.stream_id, token=said.token, token_at=now
    )
    return session if is_same else replace(session, number=0, wanted=0, sending=0, attempts=0)


def last_state(content: str | None, now: datetime, *, dismiss_at: datetime | None = None) -> State:
    """With which an activity ends by itself: silently."""
    return State(
        number=_milliseconds(now), event="end", content=content, dismiss_at=dismiss_at, at=now
    )


def of_placement(test_id: str) -> str:
    """The stream that an app follows while somebody takes a test."""
    return f"placement:{test_id}"


def of_course(course_id: str) -> str:
    return f"course:{course_id}"


def pause_after(attempts: int) -> float:
    """Seconds until the next attempt, with jitter."""
    pause = min(_FIRST_PAUSE * 2 ** min(attempts, 20), _LONGEST_PAUSE)
    return float(pause * random.uniform(0.9, 1.1))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
