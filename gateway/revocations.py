"""Sessions and users whose access tokens no longer count, as this process has heard."""

import time
from collections import OrderedDict
from collections.abc import Callable

from gateway.errors import RevocationsUnknown
from shared import logs
from shared.errors import AuthenticationRequired
from shared.messaging import REVOCATIONS, Broker, BucketView
from shared.tokens import ACCESS_TOKEN_LIFE, Principal

log = logs.get("revocations")

# However early the bucket forgets an entry, it is kept until the last token it is about has ended.
_KEPT = ACCESS_TOKEN_LIFE + 60


class Revocations:
    """Keys are `session.<id>` (its tokens are dead) and `user.<id>` (tokens issued before are);
    a value is the time of it, in seconds since the epoch."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._not_before: OrderedDict[str, tuple[float, float]] = OrderedDict()  # and kept until

    def put(self, key: str, value: bytes) -> None:
        now = self._now()
        try:
            not_before = float(value)
        except ValueError:
            log.error("a revocation without a time counts from now", key=key)
            not_before = now
        self._not_before.pop(key, None)
        self._not_before[key] = (not_before, now + _KEPT)
        while self._not_before and next(iter(self._not_before.values()))[1] < now:
            self._not_before.popitem(last=False)

    def check(self, principal: Principal) -> None:
        if f"session.{principal.session_id}" in self._not_before:
            raise AuthenticationRequired
        not_before = self._not_before.get(f"user.{principal.user_id}")
        if not_before is not None and principal.issued_at < not_before[0]:
            raise AuthenticationRequired

    def __len__(self) -> int:
        return len(self._not_before)


class RevocationWatch:
    """Keeps `revocations` current, and knows for how long it has not been able to."""

    def __init__(self, revocations: Revocations, broker: Broker, grace: float) -> None:
        self.revocations = revocations
        self._broker = broker
        self._grace = grace
        # Removals are not heard: nothing is ever taken back, and a bucket only forgets.
        self._view = BucketView(broker, REVOCATIONS, revocations.put)
        self._current_at = 0.0
        self.loaded = self._view.loaded

    def look(self) -> None:
        """To be called every few moments."""
        # `away_for` is 0 again only after the view began to read everything anew.
        if self._view.current and self._broker.away_for == 0:
            self._current_at = time.monotonic()

    def check(self, principal: Principal) -> None:
        """AuthenticationRequired if its token was revoked; RevocationsUnknown if nobody here can
        tell, NATS having been away for longer than the grace."""
        if time.monotonic() - self._current_at > self._grace:
            self.look()
            if time.monotonic() - self._current_at > self._grace:
                raise RevocationsUnknown
        self.revocations.check(principal)

    async def close(self) -> None:
        await self._view.close()
