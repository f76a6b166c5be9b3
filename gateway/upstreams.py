"""The services: several addresses each, their idle connections, and how they have fared lately."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from gateway.connection import Connection
from gateway.errors import UpstreamAway

_CONNECT_SECONDS = 1.0
_IDLE_SECONDS = 60.0  # less than the 75 s after which a service ends an idle connection
_MAX_BUSY = 512  # exchanges at once with one address: a service that hangs must not take us along
_FIRST_SKIP, _LONGEST_SKIP = 0.5, 10.0
_POOR_ANSWERS = 3  # 502, 503, 504 or none in time, in a row, after which others are preferred


def parsed_urls(urls: Sequence[str]) -> list[tuple[str, int]]:
    """Host and port of each. Raises ValueError with a sentence."""
    if not urls:
        raise ValueError("at least one address is needed")
    found = []
    for url in urls:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and parts.path in ("", "/") and not parts.query
        if not plain or not parts.hostname or parts.username:
            raise ValueError(f"{url!r} is not an address such as http://10.0.0.7:8081")
        found.append((parts.hostname, parts.port or 80))
    return found


class Address:
    """One place where a service listens."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.authority = (f"[{host}]:{port}" if ":" in host else f"{host}:{port}").encode()
        self._idle: list[Connection] = []
        self.busy = 0
        self.reachable = True
        self._failures = 0
        self._poor = 0
        self._tried_at = 0.0

    async def connect(self) -> Connection:
        """Raises OSError: nothing was sent."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(_CONNECT_SECONDS):  # TimeoutError is an OSError too
            _, connection = await loop.create_connection(
                lambda: Connection(self._forget, loop), self._host, self._port
            )
        return connection

    def idle(self) -> Connection | None:
        """The connection used last, if it is young enough that the service still holds it."""
        while self._idle:
            connection = self._idle.pop()
            if time.monotonic() - connection.idle_since < _IDLE_SECONDS:
                return connection
            connection.close()
        return None

    def at_work(self, connection: Connection) -> "Work":
        """For one exchange on `connection`, which is kept for the next if it may have one."""
        return Work(self, connection)

    def give_back(self, connection: Connection) -> None:
        if connection.rest(time.monotonic()):
            self._idle.append(connection)

    def close(self) -> None:
        for connection in tuple(self._idle):
            connection.close()

    # Passive health.

    def skipped(self, now: float) -> bool:
        """While others are up; for longer after each failure in a row."""
        if not self._failures:
            return False
        wait: float = min(_LONGEST_SKIP, _FIRST_SKIP * 2 ** (self._failures - 1))
        return now < self._tried_at + wait

    def may_be_probed(self, now: float) -> bool:
        """One request in half a second finds out whether it is back."""
        return now >= self._tried_at + _FIRST_SKIP

    def picked(self, now: float) -> None:
        if self._failures:
            self._tried_at = now  # this request is the probe; the next ones go elsewhere

    def refused(self) -> None:
        """It took no connection."""
        self.reachable = False
        self._fail()

    def broke(self) -> None:
        """The connection ended before an answer: perhaps only this request's doing."""
        self._fail()

    def overdue(self) -> None:
        self.answered(504)

    def answered(self, status: int) -> None:
        self.reachable = True
        if status not in (502, 503, 504):
            self._failures = self._poor = 0
            return
        self._poor += 1
        if self._poor >= _POOR_ANSWERS:
            self._fail()

    def _fail(self) -> None:
        self._failures = min(self._failures + 1, 10)
        self._tried_at = time.monotonic()

    def _forget(self, connection: Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)


class Work:
    """A class, because a generator's context takes several times as long, at every request."""

    __slots__ = ("_address", "_connection")

    def __init__(self, address: Address, connection: Connection) -> None:
        self._address = address
        self._connection = connection

    def __enter__(self) -> None:
        self._address.busy += 1

    def __exit__(self, *_: object) -> None:
        self._address.busy -= 1
        self._address.give_back(self._connection)


class Upstream:
    """One service: picks the address for a request."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.addresses = [Address(host, port) for host, port in parsed_urls(urls)]
        self._turn = 0

    async def connection(
        self, tried: list[Address], *, fresh: bool = False
    ) -> tuple[Address, Connection]:
        """To the best address that takes one; those that do not are `tried` then. `fresh`: none
        that was used before. Raises UpstreamAway."""
        while True:
            address = self.pick(tried)
            if not fresh and (idle := address.idle()):
                return address, idle
            try:
                return address, await address.connect()
            except OSError:
                address.refused()
                tried.append(address)

    def pick(self, tried: Sequence[Address] = ()) -> Address:
        """The least busy one that is up, in turn among equals; UpstreamAway if there is none.

        An address that answers, though poorly, is used when there is no better one: what it says
        is for the caller to read. One that cannot be reached is asked now and then.
        """
        now = time.monotonic()
        free = [a for a in self.addresses if a.busy < _MAX_BUSY and a not in tried]
        choice = (
            [a for a in free if not a.skipped(now)]
            or [a for a in free if a.reachable]
            or [a for a in free if a.may_be_probed(now)]
        )
        if not choice:
            raise UpstreamAway
        self._turn += 1
        start = self._turn % len(choice)
        address = min(choice[start:] + choice[:start], key=_busy)
        address.picked(now)
        return address


def _busy(address: Address) -> int:
    return address.busy


class Upstreams:
    """All services by name."""

    def __init__(self, services: Mapping[str, Sequence[str]]) -> None:
        self._by_owner = {owner: Upstream(urls) for owner, urls in services.items()}

    def __getitem__(self, owner: str) -> Upstream:
        return self._by_owner[owner]

    def close(self) -> None:
        for upstream in self._by_owner.values():
            for address in upstream.addresses:
                address.close()
