"""`python -m tests.gateway.quick`: the gateway with a table of its own, in which time is short."""

from gateway.app import create_app
from gateway.settings import GatewaySettings
from gateway.table import MIB, TABLE, Route
from shared.http.server import serve

ROUTES = (
    *TABLE,
    Route("GET", "/soon", "users", "public", timeout=0.4),
    Route("POST", "/soon", "users", "public", timeout=0.4),
    Route("GET", "/drops", "users", "public", timeout=3),
    Route("GET", "/slow", "users", "public", timeout=120),
    Route("POST", "/upload", "users", "public", timeout=120, max_body=200 * MIB),
    Route("GET", "/drip", "users", "public", timeout=3, streams=True),
    Route("POST", "/drip", "users", "public", timeout=3, streams=True, max_body=MIB),
    Route("POST", "/note", "users", "public", timeout=30, max_body=1000),
    Route("POST", "/album", "users", "public", timeout=30, max_body=200_000),
    Route("GET", "/shelf/{id}/{key:path}", "users", "public", aliases=("/s/{id}/{key:path}",)),
    Route("GET", "/maybe", "users", "optional"),
)

if __name__ == "__main__":
    serve("gateway", GatewaySettings, lambda settings: create_app(settings, ROUTES))
