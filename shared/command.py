"""Commands that an operator starts by hand: a failure is a sentence that says what to do."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.counters import CountedMeanwhile
from shared.mongo import PyMongoError
from shared.settings import ServiceSettings, SettingsError

S = TypeVar("S", bound=ServiceSettings)


def run(work: Callable[[S], Awaitable[int]], kind: type[S]) -> int:
    """The exit status: what `work` returns when it is handed the settings of the environment."""

    async def started() -> int:
        return await work(kind.from_environment())

    try:
        return asyncio.run(started())
    except (SettingsError, CountedMeanwhile) as error:
        sys.stderr.write(f"{error}\n")
    except PyMongoError as error:
        sys.stderr.write(
            f"MongoDB failed ({type(error).__name__}). Start the stack, or set AULA_MONGO_URL.\n"
        )
    return 1
