"""What people and admins do with live activities; what is to be shown is brought by `pusher`."""

from datetime import timedelta

from services.notifications.devices.repository import EndedSessions
from services.notifications.live_activities.domain import (
    KEPT,
    MOST_SESSIONS,
    LiveSession,
    Registration,
    State,
    last_state,
    new_session,
    session_row,
)
from services.notifications.live_activities.pusher import Pusher
from services.notifications.live_activities.repository import LiveSessions, Selection
from services.notifications.live_activities.streams import Changes, Streams
from services.notifications.people import Person
from shared.acquaintances import Acquaintances
from shared.audit import AuditLog
from shared.clock import Clock
from shared.contracts.auth import SessionRevoked
from shared.errors import AuthenticationRequired
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal


class LiveActivityService:
    def __init__(
        self,
        sessions: LiveSessions,
        streams: Streams,
        changes: Changes,
        ended: EndedSessions,
        people: Acquaintances[Person],
        pusher: Pusher,
        audit: AuditLog,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._streams = streams
        self._changes = changes
        self._ended = ended
        self._people = people
        self._pusher = pusher
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def register(self, principal: Principal, said: Registration) -> None:
        """It gets the current state of its stream, if there is one. The oldest of too many is
        forgotten. Raises AuthenticationRequired for somebody who is gone, and for a session that
        has ended."""
        user_id, session_id = principal.user_id, principal.session_id

        async def work(transaction: Transaction) -> None:
            session = transaction.session
            person = await self._people.meet(user_id, transaction)
            if person is None or await self._ended.has(session_id, session):
                raise AuthenticationRequired
            row_id = session_row(user_id, said.device_id, said.activity_id)
            before = await self._sessions.find(row_id, session)
            live = new_session(user_id, session_id, said, before, self._clock())
            await self._sessions.save(live, session)
            others = [
                each.id for each in await self._sessions.of(user_id, session) if each.id != row_id
            ]
            if beyond := others[MOST_SESSIONS - 1 :]:
                await self._sessions.remove(beyond, session)
            transaction.after_commit.append(self._pusher.wake)

        await self._outbox.commit(work)

    async def of(self, user_id: str) -> list[LiveSession]:
        """The newest first."""
        return await self._sessions.of(user_id)

    async def forget(self, user_id: str, selection: Selection) -> int:
        """Activities that are gone from their devices. Returns how many were known."""

        async def work(transaction: Transaction) -> int:
            return await self._sessions.remove_of(user_id, selection, transaction.session)

        return await self._outbox.commit(work)

    async def show(self, principal: Principal, stream_id: str, state: State) -> None:
        """To all who follow the stream, soon. (The state's `number` is made when it is kept.)"""

        async def work(transaction: Transaction) -> None:
            await self.put(stream_id, state, transaction)
            await self._audit.append(
                transaction.session,
                actor=principal.user_id,
                action=f"live_activity.{state.event}",
                target=stream_id,
            )

        await self._outbox.commit(work)

    async def put(
        self, stream_id: str, state: State, transaction: Transaction, kept: timedelta = KEPT
    ) -> None:
        """As `show`, as part of something else. For as long as it is `kept`, it is what who comes
        late gets."""
        await self._streams.put(stream_id, state, transaction.session, kept)
        await self._changes.add(new_id(), stream_id, transaction.session)
        transaction.after_commit.append(self._pusher.wake)

    async def finish(
        self, user_id: str, stream_id: str, content: str, transaction: Transaction
    ) -> None:
        """The person's activities of this stream end with `content`, a JSON object; other people's
        go on. In a transaction that has taken the person's document in hand."""
        final = last_state(content, self._clock())
        await self._end(user_id, Selection(stream_id=stream_id), final, transaction)

    async def session_ended(self, event: SessionRevoked, transaction: Transaction) -> None:
        """What was registered in it leaves the screen: whoever takes the device next reads
        nothing."""
        if await self._people.meet(event.user_id, transaction) is None:
            return
        now = self._clock()
        final = last_state(None, now, dismiss_at=now)
        await self._end(event.user_id, Selection(session_id=event.session_id), final, transaction)

    async def _end(
        self, user_id: str, selection: Selection, final: State, transaction: Transaction
    ) -> None:
        await self._sessions.end_of(user_id, selection, final, transaction.session)
        transaction.after_commit.append(self._pusher.wake)
