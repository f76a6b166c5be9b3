"""Sessions whose access tokens no longer count, as this process has heard."""

import time
from collections import OrderedDict
from collections.abc import Callable

from shared.errors import AuthenticationRequired
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
