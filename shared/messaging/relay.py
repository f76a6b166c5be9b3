"""The relay: takes committed outbox rows to NATS, at once or, after a crash or an outage, later."""

import asyncio
import os
import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from shared import logs
from shared.clock import utc_now
from shared.messaging.broker import Broker, BrokerAway, Place
from shared.messaging.outbox import PENDING, Record
from shared.messaging.streams import BUCKETS, STREAMS, kept
from shared.messaging.tasks import wanted
from shared.mongo import RELAXED, Collection, Database, Document, is_outage

log = logs.get("relay")

_AGAIN: list[Document] = [
    {"$set": {"state": "pending", "lease_until": "$$NOW"}},
    {"$unset": "expires_at"},
]

_SWEEP_EVERY = 1.0  # seconds
_LEASE_MS = 10_000
_BATCH = 200
_CONCURRENT = 64
_MOST_AT_ONCE = 2_000  # committed records in memory; while NATS hangs, the rest waits in MongoDB


class Relay:
    """Publishes rows of one service's outbox. Every replica runs one; a row's lease, on the
    database server's clock, keeps them apart, and a repeat does no harm (`Nats-Msg-Id`, inbox)."""

    def __init__(self, database: Database, broker: Broker) -> None:
        self._rows: Collection = database["outbox"]
        self._marks: Collection = database["outbox"].with_options(write_concern=RELAXED)
        self._brokers: Collection = database["broker"]
        self._broker = broker
        self._slots = asyncio.Semaphore(_CONCURRENT)
        self._publishing: set[asyncio.Task[bool]] = set()
        self._wake = asyncio.Event()
        broker.on_connect.append(self._refill_what_nats_lost)

    def publish_soon(self, records: list[Record]) -> None:
        """Start publishing freshly committed rows; what fails stays for the sweeper."""
        for record in records:
            if len(self._publishing) >= _MOST_AT_ONCE:
                return
            task = asyncio.create_task(self._publish(record))
            self._publishing.add(task)
            task.add_done_callback(self._publishing.discard)

    async def run(self) -> None:
        """Sweep for ever: publish what a crash or an outage left behind."""
        while wanted():
            try:
                while self._broker.connected and wanted() and await self._sweep():
                    pass
            except Exception as error:  # the sweeper must outlive whatever is away
                if not is_outage(error):
                    log.exception("sweeping the outbox failed")
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_SWEEP_EVERY):
                    await self._wake.wait()

    async def _sweep(self) -> bool:
        """Publish a batch; whether it went well and there may be more."""
        lease = os.urandom(8).hex()
        rows = await self._claim(lease)
        went = await asyncio.gather(*(self._publish(row) for row in rows))
        if not all(went):  # no need for the next try to wait until the lease is over
            await self._rows.update_many(
                {**PENDING, "lease": lease}, [{"$set": {"lease_until": "$$NOW"}}]
            )
        return bool(rows) and all(went)

    async def drain(self, limit: float) -> None:
        """Give what is under way `limit` seconds to get out."""
        if self._publishing:
            await asyncio.wait(self._publishing, timeout=limit)

    async def _publish(self, record: Record) -> bool:
        if not self._broker.connected:
            return False
        async with self._slots:
            try:
                place = await self._broker.publish(record.subject, record.payload, record.headers)
                await self._mark_sent(record, place)
                return True
            except BrokerAway as error:
                log.info("event waits for NATS", subject=record.subject, reason=str(error))
            except Exception as error:  # an outage passes; all else is logged
                # Published but not marked: it will go again, and the inboxes swallow the repeat.
                if not is_outage(error):
                    log.exception("publishing failed", subject=record.subject)
        return False

    async def _mark_sent(self, record: Record, place: Place) -> None:
        copy = {"stream": place.stream, "sequence": place.sequence}
        stays = kept(record.subject)
        await self._marks.update_one(
            {"_id": record.id},
            [
                {
                    "$set": {
                        "state": "sent",
                        "sent_at": "$$NOW",
                        # Where it lies, for the day on which it must be erased.
                        "copies": {"$setUnion": [{"$ifNull": ["$copies", []]}, [copy]]},
                        "expires_at": {"$add": ["$$NOW", int(stays.total_seconds() * 1000)]},
                    }
                }
            ],
        )

    async def _claim(self, lease: str) -> list[Record]:
        """Lease up to a batch of rows that nobody is publishing, oldest first."""
        waiting = {**PENDING, "$expr": {"$lt": ["$lease_until", "$$NOW"]}}
        ids = [
            row["_id"]
            async for row in self._rows.find(waiting, {"_id": 1})
            .sort("lease_until", 1)
            .limit(_BATCH)
        ]
        if not ids:
            return []
        await self._rows.update_many(
            {"_id": {"$in": ids}, **waiting},
            [{"$set": {"lease": lease, "lease_until": {"$add": ["$$NOW", _LEASE_MS]}}}],
        )
        claimed = self._rows.find({"_id": {"$in": ids}, "lease": lease, "state": "pending"})
        return [_record(row) async for row in claimed]

    async def _refill_what_nats_lost(self) -> None:
        """Publish again whatever a stream should hold, when it is not the stream we knew."""
        js = self._broker.jetstream
        known = {row["_id"]: row["created"] async for row in self._brokers.find({}, hint="_id_")}
        streams = {stream.name: stream.max_age for stream in STREAMS}
        streams |= {bucket.stream: bucket.max_age for bucket in BUCKETS}
        existing = {info.config.name: info for info in await js.streams_info()}
        for name, max_age in streams.items():
            if (info := existing.get(name)) is None:
                raise BrokerAway(f"stream {name} is not there yet")
            # As text: MongoDB would cut a date to milliseconds, and it would never be the same.
            created = str(info.created)
            if name in known and known[name] != created:
                count = await replay(self._rows, utc_now() - max_age, info.config.subjects or [])
                log.warning("NATS lost a stream; publishing it again", stream=name, events=count)
            if known.get(name) != created:
                await self._brokers.update_one(
                    {"_id": name}, {"$set": {"created": created}}, upsert=True
                )
        self._wake.set()


async def replay(rows: Collection, since: datetime, subjects: Sequence[str]) -> int:
    """Mark sent rows created after `since` as pending again, so that the sweepers publish them.

    `subjects` are whole ones or end in `>`, as in `user.registered`, `user.>`. Returns how many
    rows.
    """
    result = await rows.update_many(
        {
            "state": "sent",
            "created_at": {"$gte": since},
            "$or": [{"subject": _matching(subject)} for subject in subjects],
        },
        _AGAIN,
    )
    return int(result.modified_count)


async def publish_again(rows: Collection, event_id: str) -> bool:
    """Mark the row of this event as pending again; whether there is one. As another message, or
    NATS would take it for a repeat where the first is not two minutes old."""
    message = {"$set": {"headers.Nats-Msg-Id": str(uuid.uuid4())}}
    result = await rows.update_one({"_id": event_id}, [*_AGAIN, message])
    return bool(result.matched_count)


def _matching(subject: str) -> str | Document:
    if not subject.endswith(">"):
        return subject
    return {"$regex": "^" + re.escape(subject.removesuffix(">"))}


def _record(row: Document) -> Record:
    return Record(row["_id"], row["subject"], bytes(row["payload"]), dict(row["headers"]))
