"""Messages out of a JetStream consumer, as they come, noticing at once when none can come any more.

Instead of nats-py's `fetch`, which waits out its time when NATS restarts or loses the consumer,
and on cancellation forgets messages that have arrived already.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from types import TracebackType
from typing import Self

import msgspec
import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.messaging.broker import Broker, BrokerAway

_EXPIRES = 30.0  # seconds that NATS keeps a request open
_HEARTBEAT = 1.0  # while it does, it says so this often
_SILENCE = 2.5  # so many of them left out: the request is lost
_ANSWER = 10.0  # seconds within which NATS hands out what is there
_CLOSE_WITHIN = 1.0

# Ends of a request that are no trouble: no messages, its time is over.
_OVER = ("404", "408")
_HEARTBEAT_STATUS = "100"


class Pull:
    """An open pull, as a context manager. On leaving it, `left` holds messages that had arrived
    and were not taken: whoever can should give them back."""

    def __init__(
        self, broker: Broker, stream: str, consumer: str, heartbeat: float = _HEARTBEAT
    ) -> None:
        """`heartbeat`: seconds between the signs of life to ask NATS for."""
        self.heard_at = 0.0  # the last sign of life, by the monotonic clock
        self._heartbeat = heartbeat
        self._broker = broker
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = broker.new_inbox()
        self._arrived: asyncio.Queue[Msg] = asyncio.Queue()
        self._subscription: Subscription | None = None
        self.left: deque[Msg] = deque()

    async def messages(self, count: int) -> AsyncIterator[Msg]:
        """Up to `count` messages, each as soon as it is there; ends when there were none for long.

        Raises BrokerAway when NATS fell silent or says that the consumer is gone.
        """
        request = {
            "batch": count,
            "expires": int(_EXPIRES * 1e9),
            "idle_heartbeat": int(self._heartbeat * 1e9),
        }
        async for message in self._asked(count, request, _SILENCE * self._heartbeat):
            yield message

    async def there(self, count: int) -> AsyncIterator[Msg]:
        """Up to `count` of the messages that are there already. Raises BrokerAway, as above."""
        async for message in self._asked(count, {"batch": count, "no_wait": True}, _ANSWER):
            yield message

    async def _asked(self, count: int, request: object, silence: float) -> AsyncIterator[Msg]:
        await self._broker.ask(self._next, msgspec.json.encode(request), self._inbox)
        while count:
            try:
                # Not `wait_for`: until Python 3.12 it can swallow a cancellation.
                async with asyncio.timeout(silence):
                    message = await self._arrived.get()
            except TimeoutError:
                raise BrokerAway("silence") from None
            self.heard_at = time.monotonic()
            status = _status(message)
            if status is None:
                count -= 1
                yield message
            elif status in _OVER:
                return
            elif status != _HEARTBEAT_STATUS:
                raise BrokerAway(f"pull ended: {status} {_description(message)}")

    async def __aenter__(self) -> Self:
        self._subscription = await self._broker.subscribe(self._inbox, self._arrived.put_nowait)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Tells NATS, and waits for what it had sent before it heard."""
        assert self._subscription is not None
        with suppress(TimeoutError, nats.errors.Error, OSError):
            if self._broker.connected:
                async with asyncio.timeout(_CLOSE_WITHIN):
                    await self._subscription.drain()  # type: ignore[no-untyped-call]  # nats-py
            else:
                await self._subscription.unsubscribe()
        while not self._arrived.empty():
            message = self._arrived.get_nowait()
            if _status(message) is None:
                self.left.append(message)


def _status(message: Msg) -> str | None:
    """None for a message of the stream: only NATS itself sends the header, and no reply subject."""
    return (message.headers or {}).get("Status") if not message.reply else None


def _description(message: Msg) -> str:
    return (message.headers or {}).get("Description", "")
