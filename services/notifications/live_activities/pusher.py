"""Brings what is to be shown to the devices: in each replica that delivers; they take turns.

A session is in one hand at a time, so its states go out one after the other. Which state that is,
is looked up when nothing else is to be waited for: what was superseded by then is never sent.
"""

import asyncio
from contextlib import suppress
from functools import partial

from prometheus_client import Counter

from services.notifications.in_hand import InHand, until_written
from services.notifications.live_activities.domain import LiveSession, State, pause_after
from services.notifications.live_activities.repository import LiveSessions
from services.notifications.live_activities.streams import Changes, Streams
from services.notifications.senders.domain import (
    LeaseLost,
    MayNotGo,
    Refused,
    Result,
    Sent,
    TryAgain,
    Unknown,
)
from services.notifications.senders.push import ActivityProvider, Gone
from shared import logs
from shared.clock import Clock
from shared.mongo import is_outage

log = logs.get("live activities")

PUSHES = Counter(
    "aula_live_activity_pushes_total",
    "Pushes to live activities by what became of them: sent, tryagain, refused, gone",
    ["outcome"],
)

_MOST_IN_HAND = 500
_AT_ONCE = 1_000  # sessions that are told of a change in one write
_CHANGES = 20
_TURNS = 5  # in which a state may be superseded before others have theirs


class Superseded(MayNotGo):
    """There is a newer state."""


class Pusher:
    def __init__(
        self,
        sessions: LiveSessions,
        streams: Streams,
        changes: Changes,
        provider: ActivityProvider,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._streams = streams
        self._changes = changes
        self._provider = provider
        self._clock = clock
        self._wake = asyncio.Event()
        self._in_hand = InHand()

    def wake(self) -> None:
        """Something is to be done, maybe by this process."""
        self._wake.set()

    async def run(self) -> None:
        """For ever. When it is ended, what is under way gets some seconds to come to its end."""
        try:
            await self._in_hand.see_to(
                self._sweep, self._sessions.renew, what="live activities", wake=self._wake
            )
        finally:
            await self._provider.close()

    async def _sweep(self) -> None:
        await self._spread()
        while (room := _MOST_IN_HAND - len(self._in_hand.ids)) > 0:
            claimed = await self._sessions.claim(min(room, 100), self._in_hand.ids)
            for live in claimed:
                # Then there is room, and maybe something newer for this one.
                self._in_hand.begin(live.id, self._bring(live), ended=self.wake)
            if not claimed:
                return

    async def _spread(self) -> None:
        """Have all sessions of the streams that changed get what is newest there."""
        while changes := await self._changes.claim(_CHANGES):
            for stream_id in set(changes.values()):
                state = await self._streams.current(stream_id)
                while state and await self._sessions.want(stream_id, state.number, _AT_ONCE):
                    await self._changes.renew(changes)
            await self._changes.remove(changes)

    async def _bring(self, live: LiveSession) -> None:
        """What it is to get now. Should this fail or die, the lease ends."""
        try:
            if not await self._brought(live):
                await self._sessions.release(live)
        except LeaseLost:
            await self._sessions.release(live)  # if it is ours still: it is not what it was
        except Exception as error:  # whatever it is: when the lease ends, it is tried again
            if not is_outage(error):
                log.exception("a push to a live activity failed", session=live.id)

    async def _brought(self, live: LiveSession) -> bool:
        """False: there is always something newer, and others wait."""
        for _ in range(_TURNS):
            stream = await self._streams.current(live.stream_id)
            state = live.next_state(stream, self._clock())
            if state is None:
                await self._sessions.rest(live)
                return True
            is_streams = stream is not None and stream.number == state.number
            with suppress(Superseded):
                result = await self._send(live, state, is_streams=is_streams)
                await until_written(partial(self._record, live, state, result))
                return True
        return False

    async def _send(self, live: LiveSession, state: State, *, is_streams: bool) -> Result | Gone:
        push = live.push(state, self._clock())

        async def going() -> None:
            newest = await self._streams.current(live.stream_id) if is_streams else None
            if newest is not None and newest.number != state.number:
                raise Superseded
            if not await self._sessions.going(live, state, push.timestamp):
                raise LeaseLost

        return await self._provider.update(live.token, push, going)

    async def _record(self, live: LiveSession, state: State, result: Result | Gone) -> None:
        outcome, reason = type(result).__name__.lower(), getattr(result, "reason", None)
        PUSHES.labels(outcome).inc()
        log.info(
            "live activity", session=live.id, shows=state.event, outcome=outcome, reason=reason
        )
        match result:
            case Sent() | Refused():
                await self._given(live, state)
            case Gone(since):
                if not await self._sessions.end(live, since):
                    await self._sessions.try_again(live, pause_after(live.attempts))
            case TryAgain() | Unknown() if live.is_given_up(self._clock()):
                await self._sessions.end(live)
            case TryAgain(_, after):
                await self._sessions.try_again(live, max(after, pause_after(live.attempts)))
            case Unknown():
                await self._sessions.try_again(live, pause_after(live.attempts))

    async def _given(self, live: LiveSession, state: State) -> None:
        if state.event == "update":
            await self._sessions.given(live, state)
        elif not await self._sessions.end(live):
            await self._sessions.release(live)
