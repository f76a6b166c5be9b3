"""Whether a token still counts, and for what: what NATS says of sessions and accounts."""

import time

from gateway.accounts import Accounts
from gateway.errors import StandingUnknown
from gateway.revocations import Revocations
from shared.messaging import ACCOUNTS, REVOCATIONS, Broker, BucketView
from shared.tokens import Principal


class Standing:
    """Keeps `revocations` and `accounts` current, and knows for how long it has not been able
    to."""

    def __init__(
        self, revocations: Revocations, accounts: Accounts, broker: Broker, grace: float
    ) -> None:
        self.revocations = revocations
        self.accounts = accounts
        self._grace = grace
        self._views = (
            # Removals are not heard: nothing is ever taken back, and a bucket only forgets.
            BucketView(broker, REVOCATIONS, revocations.put),
            BucketView(broker, ACCOUNTS, accounts.put, accounts.remove),
        )
        self._current_at = 0.0

    def look(self) -> None:
        """To be called every few moments."""
        # From a loss of NATS on, a view is not current until everything was read anew; and a NATS
        # that hangs gives no sign of life.
        self._current_at = max(self._current_at, min(view.current_at for view in self._views))

    def check(self, principal: Principal) -> None:
        """AuthenticationRequired if its token does not count any more; StandingUnknown if nobody
        here can tell, NATS having been away for longer than the grace."""
        if self.stale_for > self._grace:
            raise StandingUnknown
        self.revocations.check(principal)
        self.accounts.require_there(principal.user_id)

    @property
    def stale_for(self) -> float:
        """Seconds since it was last known that nothing was missed."""
        self.look()
        return time.monotonic() - self._current_at

    async def problem(self) -> str | None:
        """For readiness: while it cannot tell whose token counts, a gateway is of little use."""
        if not all(view.loaded.is_set() for view in self._views):
            return "not loaded yet"
        if self.stale_for > self._grace:
            return f"no word from NATS for {self.stale_for:.0f} s: tokens are refused"
        return None

    async def close(self) -> None:
        for view in self._views:
            await view.close()
