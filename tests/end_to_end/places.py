"""Every place where the system might have kept something: databases, NATS, logs."""

from collections.abc import AsyncIterator
from typing import Any

import nats
import nats.js.errors

from deploy.stack import Stack
from shared.mongo import Client
from tests.files import contents


async def places(stack: Stack, mongo: Client) -> dict[str, bytes]:
    """What lies in each place, by its name."""
    data_dir = stack.plan.data_dir
    return {
        **contents(data_dir / "logs"),
        "NATS": b"\n".join([message async for message in _messages(stack)]),
        **{f"NATS' {name}": content for name, content in contents(data_dir / "nats").items()},
        "MongoDB": b"\n".join([text async for text in _documents(mongo)]),
    }


async def _messages(stack: Stack) -> AsyncIterator[bytes]:
    """Headers and bodies of everything in every stream, key-value buckets among them."""
    client = await nats.connect(stack.nats_url)
    js = client.jetstream()
    for info in await js.streams_info():
        for sequence in range(max(1, info.state.first_seq), info.state.last_seq + 1):
            try:
                message = await js.get_msg(info.config.name, sequence)
            except nats.js.errors.NotFoundError:
                continue
            yield repr((message.subject, message.headers)).encode() + (message.data or b"")
    await client.close()


async def _documents(mongo: Client) -> AsyncIterator[bytes]:
    for name in await mongo.list_database_names():
        if name.startswith("aula_"):
            for collection in await mongo[name].list_collection_names():
                async for document in mongo[name][collection].find():
                    yield f"{name}.{collection} {_flat(document)}".encode()


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {_flat(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return " ".join(map(_flat, value))
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
