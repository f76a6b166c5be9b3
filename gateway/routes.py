"""What the gateway answers itself."""

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from gateway.dashboard import Dashboard, DashboardView
from gateway.documentation import Documentation
from shared.errors import NotFound
from shared.http import health
from shared.http.envelope import Envelope, ok
from shared.http.guards import admin

KEPT = {"conditional": True}  # with an ETag


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
    """Get the numbers of the admin panel.

    How things stand, `months` months of trends (1 to 24; a number beyond is clamped),
    distributions, the latest contacts and test results. What a service that is away would have
    told is null, and the service is named in `degraded`.
    """
    return ok(await dashboard.view(request.headers["authorization"], months))


@get("/openapi.json", media_type=MediaType.JSON, opt=KEPT)
async def openapi(
    request: Request[Any, Any, Any], documentation: NamedDependency[Documentation]
) -> Response[bytes]:
    """The API as an OpenAPI document.

    OpenAPI 3.1, all of it: what the page of `/api/docs` shows.
    It has an `ETag`: asked for again with `If-None-Match`, it is 304 until it changes.
    """
    return await _answer(request, documentation)


@get("/asyncapi.json", media_type=MediaType.JSON, opt=KEPT)
async def asyncapi(
    request: Request[Any, Any, Any], documentation: NamedDependency[Documentation]
) -> Response[bytes]:
    """The events as an AsyncAPI document.

    AsyncAPI 3.0: what the services tell each other.
    It has an `ETag`, as `/openapi.json`.
    """
    return await _answer(request, documentation)


@get("/client.d.ts", media_type=MediaType.TEXT, opt=KEPT)
async def client_types(
    request: Request[Any, Any, Any], documentation: NamedDependency[Documentation]
) -> Response[bytes]:
    """The API as TypeScript definitions.

    Of every request and every answer.
    It has an `ETag`, as `/openapi.json`.
    """
    return await _answer(request, documentation)


@get("/api/docs", media_type=MediaType.HTML, opt=KEPT)
async def reference(
    request: Request[Any, Any, Any], documentation: NamedDependency[Documentation]
) -> Response[bytes]:
    """The API as a page, to read and to try."""
    return await _answer(request, documentation)


@get("/api/docs/{file:str}", include_in_schema=False)
async def part_of_the_page(
    file: FromPath[str],
    request: Request[Any, Any, Any],
    documentation: NamedDependency[Documentation],
) -> Response[bytes]:
    """Its scripts and styles, under names that change with what is in them."""
    return await _answer(request, documentation)


async def _answer(request: Request[Any, Any, Any], documentation: Documentation) -> Response[bytes]:
    document = await documentation.at(request.url.path)
    if document is None:
        raise NotFound
    return document.answer(request)


HANDLERS = (
    hello,
    admin_dashboard,
    openapi,
    asyncapi,
    client_types,
    reference,
    part_of_the_page,
    health.healthz,
    health.readyz,
)
