"""What every message looks like, in development."""

from typing import Any

from jinja2 import Template as Page
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from services.notifications.deliveries.messages import Composer
from services.notifications.previews.samples import TEMPLATES, channels_of, preview
from shared import languages
from shared.clock import utc_now
from shared.errors import NotFound
from shared.http.envelope import ok
from shared.languages import LANGUAGES

_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
    "vary": "Accept",
}


@get("/dev/templates")
async def read_templates(
    request: Request[Any, Any, Any],
    composer: NamedDependency[Composer],
    templates_page: NamedDependency[Page],
    template: FromQuery[str | None] = None,
    language: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None,
) -> Response[Any]:
    """All of them or, of one, what it looks like: a mail as a browser shows it, the rest as plain
    text; as JSON, whole."""
    as_json = "application/json" in request.headers.get("accept", "")
    if template is None:
        offered = [{"template": each, "channels": channels_of(each)} for each in TEMPLATES]
        if as_json:
            data = {"templates": offered, "languages": LANGUAGES}
            return Response(ok(data), headers=_HEADERS)
        page = templates_page.render(templates=offered, languages=LANGUAGES)
        return Response(page, media_type=MediaType.HTML, headers=_HEADERS)
    found = next((each for each in TEMPLATES if each == template), None)
    spoken = languages.known(language) if language else languages.current()
    if found is None or spoken is None:
        raise NotFound
    ways = channels_of(found)
    way = next((each for each in ways if each == (channel or ways[0])), None)
    if way is None:
        raise NotFound
    seen = preview(found, spoken, way, composer, utc_now())
    if as_json:
        return Response(ok(seen), headers=_HEADERS)
    if seen.html is not None:
        return Response(seen.html, media_type=MediaType.HTML, headers=_HEADERS)
    text = f"{seen.subject}\n\n{seen.text}\n"
    return Response(text, media_type=MediaType.TEXT, headers=_HEADERS)


HANDLERS = (read_templates,)
