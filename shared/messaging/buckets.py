"""Key-value buckets: small facts that every replica must know within moments.

The owner declares a bucket and writes to it through its outbox; readers keep a `BucketView`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import nats.errors
import nats.js.errors
from nats.js.api import KeyValueConfig, StorageType
from nats.js.kv import KV_DEL, KV_PURGE, KeyValue

from shared import logs
from shared.messaging.broker import Broker, BrokerAway
from shared.tokens import ACCESS_TOKEN_LIFE

log = logs.get("buckets")


@dataclass(frozen=True)
class Bucket:
    """`max_age`: how long NATS keeps a value after it was last put."""

    name: str
    max_age: timedelta


# Sessions whose access tokens no longer count; a token is dead by itself when its entry ends.
REVOCATIONS = Bucket("revocations", timedelta(seconds=ACCESS_TOKEN_LIFE + 300))
# Public keys by `kid`. Put again by auth while in use; a retired key ends with its last token.
SIGNING_KEYS = Bucket("signing_keys", timedelta(days=1))

BUCKETS = (REVOCATIONS, SIGNING_KEYS)


def kept_of(subject: str) -> timedelta:
    """How long the outbox row of a value put to `$KV.<bucket>.<key>` stays after it was sent."""
    name = subject.split(".")[1]
    return next(bucket.max_age for bucket in BUCKETS if bucket.name == name)


async def declare(broker: Broker, bucket: Bucket) -> KeyValue:
    """Create the bucket if it is not there. Only its owner calls this."""
    js = broker.jetstream
    try:
        return await js.key_value(bucket.name)
    except nats.js.errors.BucketNotFoundError:
        config = KeyValueConfig(
            bucket=bucket.name, ttl=bucket.max_age.total_seconds(), storage=StorageType.FILE
        )
        return await js.create_key_value(config)


class BucketView:
    """A copy of a bucket in this process, complete once `loaded`, then kept current.

    `on_put(key, value)` and `on_remove(key)` are called for every value, old and new. After each
    reconnect the whole bucket is read again, because a watch may take 20 s to notice a restart.
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
        self._watching: asyncio.Task[None] | None = None
        self.loaded = asyncio.Event()
        self.current = False  # complete, and nothing missed since
        broker.on_connect.append(self._restart)

    async def _restart(self) -> None:
        self.current = False
        await self.close()
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                bucket = await self._broker.jetstream.key_value(self._bucket.name)
                watcher = await bucket.watchall()
                try:
                    async for entry in watcher:
                        self._apply(entry)
                finally:
                    await watcher.stop()  # type: ignore[no-untyped-call]
            except nats.js.errors.BucketNotFoundError:
                log.debug("waiting for a bucket", bucket=self._bucket.name)
            except (nats.errors.Error, nats.js.errors.Error, BrokerAway, OSError) as error:
                log.info("watching a bucket again", bucket=self._bucket.name, error=repr(error))
            await asyncio.sleep(0.25)

    def _apply(self, entry: KeyValue.Entry | None) -> None:
        if entry is None:  # the mark between what was there and what is new
            self.current = True
            self.loaded.set()
        elif entry.operation in (KV_DEL, KV_PURGE):
            self._on_remove(entry.key)
        else:
            self._on_put(entry.key, entry.value or b"")
