"""Which loopback ports are free, and which program of ours wants which."""

import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from deploy.errors import PortTaken

LOOPBACK = "127.0.0.1"

_reserved: set[int] = set()  # by this process

# In the order of their numbers, the first one being AULA_PORT.
PORTS = (
    "gateway",
    "auth",
    "users",
    "learning",
    "notifications",
    "nats",
    "nats-monitoring",
    "mongod",
    "gateway-metrics",
)


def ports_from(base: int) -> dict[str, int]:
    return {name: base + offset for offset, name in enumerate(PORTS)}


def is_free(port: int, host: str = LOOPBACK) -> bool:
    with socket.socket() as probe:
        # As every server does: connections that linger after a stop do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Free ports below the range that the system hands to outgoing connections.

    Inside that range a client that keeps dialling a stopped server's port can end up connected to
    itself, and the server then never gets its port back. They stay this process's until it ends:
    another one that asks is given others, though nobody listens on these yet, or just now.
    """
    candidates = random.sample(range(15_000, 32_000), 2_000)
    found: list[int] = []
    for port in candidates[: count * 4]:
        if len(found) < count and is_free(port) and is_ours(port):
            found.append(port)
    if len(found) < count:
        raise PortTaken(f"fewer than {count} free ports between 15000 and 32000")
    return found


def is_ours(port: int) -> bool:
    """Reserves it among the processes of this user. False where one of them has, this one too."""
    if port in _reserved:
        return False
    try:
        fcntl.lockf(_reservations(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    _reserved.add(port)
    return True


@cache
def _reservations() -> int:
    """A file of which each byte is a port. Never closed: its locks end with the process."""
    path = Path(tempfile.gettempdir()) / f"aula-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def refuse_taken(wanted: Mapping[str, int], hosts: Mapping[str, str]) -> None:
    """Raises PortTaken naming each component whose port somebody else has."""
    taken = [
        f"port {port} ({name})"
        for name, port in wanted.items()
        if not is_free(port, hosts.get(name, LOOPBACK))
    ]
    if taken:
        raise PortTaken(
            f"Taken by another program: {', '.join(taken)}. Stop that program, or set AULA_PORT to"
            f" the first of {len(PORTS)} free ports in a row, as in AULA_PORT={_free_base(wanted)}."
        )


def _free_base(wanted: Mapping[str, int]) -> int:
    start = min(wanted.values()) + 100
    rows = (range(base, base + len(PORTS)) for base in range(start, 65_000, 100))
    return next((row[0] for row in rows if all(is_free(port) for port in row)), start)
