"""What somebody must put right by hand."""

from shared import logs

log = logs.get("push")


class Complaints:
    """Says loudly that a provider does not accept us: once, until it has again."""

    def __init__(self) -> None:
        self._said: str | None = None

    def about(self, reason: str) -> None:
        if self._said != reason:
            log.error("the push provider does not accept us: see its keys and topic", reason=reason)
        self._said = reason

    def none(self) -> None:
        self._said = None
