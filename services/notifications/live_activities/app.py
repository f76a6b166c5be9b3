"""Live activities, put together."""

import os

from services.notifications.devices.repository import EndedSessions
from services.notifications.live_activities.courses import CourseStreams
from services.notifications.live_activities.event_handlers import table
from services.notifications.live_activities.pusher import Pusher
from services.notifications.live_activities.repository import LiveSessions
from services.notifications.live_activities.routes import HANDLERS
from services.notifications.live_activities.service import LiveActivityService
from services.notifications.live_activities.starts import Starts
from services.notifications.live_activities.streams import Changes, Streams
from services.notifications.part import Part
from services.notifications.people import Person, Whom
from services.notifications.senders.push import ActivityProvider
from services.notifications.settings import NotificationsSettings
from shared.acquaintances import Acquaintances
from shared.clock import Clock
from shared.node import Node
from shared.personal_data import Holding


def create_live_activities(
    node: Node,
    settings: NotificationsSettings,
    people: Acquaintances[Person],
    provider: ActivityProvider,
    clock: Clock,
) -> Part:
    lease = os.urandom(8).hex()
    kept = node.collection("live_sessions", LiveSessions.INDEXES)
    sessions = LiveSessions(kept, lease)
    streams = Streams(node.collection("live_streams", Streams.INDEXES))
    changes = Changes(node.collection("live_changes", Changes.INDEXES), lease)
    ended = EndedSessions(node.collection("ended_sessions", EndedSessions.INDEXES))
    pusher = Pusher(sessions, streams, changes, provider, clock)
    service = LiveActivityService(
        sessions, streams, changes, ended, people, pusher, node.audit, node.outbox, clock
    )
    starts = Starts(node.collection("course_starts", Starts.INDEXES))
    courses = CourseStreams(service, starts, node.outbox, clock)

    def holdings_on(whom: Whom) -> list[Holding]:
        theirs = {"user_id": whom.id}
        return [Holding("live_activities", kept, theirs, hidden=LiveSessions.HIDDEN)]

    return Part(
        handlers=HANDLERS,
        dependencies={"live_activities": service},
        holdings_on=holdings_on,
        subscriptions=table(service, courses, people),
        background=[pusher.run(), courses.run()] if settings.delivers else [],
    )
