"""The dev inbox: in development, whoever asks for a code reads it here."""

from typing import Any

from jinja2 import Template
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from services.notifications.dev_inbox.repository import DevInbox
from services.notifications.dev_inbox.schemas import DevMessage
from shared.http.envelope import ok

# The messages hold what others wrote: nothing in the page may run or load.
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
    "vary": "Accept",
}


@get("/dev/inbox")
async def read_dev_inbox(
    request: Request[Any, Any, Any],
    dev_inbox: NamedDependency[DevInbox],
    dev_inbox_page: NamedDependency[Template],
    to: FromQuery[str | None] = None,
) -> Response[Any]:
    """Newest first; `to` leaves those to one address or number."""
    to = (to or "").strip().lower() or None
    messages = [DevMessage.of(message, at) for message, at in await dev_inbox.newest(to)]
    if "application/json" in request.headers.get("accept", ""):
        return Response(ok(messages), headers=_HEADERS)
    page = dev_inbox_page.render(messages=messages, to=to)
    return Response(page, media_type=MediaType.HTML, headers=_HEADERS)


HANDLERS = (read_dev_inbox,)
