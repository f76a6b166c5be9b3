"""Logging: JSON lines in production, readable lines in development, few of them.

One canonical line a request and one an event. What goes in is chosen by the caller, field by
field: bodies, headers and query strings are never handed to a logger, so no code and no token is.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog

from shared import tracing
from shared.settings import Settings

_QUOTING = ("pymongo", "bson", "motor")  # by name: only `shared.mongo` knows the driver


def configure(settings: Settings, process: str) -> None:
    """Set up structlog and the standard library's logging for this process, once, at its start."""
    renderer: Any = (
        structlog.processors.JSONRenderer(serializer=_json)
        if settings.is_production
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_process(process),
        _add_trace,
        structlog.processors.ExceptionRenderer(_traceback),
    ]
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Libraries log through the standard library: only what is wrong, in the same form.
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def get(name: str) -> Any:
    return structlog.get_logger(component=name)


def _traceback(exc_info: Any) -> str:
    """Without what MongoDB says: it quotes documents, and so people's addresses and ids."""
    text = "".join(traceback.format_exception(*exc_info))
    error: BaseException | None = exc_info[1]
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if type(error).__module__.split(".")[0] in _QUOTING and str(error):
            text = text.replace(str(error), "(left out)")
        error = error.__cause__ or error.__context__
    return text.rstrip()


def _json(value: Any, **_: Any) -> str:
    return msgspec.json.encode(value, enc_hook=repr).decode()


def _add_process(process: str) -> Any:
    def add(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return add


def _add_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if "request_id" not in event and (trace := tracing.current_or_none()):
        event["request_id"] = trace.request_id
        event["trace_id"] = trace.trace_id
    return event
