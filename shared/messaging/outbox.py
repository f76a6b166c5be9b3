"""The outbox: a change and the events it causes, written in one MongoDB transaction."""

import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import msgspec

from shared import tracing
from shared.clock import timestamp, utc_now
from shared.contracts import Event
from shared.mongo import (
    Collection,
    Database,
    Document,
    IndexModel,
    Session,
    UpdateOne,
    in_transaction,
)

T = TypeVar("T")

# The committing process publishes at once; until this many milliseconds have passed, sweepers
# leave a new row to it.
_HEAD_START_MS = 1_000

# The date is there for the index: MongoDB uses it only for queries that name its first field.
PENDING: Document = {"state": "pending", "lease_until": {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}}

INDEXES = [
    IndexModel([("lease_until", 1)], name="pending", partialFilterExpression={"state": "pending"}),
    IndexModel([("expires_at", 1)], name="expiry", expireAfterSeconds=0),
    IndexModel([("traces", 1)], name="traces"),
]


@dataclass(frozen=True)
class Record:
    """One message to be published: an event, or a value for a key-value bucket."""

    id: str
    subject: str
    payload: bytes
    headers: dict[str, str]
    traces: tuple[str, ...] = ()


@dataclass
class Transaction:
    """What a unit of work has in hand: the session for its writes, and what it says happened.

    `cause` is the id of the event being handled, None in an HTTP request. The functions in
    `after_commit` run once the transaction is durable; they may be lost in a crash.
    """

    session: Session
    source: str
    cause: str | None = None
    records: list[Record] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    @property
    def event_id(self) -> str:
        """Of the event being handled; only for handlers, who always have one."""
        assert self.cause is not None
        return self.cause

    def record(self, event: Event) -> None:
        """Say that `event` happened, if and only if this transaction commits."""
        event_id = str(uuid.uuid4())
        headers = {
            "Nats-Msg-Id": event_id,
            "ce-specversion": "1.0",
            "ce-id": event_id,
            "ce-type": event.subject,
            "ce-source": f"/aula/{self.source}",
            "ce-time": timestamp(utc_now()),
            "ce-subject": event.about,
            "content-type": "application/json",
            "traceparent": tracing.current().traceparent,
            "aula-request-id": tracing.current().request_id,
        }
        payload = msgspec.json.encode(event)
        self.records.append(Record(event_id, event.subject, payload, headers, event.traces))

    def put(self, bucket: str, key: str, value: bytes) -> None:
        """Set `key` in a NATS key-value bucket once this transaction has committed.

        A key has one value for good: two for one key, written moments apart, may arrive in either
        order.
        """
        record_id = str(uuid.uuid4())
        subject = f"$KV.{bucket}.{key}"
        self.records.append(Record(record_id, subject, value, {"Nats-Msg-Id": record_id}))


Mark = Callable[[Session], Awaitable[None]]

_mark: ContextVar[Mark | None] = ContextVar("mark", default=None)


@contextmanager
def marking(mark: Mark) -> Iterator[None]:
    """Within it, each commit that is to happen `once` calls `mark`, in its transaction."""
    token = _mark.set(mark)
    try:
        yield
    finally:
        _mark.reset(token)


class Publisher(Protocol):
    def publish_soon(self, records: list[Record]) -> None: ...


class Outbox:
    """Commits units of work. `source` is the service's name, as in `ce-source`."""

    def __init__(self, database: Database, source: str, relay: Publisher) -> None:
        self._client = database.client
        self._rows: Collection = database["outbox"]
        self._source = source
        self._relay = relay

    async def commit(
        self,
        work: Callable[[Transaction], Awaitable[T]],
        *,
        cause: str | None = None,
        once: bool = True,
    ) -> T:
        """Run `work` in a transaction; when this returns, its writes and events are durable.

        `work` may run more than once (see `in_transaction`), so it keeps its effects inside.
        `once=False`: it is not yet, or not all of, what the request is there for, and may be
        repeated by another with its Idempotency-Key (ADR 12).
        """
        transaction: Transaction
        mark = _mark.get() if once else None

        async def attempt(session: Session) -> T:
            nonlocal transaction
            transaction = Transaction(session, self._source, cause)
            result = await work(transaction)
            if mark:
                await mark(session)
            if transaction.records:
                await self._rows.bulk_write(
                    [_insert(record) for record in transaction.records], session=session
                )
            return result

        result = await in_transaction(self._client, attempt)
        self._relay.publish_soon(transaction.records)
        for function in transaction.after_commit:
            function()
        return result


def _insert(record: Record) -> UpdateOne:
    # An upsert rather than an insert, because only a pipeline can read the server's clock.
    # And in a pipeline a plain "$KV.bucket.key" would be read as the name of a field.
    row: Document = {
        "subject": {"$literal": record.subject},
        "payload": {"$literal": record.payload},
        "headers": {"$literal": record.headers},
        "traces": {"$literal": record.traces},
        "state": "pending",
        "created_at": "$$NOW",
        "lease_until": {"$add": ["$$NOW", _HEAD_START_MS]},
    }
    return UpdateOne({"_id": record.id}, [{"$set": row}], upsert=True)
