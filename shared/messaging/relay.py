"""The relay: takes committed outbox rows to NATS, at once or, after a crash or an outage, later."""

import asyncio
import os
from contextlib import suppress
from datetime import datetime, timedelta

from shared import logs
from shared.clock import utc_now
from shared.messaging.broker import Broker, BrokerAway
from shared.messaging.buckets import BUCKETS, kept_of
from shared.messaging.outbox import Record
from shared.messaging.streams import STREAMS, stream_of
from shared.mongo import RELAXED, Collection, Database, Document, is_outage

log = logs.get("relay")

_SWEEP_EVERY = 1.0  # seconds
_LEASE_MS = 10_000
_BATCH = 200
_CONCURRENT = 64


class Relay:
    """Publishes rows of one service's outbox. Every replica runs one; a row's lease, on the
    database server's clock, keeps them apart, and a repeat does no harm (`Nats-Msg-Id`, inbox)."""

    def __init__(self, database: Database, broker: Broker) -> None:
        self._rows: Collection = database["outbox"]
        self._marks: Collection = database["outbox"].with_options(write_concern=RELAXED)
        self._brokers: Collection = database["broker"]
        self._broker = broker
        self._slots = asyncio.Semaphore(_CONCURRENT)
        self._publishing: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        broker.on_connect.append(self._refill_what_nats_lost)

    def publish_soon(self, records: list[Record]) -> None:
        """Start publishing freshly committed rows; what fails stays for the sweeper."""
        for record in records:
            task = asyncio.create_task(self._publish(record))
            self._publishing.add(task)
            task.add_done_callback(self._publishing.discard)

    async def run(self) -> None:
        """Sweep for ever: publish what a crash or an outage left behind."""
        while True:
            try:
                while self._broker.connected and (rows := await self._claim()):
                    await asyncio.gather(*(self._publish(row) for row in rows))
            except Exception as error:  # the sweeper must outlive whatever is away
                if not is_outage(error):
                    log.exception("sweeping the outbox failed")
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _SWEEP_EVERY)

    async def drain(self, limit: float) -> None:
        """Give what is under way `limit` seconds to get out."""
        if self._publishing:
            await asyncio.wait(self._publishing, timeout=limit)

    async def _publish(self, record: Record) -> None:
        if not self._broker.connected:
            return
        async with self._slots:
            try:
                await self._broker.publish(record.subject, record.payload, record.headers)
                await self._mark_sent(record)
            except BrokerAway as error:
                log.info("event waits for NATS", subject=record.subject, reason=str(error))
            except Exception as error:
                # Published but not marked: it will go again, and the inboxes swallow the repeat.
                if not is_outage(error):
                    log.exception("publishing failed", subject=record.subject)

    async def _mark_sent(self, record: Record) -> None:
        kept = _kept(record.subject)
        await self._marks.update_one(
            {"_id": record.id},
            [
                {
                    "$set": {
                        "state": "sent",
                        "sent_at": "$$NOW",
                        "expires_at": {"$add": ["$$NOW", int(kept.total_seconds() * 1000)]},
                    }
                }
            ],
        )

    async def _claim(self) -> list[Record]:
        """Lease up to a batch of rows that nobody is publishing, oldest first."""
        waiting = {"state": "pending", "$expr": {"$lt": ["$lease_until", "$$NOW"]}}
        ids = [
            row["_id"]
            async for row in self._rows.find(waiting, {"_id": 1})
            .sort("lease_until", 1)
            .limit(_BATCH)
        ]
        if not ids:
            return []
        lease = os.urandom(8).hex()
        await self._rows.update_many(
            {"_id": {"$in": ids}, **waiting},
            [{"$set": {"lease": lease, "lease_until": {"$add": ["$$NOW", _LEASE_MS]}}}],
        )
        claimed = self._rows.find({"_id": {"$in": ids}, "lease": lease, "state": "pending"})
        return [_record(row) async for row in claimed]

    async def _refill_what_nats_lost(self) -> None:
        """Publish again whatever a stream should hold, when it is not the stream we knew."""
        js = self._broker.jetstream
        known = {row["_id"]: row["created"] async for row in self._brokers.find({})}
        streams = {stream.name: stream.max_age for stream in STREAMS}
        streams |= {f"KV_{bucket.name}": bucket.max_age for bucket in BUCKETS}
        existing = {info.config.name: info for info in await js.streams_info()}
        for name, max_age in streams.items():
            if (info := existing.get(name)) is None:
                continue
            created = info.created
            if name in known and known[name] != created:
                count = await replay(self._rows, utc_now() - max_age, info.config.subjects or [])
                log.warning("NATS lost a stream; publishing it again", stream=name, events=count)
            if known.get(name) != created:
                await self._brokers.update_one(
                    {"_id": name}, {"$set": {"created": created}}, upsert=True
                )
        self._wake.set()


async def replay(rows: Collection, since: datetime, subjects: list[str]) -> int:
    """Mark sent rows created after `since` as pending again, so that the sweepers publish them.

    `subjects` are NATS filters such as `user.>` or `user.registered`. Returns how many rows.
    """
    patterns = [
        {"subject": {"$regex": "^" + subject[:-1].replace(".", r"\.").replace("$", r"\$")}}
        if subject.endswith(">")
        else {"subject": subject}
        for subject in subjects
    ]
    result = await rows.update_many(
        {"state": "sent", "created_at": {"$gte": since}, "$or": patterns},
        [{"$set": {"state": "pending", "lease_until": "$$NOW"}}, {"$unset": "expires_at"}],
    )
    return int(result.modified_count)


def _record(row: Document) -> Record:
    return Record(row["_id"], row["subject"], bytes(row["payload"]), dict(row["headers"]))


def _kept(subject: str) -> timedelta:
    return kept_of(subject) if subject.startswith("$KV.") else stream_of(subject).kept
