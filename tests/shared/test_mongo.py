"""The kept side of the database: transactions of processes that died."""

import subprocess
import sys
import time

from deploy.components import ROOT
from deploy.stack import Stack
from shared.ids import new_id
from shared.mongo import Session, connect, in_transaction
from tests.eventually import eventually

# Dies with a changed document in hand, without a word to the server.
PROGRAM = """
import os, sys
from pymongo import MongoClient

client = MongoClient(sys.argv[1])
session = client.start_session()
session.start_transaction()
client[sys.argv[2]].things.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)
os._exit(9)
"""


async def test_who_dies_in_a_transaction_holds_up_others_for_seconds(servers: Stack) -> None:
    """And not for a minute, as MongoDB would by default."""
    client, name = connect(servers.mongo_url), f"test_{new_id()}"
    things = client[name]["things"]
    await things.insert_one({"_id": 1, "n": 0})
    command = [sys.executable, "-c", PROGRAM, servers.mongo_url, name]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9
    died = time.monotonic()

    async def work(session: Session) -> None:
        await things.update_one({"_id": 1}, {"$inc": {"n": 10}}, session=session)

    async def written() -> bool:
        await in_transaction(client, work)
        return True

    await eventually(written, within=45)
    assert time.monotonic() - died > 5, "it held nothing: the test shows nothing"
    assert await things.find_one({"_id": 1}) == {"_id": 1, "n": 10}
    await client.drop_database(name)
    client.close()
