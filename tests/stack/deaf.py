"""`python -m tests.stack.deaf`: a service whose work hears of no end."""

import asyncio
from contextlib import suppress

from shared.contracts.auth import UserSignedIn
from shared.http.asgi import App
from shared.http.server import serve
from shared.messaging import Subscription, Transaction
from shared.node import Node
from shared.settings import ServiceSettings


async def work_for_ever() -> None:
    while True:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)


async def handle(_: UserSignedIn, __: Transaction) -> None:
    await work_for_ever()


def create_app(settings: ServiceSettings) -> App:
    node = Node("deaf", settings)
    node.subscribe([Subscription(f"deaf-{settings.listen_port}", UserSignedIn, handle)])
    node.background(work_for_ever())
    return node.app([], {})


if __name__ == "__main__":
    serve("deaf", ServiceSettings, create_app)
