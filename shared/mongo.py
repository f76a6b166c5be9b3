"""MongoDB, the one place that knows the driver's connection and transactions.

motor is what this project was asked to use, in its critical-fixes-only year (ADR 0003): a later
move to PyMongo's own async API is a change of this file and of the names imported from it.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from pymongo import IndexModel, ReadPreference, UpdateOne
from pymongo.errors import ConnectionFailure, DuplicateKeyError, PyMongoError, WTimeoutError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

# motor runs each operation on a thread. By default it has five a core: ten writes that wait on the
# server for a transaction would leave it none to commit with.
_CONNECTIONS = 100
os.environ.setdefault("MOTOR_MAX_WORKERS", str(_CONNECTIONS))

from motor.motor_asyncio import (  # noqa: E402  it reads the variable when it is imported
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)

from shared.settings import SettingsError  # noqa: E402  after motor, see above

Document = dict[str, Any]
Client = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]
Session = AsyncIOMotorClientSession
ServerClock = Callable[[], Awaitable[datetime]]
T = TypeVar("T")

DURABLE = WriteConcern(w="majority", j=True)
# For marks whose loss only means that work is done again.
RELAXED = WriteConcern(w=1, j=False)

# Labels with which the server and the driver mark what a repetition may mend.
_PASSING = ("TransientTransactionError", "UnknownTransactionCommitResult", "RetryableWriteError")

_ENDED = (251, 290)  # NoSuchTransaction, TransactionExceededLifetimeLimitSeconds

_TRANSACTION_DEADLINE = 10.0  # seconds of retrying before the caller hears of it

__all__ = [
    "DURABLE",
    "RELAXED",
    "Client",
    "Collection",
    "ConnectionFailure",
    "Database",
    "Document",
    "DuplicateKeyError",
    "IndexModel",
    "PyMongoError",
    "ServerClock",
    "Session",
    "UpdateOne",
    "WTimeoutError",
    "connect",
    "ensure_indexes",
    "in_transaction",
    "is_outage",
    "ping",
    "ran_out_of_time",
    "save_newer",
    "server_time",
    "snapshot",
]


def connect(url: str) -> Client:
    """A client whose writes are durable: acknowledged by a majority, journaled. Does not block.

    Raises SettingsError for a URL that cannot be one.
    """
    try:
        return _connect(url)
    except (PyMongoError, ValueError) as error:
        # Without the driver's words, which may quote the URL and so a password.
        raise SettingsError(
            "AULA_MONGO_URL is not a MongoDB URL such as"
            " mongodb://user:password@host:27017/?replicaSet=aula; characters such as / or @ in a"
            f" password must be percent-encoded ({type(error).__name__})."
        ) from None


def _connect(url: str) -> Client:
    return AsyncIOMotorClient(
        url,
        w="majority",
        journal=True,
        readConcernLevel="majority",
        retryWrites=True,
        retryReads=True,
        tz_aware=True,
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=2_000,
        socketTimeoutMS=20_000,
        maxPoolSize=_CONNECTIONS,
        appname="aula",
    )


async def ping(database: Database) -> None:
    """Raise unless the primary answers within two seconds."""
    async with asyncio.timeout(2):
        await database.command("ping", read_preference=ReadPreference.PRIMARY)


async def server_time(database: Database) -> datetime:
    """The primary's clock: one for all replicas of a service, whatever their own clocks say."""
    answer = await database.command("hello", read_preference=ReadPreference.PRIMARY)
    now: datetime = answer["localTime"]
    return now.replace(tzinfo=UTC)


async def ensure_indexes(collection: Collection, indexes: Sequence[IndexModel]) -> None:
    if indexes:
        await collection.create_indexes(list(indexes))


def is_outage(error: BaseException) -> bool:
    """Whether `error` says that MongoDB is away or too busy, rather than that it refused something:
    the same work may well succeed later."""
    if isinstance(error, ConnectionFailure | WTimeoutError):
        return True
    return isinstance(error, PyMongoError) and any(map(error.has_error_label, _PASSING))


def ran_out_of_time(error: PyMongoError) -> bool:
    """Whether `error`, out of `in_transaction`, says that the server ended the transaction, as it
    does with those that take too long."""
    return getattr(error, "code", None) in _ENDED


async def save_newer(
    collection: Collection,
    document_id: str,
    values: Document,
    *,
    version: int,
    session: Session,
    field: str = "version",
) -> bool:
    """Set `values` and `field` on a document, made if it is not there, unless it has this
    `version` or a later one already. Returns whether it was written.

    For facts that come as events, in any order. One `field` for each owner of facts, where a
    document holds those of several.
    """
    fresh = {"$literal": {**values, field: version}}
    is_newer = {"$lt": [{"$ifNull": [f"${field}", -1]}, version]}
    result = await collection.update_one(
        {"_id": document_id},
        # One statement: a duplicate key, as of a conditional upsert, would end the transaction.
        [
            {
                "$replaceWith": {
                    "$cond": [is_newer, {"$mergeObjects": ["$$ROOT", fresh]}, "$$ROOT"],
                }
            }
        ],
        upsert=True,
        session=session,
    )
    return bool(result.modified_count or result.upserted_id is not None)


@asynccontextmanager
async def snapshot(collection: Collection) -> AsyncIterator[Session]:
    """For reads only, of its whole server: all see the data as they are at the first of them."""
    database: Any = collection.database  # motor's types take it for a collection
    async with await database.client.start_session(snapshot=True) as session:
        yield session


async def in_transaction(client: Client, work: Callable[[Session], Awaitable[T]]) -> T:
    """Run `work` in a snapshot transaction, durable when this returns.

    `work` may run several times (another transaction touched the same document, the primary
    changed) and so must do nothing outside the transaction. After 10 s of such failures the last
    one is raised. `work` that raises leaves nothing behind.
    """
    deadline = asyncio.get_running_loop().time() + _TRANSACTION_DEADLINE
    attempt = 0
    async with await client.start_session() as session:
        while True:
            attempt += 1
            try:
                async with session.start_transaction(ReadConcern("snapshot"), DURABLE):
                    result = await work(session)
                    await _commit(session, deadline)
                return result
            except PyMongoError as error:
                if not error.has_error_label("TransientTransactionError"):
                    raise
                if asyncio.get_running_loop().time() > deadline:
                    raise
            # Full jitter: transactions that met each other must not meet again.
            await asyncio.sleep(random.uniform(0, min(0.002 * 2**attempt, 0.1)))


async def _commit(session: Session, deadline: float) -> None:
    while True:
        try:
            return await session.commit_transaction()
        except PyMongoError as error:
            late = asyncio.get_running_loop().time() > deadline
            if late or not error.has_error_label("UnknownTransactionCommitResult"):
                raise
            await asyncio.sleep(0.05)
