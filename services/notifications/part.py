"""What each aggregate of notifications brings to the process."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar.types import ControllerRouterHandler

from services.notifications.people import Whom
from shared.messaging import Subscription
from shared.personal_data import Holding


def _nothing(_: Whom) -> list[Holding]:
    return []


def _no_traces(_: Whom) -> list[str]:
    return []


@dataclass(frozen=True, kw_only=True)
class Part:
    """`dependencies`: what the routes ask for, by name. `holdings_on`: what is held on a person.
    `traces_of`: by what events about them are found, besides their id and their addresses.
    `background`: work that never returns, of processes that deliver."""

    handlers: Sequence[ControllerRouterHandler] = ()
    dependencies: Mapping[str, object] = field(default_factory=dict)
    holdings_on: Callable[[Whom], list[Holding]] = _nothing
    traces_of: Callable[[Whom], list[str]] = _no_traces
    subscriptions: Sequence[Subscription] = ()
    background: Sequence[Coroutine[Any, Any, None]] = ()
