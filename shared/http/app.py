"""A Litestar application as every service has it: our errors, our edge, nothing implied."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec
from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.types import ControllerRouterHandler

from shared import languages, logs
from shared.errors import (
    AulaError,
    InternalError,
    InvalidFields,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    Unavailable,
)
from shared.http.body import Disconnected
from shared.http.conditional import known_of
from shared.http.envelope import failure
from shared.http.forms import MISSING, UNKNOWN
from shared.http.guards import principal_of, visitor_of
from shared.http.idempotency import IdempotencyKeys, Idempotent
from shared.http.request import NoBody, StrictRequest
from shared.http.uploads import Streamed, multipart_of
from shared.languages import Text
from shared.mongo import PyMongoError, is_outage

log = logs.get("http")

_BACKQUOTED = re.compile(r"`([^`]*)`")

_WRONG_TYPE = Text(
    en="has the wrong type",
    tr="yanlış türde",
    es="es de un tipo incorrecto",
    de="hat den falschen Typ",
)
_INVALID = Text(en="is not valid", tr="geçerli değil", es="no es válido", de="ist ungültig")
_NO_BODY = Text(
    en="a JSON object is required",
    tr="bir JSON nesnesi gerekli",
    es="se requiere un objeto JSON",
    de="ein JSON-Objekt ist erforderlich",
)


def create_litestar(
    route_handlers: Sequence[ControllerRouterHandler],
    dependencies: Mapping[str, object],
    idempotency: IdempotencyKeys | None,
    lifespan: Callable[[Litestar], AbstractAsyncContextManager[None]],
) -> Litestar:
    """`dependencies`: objects by the name under which routes ask for them; a `Provide` makes one
    for each request."""
    provided = {
        name: value if isinstance(value, Provide) else Provide(_always(value))
        for name, value in dependencies.items()
    }
    return Litestar(
        route_handlers=list(route_handlers),
        dependencies={
            **provided,
            "principal": Provide(principal_of, sync_to_thread=False),
            "visitor": Provide(visitor_of, sync_to_thread=False),
            "client": Provide(_client_of, sync_to_thread=False),
            "known": Provide(known_of, sync_to_thread=False),
            "multipart": Provide(multipart_of, sync_to_thread=False),
        },
        middleware=[
            Streamed,  # first: to it a body of another type is not one too many, but another type
            NoBody,
            *([lambda app: Idempotent(app, idempotency)] if idempotency else []),
        ],
        exception_handlers={Exception: _refuse},
        request_class=StrictRequest,
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
    )


def _always(value: object) -> Callable[[], Any]:
    async def provide() -> Any:
        return value

    return provide


def _client_of(request: Request[Any, Any, Any]) -> str:
    """Dependency `client`: the caller's address."""
    client: str = request.scope["state"]["client"]
    return client


def _refuse(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The one place where a refusal becomes an answer."""
    if isinstance(error, Disconnected):
        raise error  # to the edge: nobody is there to read an answer
    refusal = _refusal(request, error)
    request.scope["state"]["code"] = refusal.code
    return Response(
        failure(refusal),
        status_code=refusal.status,
        media_type="application/json",
        headers=refusal.headers(),
    )


def _refusal(request: Request[Any, Any, Any], error: Exception) -> AulaError:
    match error:
        case AulaError():
            if error.status == InternalError.status:
                log.error("failed", route=request.scope.get("path_template"), exc_info=error)
            return error
        case ValidationException():
            # The body could not be decoded, but what it says of the language may still be read.
            languages.use(_language_in(request.scope["state"]["body"]) or languages.asked())
            return InvalidFields(_fields(error))
        case NotFoundException():
            return NotFound()
        case MethodNotAllowedException():
            return MethodNotAllowed(())
        case HTTPException() if error.status_code < 500:
            return MalformedRequest(error.detail)
        case PyMongoError() if is_outage(error):
            reason = type(error).__name__  # its words may quote documents
            log.warning("no database", route=request.scope.get("path_template"), reason=reason)
            return Unavailable()
    log.error("unhandled error", route=request.scope.get("path_template"), exc_info=error)
    return InternalError()


def _language_in(body: bytes) -> languages.Language | None:
    try:
        members = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    wanted = members.get("language") if isinstance(members, dict) else None
    return languages.known(wanted) if isinstance(wanted, str) else None


def _fields(error: ValidationException) -> dict[str, Text]:
    """What msgspec said about the first wrong field, in the caller's words and language."""
    fields: dict[str, Text] = {}
    for entry in error.extra if isinstance(error.extra, list) else []:
        message, key = str(entry.get("message", "")), str(entry.get("key", "body"))
        named = _BACKQUOTED.search(message)
        within = "" if key in ("data", "body") else f"{key}."
        if message.startswith("Object missing required field") and named:
            fields[f"{within}{named[1]}"] = MISSING
        elif message.startswith("Object contains unknown field") and named:
            fields[f"{within}{named[1][:64]}"] = UNKNOWN
        elif key == "data":
            fields["body"] = _NO_BODY
        else:
            fields[key] = _WRONG_TYPE if ", got `" in message else _INVALID
    return fields
