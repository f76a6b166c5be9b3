"""Rate limits: how many requests a user, or else a client address, may make in a while.

Counted in this process: with N gateways up to N times as many pass. They keep one client from
using up what is there for all; the limits that guard accounts are counted in auth, exactly.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from shared.addresses import is_loopback, network_of
from shared.errors import TooManyRequests

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(rf"([1-9][0-9]{{0,8}})/({'|'.join(_SECONDS)})")
_REMEMBERED = 100_000  # windows; of more, the ones longest begun are forgotten


def parsed_rate(rate: str) -> tuple[int, int]:
    """`60/minute` as (60, 60): so many in so many seconds. Raises ValueError."""
    match = _RATE.fullmatch(rate)
    if match is None:
        raise ValueError(rate)
    return int(match[1]), _SECONDS[match[2]]


class RateLimit:
    """At most `amount` in a window of `seconds`, which begins with a key's first request."""

    def __init__(self, name: str, rate: str, now: Callable[[], float] = time.monotonic) -> None:
        self.amount, self.seconds = parsed_rate(rate)
        self._policy = f'"{name}";q={self.amount};w={self.seconds}'.encode()
        self._name = name
        self._now = now
        self.untouched = (
            (b"ratelimit-policy", self._policy),
            (b"ratelimit", f'"{name}";r={self.amount};t={self.seconds}'.encode()),
        )
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
        limit = self._limits[name]
        if self._exempt_loopback and is_loopback(client):
            answer += limit.untouched  # a client's code can be tried against the headers here too
            return
        key = user_id if user_id is not None and name != "public" else network_of(client)
        policy, state, wait = limit.count(key)
        answer += (policy, state)
        if wait:
            raise TooManyRequests(wait)
