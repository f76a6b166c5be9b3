"""What stands for the other services where one runs on its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.contracts.event import Event
from shared.messaging import Broker, Outbox, Relay, Transaction
from shared.mongo import Database


@asynccontextmanager
async def outbox_of(service: str, database: Database, nats_url: str) -> AsyncIterator[Outbox]:
    """An outbox in `database`, and the relay that publishes what is in it."""
    broker = Broker(nats_url, f"test-{service}")
    await broker.start()
    await broker.ready.wait()
    relay = Relay(database, broker)
    sweeping = asyncio.create_task(relay.run())
    try:
        yield Outbox(database, service, relay)
    finally:
        sweeping.cancel()
        await relay.drain(10)
        await broker.close()


async def say(outbox: Outbox, event: Event) -> str:
    """Say something in another service's place; the event's id."""

    async def work(transaction: Transaction) -> str:
        transaction.record(event)
        return transaction.records[-1].id

    return await outbox.commit(work)
