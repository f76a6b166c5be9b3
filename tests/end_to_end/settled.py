"""`python -m tests.end_to_end.settled MONGO NATS`: sleeps until everybody has published, heard and
sent what there was, and nobody is being erased any more."""

import asyncio
import sys

import nats
from nats.js import JetStreamContext

from shared.mongo import Client, connect
from tests.eventually import eventually

UNDER_WAY = {
    "outbox": {"state": "pending"},
    "deliveries": {"state": {"$in": ["queued", "sending", "retrying"]}},
    "erasures": {"state": {"$ne": "complete"}},
}


async def is_settled(mongo: Client, js: JetStreamContext) -> bool:
    # What was published between the two looks is seen by the second, or what came of it.
    return await all_heard(js) and await nothing_under_way(mongo) and await all_heard(js)


async def all_heard(js: JetStreamContext) -> bool:
    consumers = [
        consumer
        for stream in await js.streams_info()
        for consumer in await js.consumers_info(str(stream.config.name))
    ]
    return not any(each.num_pending or each.num_ack_pending for each in consumers)


async def nothing_under_way(mongo: Client) -> bool:
    for name in ("auth", "users", "learning", "notifications"):
        for collection, query in UNDER_WAY.items():
            if await mongo[f"aula_{name}"][collection].count_documents(query):
                return False
    return True


async def main(mongo_url: str, nats_url: str) -> None:
    mongo, client = connect(mongo_url), await nats.connect(nats_url)
    await eventually(lambda: is_settled(mongo, client.jetstream()), within=60)
    await client.close()
    mongo.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
