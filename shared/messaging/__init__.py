"""Events between services, on NATS JetStream and MongoDB.

The promise: a change and its events are durable together; every committed event reaches every
handler at least once; a handler's database effect happens once per event; nothing vanishes
silently. `Outbox.commit` writes, the `Relay` publishes, a `Consumer` handles.
"""

from shared.messaging.broker import Broker, BrokerAway
from shared.messaging.buckets import ACCOUNTS, REVOCATIONS, SIGNING_KEYS, BucketView
from shared.messaging.consumer import Consumer, Subscription
from shared.messaging.outbox import Outbox, Transaction
from shared.messaging.relay import Relay
from shared.messaging.traces import StillOnItsWay, Traces

__all__ = [
    "ACCOUNTS",
    "REVOCATIONS",
    "SIGNING_KEYS",
    "Broker",
    "BrokerAway",
    "BucketView",
    "Consumer",
    "Outbox",
    "Relay",
    "StillOnItsWay",
    "Subscription",
    "Traces",
    "Transaction",
]
