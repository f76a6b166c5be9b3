"""Commands that an operator starts by hand: a failure is a sentence that says what to do."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog

from shared.mongo import Client, Database, PyMongoError, connect
from shared.settings import ServiceSettings, Settings, SettingsError

S = TypeVar("S", bound=Settings)


class CommandFailed(Exception):
    """The message says what is wrong and what to do."""


def run(work: Callable[[S], Awaitable[int | None]], kind: type[S]) -> int:
    """The exit status: what `work` returns when it is handed the settings of the environment, 1
    where it failed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    async def started() -> int:
        return await work(kind.from_environment()) or 0

    try:
        return asyncio.run(started())
    except (SettingsError, CommandFailed) as error:
        sys.stderr.write(f"{error}\n")
    except PyMongoError as error:
        sys.stderr.write(
            f"MongoDB failed ({type(error).__name__})."
            " Start the stack, or set AULA_MONGO_URL to where it runs.\n"
        )
    return 1


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


@asynccontextmanager
async def mongo_of(settings: ServiceSettings) -> AsyncIterator[Client]:
    client = connect(settings.mongo_url)
    try:
        yield client
    finally:
        client.close()


async def services_of(client: Client, settings: ServiceSettings) -> dict[str, Database]:
    """Those that have a database, by name."""
    start = f"{settings.database_prefix}_"
    names = sorted(await client.list_database_names())
    return {name.removeprefix(start): client[name] for name in names if name.startswith(start)}
