"""What the gateway answers itself."""

from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from gateway.dashboard import Dashboard, DashboardView
from shared.http import health
from shared.http.envelope import Envelope, ok
from shared.http.guards import admin


class Hello(msgspec.Struct, frozen=True):
    message: str


@get("/")
async def hello() -> Envelope[Hello]:
    """Say hello."""
    return ok(Hello("Hello, this is Aula."))


@get("/admin/dashboard", guards=[admin])
async def admin_dashboard(
    request: Request[Any, Any, Any],
    dashboard: NamedDependency[Dashboard],
    months: FromQuery[int | None] = None,
) -> Envelope[DashboardView]:
    """The numbers of the admin panel: how things stand, `months` months of trends (1 to 24, 6 by
    default; a number beyond is clamped), distributions, the latest contacts and test results.
    What a service that is away would have told is null, and the service named in `degraded`."""
    return ok(await dashboard.view(request.headers["authorization"], months))


HANDLERS = (hello, admin_dashboard, health.healthz, health.readyz)
