"""`/healthz`: the process lives. `/readyz`: it can work. `/metrics`: what it counted."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.http.envelope import Envelope, ok

# A check returns None when all is well, else what is missing, as a short sentence.
Check = Callable[[], Awaitable[str | None]]


class Health(msgspec.Struct, frozen=True):
    status: str


class Readiness(msgspec.Struct, frozen=True):
    """`status` is `ready` or `starting`; `checks` says `ok` or what is missing."""

    status: str
    checks: dict[str, str]


async def readiness(checks: Mapping[str, Check]) -> Readiness:
    found = {name: await check() for name, check in checks.items()}
    status = "starting" if any(found.values()) else "ready"
    return Readiness(status, {name: problem or "ok" for name, problem in found.items()})


@get("/healthz")
async def healthz() -> Envelope[Health]:
    """Ask whether the process lives."""
    return ok(Health("ok"))


@get("/readyz", opt={"statuses": (200, 503)})
async def readyz(checks: NamedDependency[dict[str, Check]]) -> Response[Envelope[Readiness]]:
    """Ask whether it can work.

    If not, it is a 503, and `checks` says what is missing.
    """
    state = await readiness(checks)
    status = 200 if state.status == "ready" else 503
    envelope = Envelope(
        is_success=status == 200,
        status_code=status,
        data=state,
        errors=[],
        timestamp=ok(None).timestamp,
    )
    return Response(envelope, status_code=status)


@get("/metrics", media_type=MediaType.TEXT)
async def metrics() -> Response[bytes]:
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


HANDLERS = (healthz, readyz, metrics)
