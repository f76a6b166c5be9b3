"""Accounts that may do less than their tokens say, as this process has heard."""

from collections import defaultdict
from functools import lru_cache

from gateway.errors import AccountDeletionPending
from shared.errors import AuthenticationRequired
from shared.pseudonyms import Pseudonyms

_GONE, _LEAVING, _STAYS = "gone", "leaving", "stays"
_REMEMBERED = 20_000  # pseudonyms of recent callers: 100 bytes each, and 3 µs saved a request


class Accounts:
    """The keys of the bucket ACCOUNTS, in whatever order they come: `leaving.<deletion id>` (the
    value is the person's pseudonym), `stays.<deletion id>`, `gone.<pseudonym>`."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self.pseudonym = lru_cache(_REMEMBERED)(pseudonyms.of)
        self._gone: set[str] = set()
        self._stays: set[str] = set()  # deletions that were cancelled
        self._leaving: dict[str, str] = {}  # whom a deletion is about
        self._open: defaultdict[str, set[str]] = defaultdict(set)  # deletions not cancelled

    def put(self, key: str, value: bytes) -> None:
        kind, _, name = key.partition(".")
        if kind == _GONE:
            self._gone.add(name)
        elif kind == _STAYS:
            self._stays.add(name)
            self._close(name)
        elif kind == _LEAVING:
            self._leaving[name] = value.decode("ascii", "replace")
            if name not in self._stays:
                self._open[self._leaving[name]].add(name)

    def remove(self, key: str) -> None:
        """Its time is over."""
        kind, _, name = key.partition(".")
        if kind == _GONE:
            self._gone.discard(name)
        elif kind == _STAYS:
            self._stays.discard(name)
        elif kind == _LEAVING:
            self._close(name)
            self._leaving.pop(name, None)

    def require_there(self, user_id: str) -> None:
        """AuthenticationRequired if the account is gone for good."""
        if self._gone and self.pseudonym(user_id) in self._gone:
            raise AuthenticationRequired

    def require_staying(self, user_id: str) -> None:
        """AccountDeletionPending if the account is about to go."""
        if self._open and self.pseudonym(user_id) in self._open:
            raise AccountDeletionPending

    def _close(self, deletion: str) -> None:
        pseudonym = self._leaving.get(deletion, "")
        if pseudonym in self._open:
            self._open[pseudonym].discard(deletion)
            if not self._open[pseudonym]:
                del self._open[pseudonym]
