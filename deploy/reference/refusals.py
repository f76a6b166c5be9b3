"""What an operation can refuse, and how the document says it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from deploy.reference.operations import Operation
from deploy.reference.schemas import Json
from gateway.errors import (
    AccountDeletionPending,
    BadGateway,
    EncodedBody,
    GatewayTimeout,
    MalformedPath,
    StandingUnknown,
    UpstreamAway,
)
from shared.errors import (
    STATUS_TEXTS,
    AulaError,
    AuthenticationRequired,
    BodyTooLarge,
    HeadersTooLarge,
    InsufficientPermissions,
    InternalError,
    MalformedRequest,
    NotFound,
    RequestTimeout,
    TooManyRequests,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shared.http.files import RangeNotSatisfiable
from shared.http.idempotency import KeyReused, StillRunning, Unanswered

Refusal = type[AulaError]

# Of any operation, whoever calls and whatever is sent.
OTHERWISE: tuple[Refusal, ...] = (
    RequestTimeout,
    HeadersTooLarge,
    InternalError,
    BadGateway,
    Unavailable,
    UpstreamAway,
    StandingUnknown,
    GatewayTimeout,
)
_WHEN = "2026-02-14T09:58:22.016Z"


def of(operation: Operation) -> list[Refusal]:
    """Each once, those of its own first."""
    return list(dict.fromkeys([*operation.refuses, *_usual(operation)]))


def _usual(operation: Operation) -> Iterator[Refusal]:
    route = operation.route
    yield from (ValidationFailed, MalformedRequest, MalformedPath, AuthenticationRequired)
    if route.role is not None and route.role != "user":
        yield InsufficientPermissions
    if route.bars_leaving:
        yield AccountDeletionPending
    if operation.in_path:
        yield NotFound
    if operation.opt("idempotent"):
        yield from (StillRunning, Unanswered, KeyReused)
    yield from (BodyTooLarge, UnsupportedMediaType, EncodedBody)
    if operation.opt("file"):
        yield RangeNotSatisfiable
    yield TooManyRequests


class Answers:
    """The answers that are refusals: `components` has each set of codes once."""

    def __init__(self) -> None:
        self.components: Json = {}

    def to(self, operation: Operation) -> Json:
        """By status; `default` is what can go wrong with any operation."""
        by_status: defaultdict[int, list[Refusal]] = defaultdict(list)
        for refusal in of(operation):
            by_status[refusal.status].append(refusal)
        for refusal in OTHERWISE:
            if refusal.status in by_status:
                by_status[refusal.status].append(refusal)
        found = {str(status): self._kept(by_status[status], status) for status in sorted(by_status)}
        return {**found, "default": self._kept(OTHERWISE, None)}

    def _kept(self, refusals: Iterable[Refusal], status: int | None) -> Json:
        codes = dict.fromkeys(refusal.code for refusal in refusals)
        name = "-".join(codes) if status else "otherwise"
        if name not in self.components:
            self.components[name] = _answer(refusals, status)
        return {"$ref": f"#/components/responses/{name}"}


def examples(refusals: Iterable[Refusal]) -> Json:
    return {refusal.code: {"value": _example(refusal)} for refusal in refusals}


def _answer(refusals: Iterable[Refusal], status: int | None) -> Json:
    codes = {refusal.code: refusal for refusal in refusals}
    general = STATUS_TEXTS[status].en if status else "What can go wrong with any operation"
    lines = [f"- `{code}`{_said(refusal, status)}" for code, refusal in codes.items()]
    shape: Json = {"code": {"enum": list(codes)}}
    if status is not None:
        shape["statusCode"] = {"const": status}
    return {
        "description": f"{general}\n\n" + "\n".join(lines),
        "headers": _headers(codes.values()),
        "content": {
            "application/json": {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Refused"},
                        {"type": "object", "properties": shape},
                    ]
                },
                "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
            }
        },
    }


def _said(refusal: Refusal, status: int | None) -> str:
    text = f": {refusal.text.en}" if refusal.text else ""
    if status is None:
        return f" ({refusal.status}){text or ': ' + STATUS_TEXTS[refusal.status].en}"
    return text


def _headers(refusals: Iterable[Refusal]) -> Json:
    names = ["X-Request-Id"]
    for refusal in refusals:
        if issubclass(refusal, AuthenticationRequired):
            names += ["WWW-Authenticate"]
        if issubclass(refusal, TooManyRequests | Unavailable):
            names += ["Retry-After"]
        if issubclass(refusal, RangeNotSatisfiable):
            names += ["Content-Range"]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in dict.fromkeys(names)}


def _example(refusal: Refusal) -> Json:
    """As it is answered in English; what differs from case to case is left out."""
    lines = [STATUS_TEXTS[refusal.status].en]
    if refusal is ValidationFailed:
        lines += ["email: is required"]
    elif refusal.text:
        lines += [refusal.text.en]
    return {
        "isSuccess": False,
        "statusCode": refusal.status,
        "data": None,
        "errors": lines,
        "code": refusal.code,
        "timestamp": _WHEN,
    }
