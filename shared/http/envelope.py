"""The envelope around every JSON answer, success or error."""

from typing import Generic, TypeVar

import msgspec

from shared import languages
from shared.clock import timestamp, utc_now
from shared.errors import AulaError

T = TypeVar("T")


class Envelope(msgspec.Struct, Generic[T], frozen=True, kw_only=True, rename="camel"):
    is_success: bool
    status_code: int
    data: T
    errors: list[str]
    timestamp: str


class ErrorEnvelope(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    is_success: bool
    status_code: int
    data: None
    errors: list[str]
    code: str
    timestamp: str


def ok(data: T, status: int = 200) -> Envelope[T]:
    return Envelope(
        is_success=True, status_code=status, data=data, errors=[], timestamp=timestamp(utc_now())
    )


def created(data: T) -> Envelope[T]:
    return ok(data, 201)


def failure(error: AulaError) -> bytes:
    """The JSON of a refusal, in the language of the request at hand."""
    return msgspec.json.encode(
        ErrorEnvelope(
            is_success=False,
            status_code=error.status,
            data=None,
            errors=error.lines(languages.current()),
            code=error.code,
            timestamp=timestamp(utc_now()),
        )
    )
