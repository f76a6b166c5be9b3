"""Endpoints of live activities (contract, section 5)."""

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from services.notifications.live_activities.schemas import (
    ForgottenSessions,
    LiveSessionView,
    RegisterLiveActivity,
    ShowLiveActivity,
    checked_stream,
    wanted_sessions,
)
from services.notifications.live_activities.service import LiveActivityService
from services.notifications.schemas import Done
from shared.clock import utc_now
from shared.http.envelope import Envelope, ok
from shared.http.guards import admin, signed_in
from shared.tokens import Principal

_PATH = "/notifications/live-activity-sessions"


@post(_PATH, status_code=200, guards=[signed_in], opt={"idempotent": True})
async def register_live_activity(
    data: JSONBody[RegisterLiveActivity],
    principal: NamedDependency[Principal],
    live_activities: NamedDependency[LiveActivityService],
) -> Envelope[Done]:
    """Say that a live activity is on a device.

    It gets the current state of its stream at once, if there is one, and all that come. Say it
    again with each new token. After eight hours it is ended, as phones do.

    Streams of our own: `placement:{testId}` ends with the result when you have submitted the test;
    `course:{courseId}` says when the course can be seen, and ends when it starts.
    """
    await live_activities.register(principal, data.registration())
    return ok(Done())


@get(_PATH, guards=[signed_in])
async def list_live_activities(
    principal: NamedDependency[Principal],
    live_activities: NamedDependency[LiveActivityService],
) -> Envelope[list[LiveSessionView]]:
    """List your live activities.

    On all your devices, the newest first.
    """
    found = await live_activities.of(principal.user_id)
    return ok([LiveSessionView.of(live) for live in found])


@delete(_PATH, status_code=200, guards=[signed_in])
async def forget_live_activities(
    principal: NamedDependency[Principal],
    live_activities: NamedDependency[LiveActivityService],
    streamId: FromQuery[str | None] = None,  # noqa: N803  refusals name it so
    deviceId: FromQuery[str | None] = None,  # noqa: N803  as above
    activityId: FromQuery[str | None] = None,  # noqa: N803  as above
) -> Envelope[ForgottenSessions]:
    """Say that live activities are gone from the screen.

    Call it after a local or manual dismissal, with at least one of the three; with several, what
    fits all of them is meant. Saying it again is fine.
    """
    wanted = wanted_sessions(streamId, deviceId, activityId)
    deleted = await live_activities.forget(principal.user_id, wanted)
    return ok(ForgottenSessions(deleted=deleted))


@post(
    "/notifications/live-activities/{stream_id:str}",
    status_code=202,
    guards=[admin],
    opt={"idempotent": True},
)
async def show_live_activity(
    stream_id: FromPath[str],
    data: JSONBody[ShowLiveActivity],
    principal: NamedDependency[Principal],
    live_activities: NamedDependency[LiveActivityService],
) -> Envelope[Done]:
    """Show something on all devices that follow a stream.

    It is on its way when this is answered. Of several in a row, devices get the newest; who comes
    later gets it too, without the alert. `end` ends the activities and forgets their sessions.
    Whoever is signed in can follow a stream: show nothing there that is one person's.
    """
    state = data.state(utc_now())
    await live_activities.show(principal, checked_stream(stream_id), state)
    return ok(Done(), 202)


HANDLERS = (
    register_live_activity,
    list_live_activities,
    forget_live_activities,
    show_live_activity,
)
