"""Streams come from one table, and never lose what a newer release added."""

import re

from nats.js.api import RetentionPolicy, StorageType

from shared.contracts import EVENTS
from shared.messaging.streams import BUCKETS, INBOX_MEMORY, STREAMS, kept, stream_of
from tests.messaging.replica import Bench


async def test_an_older_replica_starting_later_leaves_a_newer_ones_subjects(
    bench: Bench,
) -> None:
    newer = await bench.running(bench.replica())
    js = newer.broker.jetstream
    config = (await js.stream_info("EVENTS")).config
    await js.update_stream(config, subjects=[*(config.subjects or []), "invoice.>"])
    await bench.running(bench.replica())
    subjects = (await js.stream_info("EVENTS")).config.subjects or []
    assert set(subjects) == {*(config.subjects or []), "invoice.>"}


async def test_a_newer_replica_adds_its_subjects(bench: Bench) -> None:
    older = await bench.running(bench.replica())
    js = older.broker.jetstream
    config = (await js.stream_info("EVENTS")).config
    await js.update_stream(config, subjects=["session.>"])
    await bench.running(bench.replica())
    assert (await js.stream_info("EVENTS")).config.subjects == config.subjects


async def test_streams_are_files_with_the_ages_of_the_table(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    for stream in STREAMS:
        config = (await replica.broker.jetstream.stream_info(stream.name)).config
        assert config.storage == StorageType.FILE
        assert config.retention == RetentionPolicy.LIMITS
        assert config.max_age == stream.max_age.total_seconds()


def test_every_event_has_a_stream_and_its_row_outlives_the_message_there() -> None:
    for event in EVENTS:
        assert re.fullmatch(r"[a-z]+(\.[a-z_]+)+(\.v[0-9]+)?", event.subject)
        assert kept(event.subject) >= stream_of(event.subject).max_age


def test_an_inbox_remembers_longer_than_anything_can_come_again() -> None:
    for stream in STREAMS:
        assert stream.kept + stream.max_age < INBOX_MEMORY
    assert all(kept(f"{bucket.prefix}key") == bucket.max_age for bucket in BUCKETS)
