"""What every service process is made of."""

import os

from structlog.testing import capture_logs

from deploy.stack import Stack
from shared.mongo import IndexModel, connect
from shared.node import Node
from shared.settings import ServiceSettings
from tests.eventually import eventually
from tests.notifications.running import lifespan


async def test_an_index_that_cannot_be_made_is_logged_with_its_reason(servers: Stack) -> None:
    settings = ServiceSettings(
        mongo_url=servers.mongo_url,
        nats_url=servers.nats_url,
        database_prefix=f"test_{os.urandom(6).hex()}",
    )
    node = Node("node", settings)
    people = node.collection("people", [IndexModel("email", unique=True)])
    await people.insert_many([{"email": "twice@canary.test"} for _ in range(2)])
    with capture_logs() as entries:
        async with lifespan(node.app([], {})):
            reason = {"error": "DuplicateKeyError", "code": 11000, "code_name": "DuplicateKey"}
            await eventually(lambda: any(entry.items() >= reason.items() for entry in entries))
            refused = [entry for entry in entries if entry.get("code")]
            assert refused[0]["collection"] == "people"
    assert "canary" not in str(entries)
    client = connect(servers.mongo_url)
    await client.drop_database(people.database.name)
    client.close()
