"""Which request this is: `X-Request-Id` and W3C `traceparent`, through HTTP and through events."""

import random
import re
from contextvars import ContextVar

import msgspec

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


class Trace(msgspec.Struct, frozen=True):
    """Where the work at hand belongs: the caller's request and its distributed trace."""

    request_id: str
    trace_id: str
    span_id: str
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


def _hex(digits: int) -> str:
    # To be found by, not to be secret: no need to ask the system for each.
    return f"{random.getrandbits(digits * 4):0{digits}x}"


def continued(request_id: str | None, traceparent: str | None) -> Trace:
    """The caller's request id and trace where they are well formed, new ones else; a new span."""
    if not request_id or not _REQUEST_ID.fullmatch(request_id):
        request_id = _hex(32)
    match = _TRACEPARENT.fullmatch(traceparent or "")
    if match and match[1] != "0" * 32 and match[2] != "0" * 16:
        return Trace(request_id, match[1], _hex(16), match[3])
    return Trace(request_id, _hex(32), _hex(16))


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def use(trace: Trace) -> None:
    _current.set(trace)


def current_or_none() -> Trace | None:
    return _current.get()


def current() -> Trace:
    """The trace of the request or event at hand; outside of both, a new one."""
    return _current.get() or continued(None, None)
