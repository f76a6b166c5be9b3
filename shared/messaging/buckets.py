"""Key-value buckets: small facts that every replica must know within moments.

Their owner writes to them through its outbox; readers keep a `BucketView`.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import nats.errors
import nats.js.errors
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.kv import KV_OP

from shared import logs
from shared.messaging.broker import Broker, BrokerAway
from shared.messaging.pull import Pull
from shared.messaging.streams import ACCOUNTS, BUCKETS, REVOCATIONS, SIGNING_KEYS, Bucket
from shared.messaging.tasks import wanted

log = logs.get("buckets")

__all__ = ["ACCOUNTS", "BUCKETS", "REVOCATIONS", "SIGNING_KEYS", "Bucket", "BucketView"]

_AT_A_TIME = 500
_HEARTBEAT = 0.25  # seconds: who guards something by a view must soon know that it hears nothing
_PAUSE = 0.25  # seconds
_PAUSE_AFTER_SURPRISE = 1.0  # whatever it is, it may stay


async def keys_in(broker: Broker, bucket: Bucket) -> list[str]:
    entries = await broker.jetstream.key_value(bucket.name)
    try:
        return await entries.keys()
    except nats.js.errors.NoKeysError:
        return []


async def remove(broker: Broker, bucket: Bucket, key: str) -> None:
    """Every view hears of it within moments."""
    await (await broker.jetstream.key_value(bucket.name)).delete(key)


class BucketView:
    """A copy of a bucket in this process, complete once `loaded`, then kept current.

    `on_put(key, value)` is called for every value, old and new; `on_remove(key)` when a key was
    deleted or its time is over. After each reconnect the whole bucket is read again. A key that
    NATS lost with its disk stays here until its time is over: the view never forgets early. While
    a callback fails, it is not current, and everything is read again.
    """

    def __init__(
        self,
        broker: Broker,
        bucket: Bucket,
        on_put: Callable[[str, bytes], None],
        on_remove: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._broker = broker
        self._bucket = bucket
        self._on_put = on_put
        self._on_remove = on_remove
        self._ends: dict[str, float] = {}  # in the order in which they were put
        self._watching: asyncio.Task[None] | None = None
        self._complete_after: int | None = None  # so many losses of the connection
        self._pull: Pull | None = None
        self.loaded = asyncio.Event()
        broker.on_connect.append(self._restart)

    @property
    def current(self) -> bool:
        """Whether it is complete, and nothing was missed since."""
        # Not merely connected, or what was read before an outage would count as read after it.
        return self._complete_after == self._broker.losses and self._broker.connected

    @property
    def current_at(self) -> float:
        """Up to when nothing was missed, by the monotonic clock: the last sign of life from NATS
        while it was current, else 0."""
        return self._pull.heard_at if self.current and self._pull else 0.0

    async def _restart(self) -> None:
        await self.close()
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        self._complete_after = None
        if self._watching:
            self._watching.cancel()
            await asyncio.wait({self._watching}, timeout=2)

    async def _watch(self) -> None:
        while wanted():
            pause = _PAUSE
            try:
                if self._broker.connected:
                    await self._follow()
            except nats.js.errors.NotFoundError:
                self._broker.declare_again()
            except (nats.errors.Error, nats.js.errors.Error, BrokerAway, OSError) as error:
                log.info("reading a bucket again", bucket=self._bucket.name, error=repr(error))
            except Exception:  # a view that ended by itself would never hear of a value again
                log.exception("following a bucket failed", bucket=self._bucket.name)
                pause = _PAUSE_AFTER_SURPRISE
            finally:
                self._complete_after = None
            await asyncio.sleep(pause)

    async def _follow(self) -> None:
        """Read the last value of every key, then what comes, until something is missed."""
        losses = self._broker.losses
        reader = await self._broker.jetstream.add_consumer(
            self._bucket.stream,
            ConsumerConfig(
                deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
                filter_subject=f"{self._bucket.prefix}>",
                ack_policy=AckPolicy.NONE,
                inactive_threshold=30,
                mem_storage=True,
            ),
        )
        if not reader.num_pending:
            self._is_complete(losses)
        expected = 1
        async with Pull(self._broker, self._bucket.stream, reader.name, _HEARTBEAT) as pull:
            self._pull = pull
            while wanted():
                async for message in pull.messages(_AT_A_TIME):
                    if message.metadata.sequence.consumer != expected:
                        raise BrokerAway("a value was missed")
                    expected += 1
                    self._apply(message)
                    if not message.metadata.num_pending:
                        self._is_complete(losses)
                self._forget_what_is_over()

    def _is_complete(self, losses: int) -> None:
        self._complete_after = losses
        self.loaded.set()

    def _apply(self, message: Msg) -> None:
        self._forget_what_is_over()
        key = message.subject.removeprefix(self._bucket.prefix)
        if KV_OP in (message.headers or {}):  # deleted, or purged
            self._ends.pop(key, None)
            self._on_remove(key)
        else:
            self._ends.pop(key, None)
            self._ends[key] = message.metadata.timestamp.timestamp() + self._lifetime
            self._on_put(key, message.data)

    @property
    def _lifetime(self) -> float:
        return self._bucket.max_age.total_seconds()

    def _forget_what_is_over(self) -> None:
        now = datetime.now(UTC).timestamp()
        while (key := next(iter(self._ends), None)) is not None and self._ends[key] < now:
            del self._ends[key]
            self._on_remove(key)
