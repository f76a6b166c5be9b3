"""NATS for a command that an operator starts by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import nats.errors

from shared.command import CommandFailed
from shared.messaging.broker import Broker, BrokerAway
from shared.settings import Settings

_PATIENCE = 6.0  # seconds for NATS to answer


@asynccontextmanager
async def nats_of(settings: Settings) -> AsyncIterator[Broker]:
    """Connected. Whatever NATS refuses inside is a CommandFailed."""
    broker = Broker(settings.nats_url, "command line")
    await broker.start()
    try:
        async with asyncio.timeout(_PATIENCE):
            await broker.ready.wait()
    except TimeoutError:
        await broker.close()
        raise CommandFailed(
            f"No answer from NATS at {_place(settings.nats_url)}."
            " Start the stack, or set AULA_NATS_URL to where it runs."
        ) from None
    try:
        yield broker
    except (BrokerAway, nats.errors.Error) as error:
        raise CommandFailed(f"NATS failed meanwhile ({error}); try again.") from error
    finally:
        await broker.close()


def _place(url: str) -> str:
    """Without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2]
