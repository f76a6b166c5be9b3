"""The gateway: `python -m gateway.app`."""

from collections.abc import Sequence

from gateway.clients import Clients
from gateway.cors import Cors
from gateway.dashboard import Dashboard
from gateway.documentation import Documentation
from gateway.edge import Edge
from gateway.exchange import Watch
from gateway.hub import Hub
from gateway.inquiries import Inquiries
from gateway.limits import RateLimits
from gateway.proxy import Proxy
from gateway.routes import HANDLERS
from gateway.settings import GatewaySettings
from gateway.table import TABLE, Route, RouteTable, present
from gateway.upstreams import Upstreams
from shared.clock import utc_now
from shared.http.app import create_litestar
from shared.http.asgi import App
from shared.http.server import serve


def create_app(settings: GatewaySettings, routes: Sequence[Route] = TABLE) -> App:
    upstreams = Upstreams(settings.services)
    watch = Watch()
    hub = Hub(settings, upstreams, watch)
    dependencies = {
        "checks": hub.checks(),
        "dashboard": Dashboard(Inquiries(upstreams), utc_now),
        "documentation": Documentation(settings.servers),
    }
    return Edge(
        own=create_litestar(HANDLERS, dependencies, None, hub.lifespan),  # type: ignore[arg-type]  # ASGI by other names
        table=RouteTable(present(routes, settings.environment)),
        clients=Clients(settings.trusted_proxies),
        cors=Cors(settings.cors_origins),
        verifier=hub.verifier,
        standing=hub.standing,
        limits=RateLimits(
            {"public": settings.rate_public, "user": settings.rate_user},
            exempt_loopback=not settings.is_production,
        ),
        proxy=Proxy(upstreams),
        watch=watch,
        in_production=settings.is_production,
    )


if __name__ == "__main__":
    serve("gateway", GatewaySettings, create_app)
