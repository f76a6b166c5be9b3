"""Rate limits: how many requests a user, or else a client address, may make in a while.

Counted in this process: with N gateways up to N times as many pass. They keep one client from
using up what is there for all; the limits that guard accounts are counted in auth, exactly.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

import limits

from shared.errors import TooManyRequests

_REMEMBERED = 100_000  # windows; of more, the ones longest begun are forgotten


def parsed_rate(rate: str) -> tuple[int, int]:
    """`60/minute` as (60, 60): so many in so many seconds. Raises ValueError."""
    item = limits.parse(rate)
    return item.amount, item.get_expiry()


class RateLimit:
    """At most `amount` in a window of `seconds`, which begins with a key's first request.

    The library that reads the notation could count too, at a sixth of what the gateway does for
    a whole request; and it would forget nothing while a flood of new addresses comes in.
    """

    def __init__(self, name: str, rate: str, now: Callable[[], float] = time.monotonic) -> None:
        self.amount, self.seconds = parsed_rate(rate)
        self._policy = f'"{name}";q={self.amount};w={self.seconds}'.encode()
        self._name = name
        self._now = now
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()  # key: end, used

    def count(self, key: str) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes], float]:
        """Counts one request. The two headers to answer with, and how long to wait before trying
        again: 0 when the request may pass."""
        now = self._now()
        end, used = self._windows.get(key, (0.0, 0))
        if now >= end:
            end, used = now + self.seconds, 0
            self._windows.pop(key, None)  # so that it goes to the end of the order
        used += 1
        self._windows[key] = (end, used)
        if len(self._windows) > _REMEMBERED:
            self._windows.popitem(last=False)
        left = self.amount - used
        state = b'"%b";r=%d;t=%d' % (self._name.encode(), max(0, left), -int((now - end) // 1))
        return (
            (b"ratelimit-policy", self._policy),
            (b"ratelimit", state),
            0.0 if left >= 0 else end - now,
        )


class RateLimits:
    """`exempt_loopback`: in development whoever sits at the machine is not limited."""

    def __init__(self, rates: Mapping[str, str], *, exempt_loopback: bool) -> None:
        self._limits = {name: RateLimit(name, rate) for name, rate in rates.items()}
        self._exempt_loopback = exempt_loopback

    def count(
        self, name: str, user_id: str | None, client: str, answer: list[tuple[bytes, bytes]]
    ) -> None:
        """Counts a request of class `name`; adds the two headers to `answer`. TooManyRequests."""
        if self._exempt_loopback and _is_loopback(client):
            return
        key = user_id if user_id is not None and name != "public" else network_of(client)
        policy, state, wait = self._limits[name].count(key)
        answer += (policy, state)
        if wait:
            raise TooManyRequests(wait)


def network_of(client: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that a line gets with IPv6."""
    if ":" not in client:
        return client
    address = ipaddress.IPv6Address(client)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(address) >> 64 << 64))


def _is_loopback(client: str) -> bool:
    return client == "::1" or client.startswith("127.")
