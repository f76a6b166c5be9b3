"""mongod's profiler, watching a service's database while a test is at work."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from pymongo import MongoClient

from deploy.stack import Stack
from shared.mongo import Document


@asynccontextmanager
async def profiler(servers: Stack, name: str) -> AsyncIterator[MongoClient[Document]]:
    """On for the database called `name`, with room for all that happens meanwhile."""
    with MongoClient[Document](servers.mongo_url) as driver:
        database = driver[name]
        before = database.command("profile", 0)
        database.drop_collection("system.profile")
        database.create_collection("system.profile", capped=True, size=64 * 1024 * 1024)
        database.command("profile", 2, sampleRate=1.0)
        try:
            yield driver
        finally:
            rate = before["sampleRate"]
            database.command("profile", 0, slowms=before["slowms"], sampleRate=rate)


def scans(operations: Iterable[Document]) -> list[tuple[object, ...]]:
    """Those that walked through a whole collection."""
    return [
        (each["ns"], each["op"], each.get("command"))
        for each in operations
        if "COLLSCAN" in str(each.get("planSummary")) or "COLLSCAN" in str(each.get("execStats"))
    ]
