"""Which headers pass the gateway, and in which form."""

from collections.abc import Iterable

from shared.errors import MalformedRequest

Headers = list[tuple[bytes, bytes]]

# Everything else stays outside: `X-User-Id` and its like mean nothing to any service, and cannot.
_PASSED_ON = (
    b"accept",
    b"accept-language",
    b"authorization",
    b"content-type",
    b"idempotency-key",
    b"if-match",
    b"if-modified-since",
    b"if-none-match",
    b"if-range",
    b"range",
    b"tracestate",
    b"user-agent",
    b"x-device-id",
    b"x-language",
    b"x-platform",
)
# What pages in browsers may send: that, and what the gateway reads itself.
FROM_PAGES = (*_PASSED_ON, b"traceparent", b"x-request-id")

_HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
# The gateway says these itself.
_NOT_FROM_SERVICES = _HOP_BY_HOP | {
    b"access-control-allow-credentials",
    b"access-control-allow-headers",
    b"access-control-allow-methods",
    b"access-control-allow-origin",
    b"access-control-expose-headers",
    b"access-control-max-age",
    b"date",
    b"server",
    b"strict-transport-security",
    b"x-content-type-options",
    b"x-request-id",
}
_FRAMING = frozenset((b"content-length", b"host", b"transfer-encoding"))
_ORDINARY_CONNECTION = frozenset((b"close", b"keep-alive", b"upgrade"))

_NO_STORE = (b"cache-control", b"no-store")
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def drop_named_by_connection(headers: dict[bytes, bytes]) -> None:
    """Takes out what `Connection` declares to be between the client and us alone: so that policy
    and service see the same request. MalformedRequest if that would change where it ends."""
    connection = headers.get(b"connection")
    if connection is None or connection in (b"keep-alive", b"close"):
        return
    named = _tokens(connection) - _ORDINARY_CONNECTION
    if named & _FRAMING:
        raise MalformedRequest("Connection names a header that a request cannot be without")
    for name in named:
        headers.pop(name, None)


def for_service(headers: dict[bytes, bytes]) -> Headers:
    return [(name, headers[name]) for name in _PASSED_ON if name in headers]


def for_client(answer: Headers, additions: Headers) -> Headers:
    """The headers of a service's answer, as they go out: `additions` are the gateway's own."""
    named = _no_names
    for name, value in answer:
        if name == b"connection" and value != b"keep-alive":
            named = _tokens(value)
    passed = [pair for pair in answer if pair[0] not in _NOT_FROM_SERVICES and pair[0] not in named]
    names = [pair[0] for pair in passed]
    if b"cache-control" not in names:
        passed.append(_NO_STORE)
    passed.append(_NO_SNIFFING)
    passed += additions
    return passed


def of_our_own(additions: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers of an answer that the gateway gives itself."""
    return [_NO_STORE, _NO_SNIFFING, *additions]


_no_names: frozenset[bytes] = frozenset()


def _tokens(value: bytes) -> frozenset[bytes]:
    return frozenset(token.strip().lower() for token in value.split(b","))
