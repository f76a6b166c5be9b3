"""Every place where the system might have kept something: databases, NATS, logs."""

from collections.abc import AsyncIterator
from typing import Any

from deploy.stack import Stack
from shared.mongo import Client
from tests.files import contents
from tests.streams import messages_of


async def places(stack: Stack, mongo: Client) -> dict[str, bytes]:
    """What lies in each place, by its name."""
    data_dir = stack.plan.data_dir
    return {
        **contents(data_dir / "logs"),
        "NATS": b"\n".join([message async for message in messages_of(stack.nats_url)]),
        **{f"NATS' {name}": content for name, content in contents(data_dir / "nats").items()},
        "MongoDB": b"\n".join([text async for text in _documents(mongo)]),
    }


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
