"""Sessions whose access tokens no longer count, as this process has heard."""

import time
from collections import OrderedDict
from collections.abc import Callable

from gateway.errors import RevocationsUnknown
from shared.errors import AuthenticationRequired
from shared.messaging import REVOCATIONS, Broker, BucketView
from shared.tokens import ACCESS_TOKEN_LIFE, Principal

# However early the bucket forgets an entry, it is kept until the last token it is about has ended.
_KEPT = ACCESS_TOKEN_LIFE + 60


class Revocations:
    """Keys are `session.<id>`; what the value says does not matter."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._kept_until: OrderedDict[str, float] = OrderedDict()  # the first to end is first

    def put(self, key: str, _: bytes) -> None:
        now = self._now()
        self._kept_until[key] = now + _KEPT
        self._kept_until.move_to_end(key)
        while next(iter(self._kept_until.values())) < now:
            self._kept_until.popitem(last=False)

    def check(self, principal: Principal) -> None:
        if f"session.{principal.session_id}" in self._kept_until:
            raise AuthenticationRequired


class RevocationWatch:
    """Keeps `revocations` current, and knows for how long it has not been able to."""

    def __init__(self, revocations: Revocations, broker: Broker, grace: float) -> None:
        self.revocations = revocations
        self._grace = grace
        # Removals are not heard: nothing is ever taken back, and a bucket only forgets.
        self._view = BucketView(broker, REVOCATIONS, revocations.put)
        self._current_at = 0.0
        self.loaded = self._view.loaded

    def look(self) -> None:
        """To be called every few moments."""
        # From a loss of NATS on, the view is not current until everything was read anew; and a NATS
        # that hangs gives no sign of life.
        self._current_at = max(self._current_at, self._view.current_at)

    def check(self, principal: Principal) -> None:
        """AuthenticationRequired if its token was revoked; RevocationsUnknown if nobody here can
        tell, NATS having been away for longer than the grace."""
        if self.stale_for > self._grace:
            raise RevocationsUnknown
        self.revocations.check(principal)

    @property
    def stale_for(self) -> float:
        """Seconds since it was last known that nothing was missed."""
        self.look()
        return time.monotonic() - self._current_at

    async def problem(self) -> str | None:
        """For readiness: while it cannot tell who has signed out, a gateway is of little use."""
        if not self.loaded.is_set():
            return "not loaded yet"
        if self.stale_for > self._grace:
            return f"no word from NATS for {self.stale_for:.0f} s: tokens are refused"
        return None

    async def close(self) -> None:
        await self._view.close()
