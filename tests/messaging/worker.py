"""A process to be killed: `python -m tests.messaging.worker WHEN MONGO_URL NATS_URL DATABASE`.

WHEN is the moment at which it kills itself with SIGKILL, as `kill -9` does:
`before-publish`: it commits an event and dies before anything was published;
`before-ack`: it handles one event and dies between the commit of its effect and the ack.
"""

import asyncio
import os
import signal
import sys

from shared.contracts.auth import UserSignedIn
from shared.messaging import Transaction
from tests.messaging.replica import QUICK, Effects, Replica, signed_in


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def before_publish(replica: Replica) -> None:
    async with replica:

        async def work(transaction: Transaction) -> None:
            transaction.record(signed_in())
            transaction.after_commit.append(die)  # runs before any other task gets its turn

        await replica.outbox.commit(work)


async def before_ack(replica: Replica) -> None:
    effects = Effects(replica.database)

    async def handle(event: UserSignedIn, transaction: Transaction) -> None:
        await effects(event, transaction)
        transaction.after_commit.append(die)

    replica.on(UserSignedIn, handle, patience=QUICK)
    async with replica:
        await asyncio.Event().wait()


def main() -> None:
    when, *place = sys.argv[1:]
    work = {"before-publish": before_publish, "before-ack": before_ack}[when]
    asyncio.run(work(Replica(*place)))


if __name__ == "__main__":
    main()
