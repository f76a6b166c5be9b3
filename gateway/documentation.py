"""What client developers read: the documents under `reference`, and a page to try the API on.

The page is Scalar's, from the package `offapi`: of that only its bundle is taken, and the page
asks nobody but this gateway, and the server that is chosen on it, for anything.
"""

import asyncio
import importlib.util
from html import escape
from pathlib import Path
from string import Template

import msgspec

from gateway.documents import Document

_REFERENCE = Path(__file__).parent / "reference"
_FILES = {
    "openapi.json": "application/json",
    "asyncapi.json": "application/json",
    "client.d.ts": "text/plain",
}
_PAGE = "/api/docs"


class Servers(msgspec.Struct, frozen=True):
    """Between which servers the page lets choose: their addresses; None is this gateway."""

    development: str | None
    production: str | None


class Documentation:
    """All of it by path. It is read and compressed when somebody first asks for some of it: no
    start waits for what most gateways are never asked for."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._documents: dict[str, Document] = {}
        self._lock = asyncio.Lock()

    async def at(self, path: str) -> Document | None:
        async with self._lock:
            if not self._documents:
                self._documents = await asyncio.to_thread(_documents, self._servers)
        return self._documents.get(path)


def _documents(servers: Servers) -> dict[str, Document]:
    assets = {
        "scalar": _asset(_scalar(), ".js", "text/javascript"),
        "script": _asset(_REFERENCE / "page.js", ".js", "text/javascript"),
        "style": _asset(_REFERENCE / "page.css", ".css", "text/css"),
    }
    page = Template((_REFERENCE / "page.html").read_text()).substitute(
        {name: path for name, (path, _) in assets.items()},
        development=escape(servers.development or ""),
        production=escape(servers.production or ""),
    )
    return {
        **{
            f"/{name}": Document.of((_REFERENCE / name).read_bytes(), media_type)
            for name, media_type in _FILES.items()
        },
        _PAGE: Document.of(page.encode(), "text/html", headers=_guards(servers)),
        **dict(assets.values()),
    }


def _asset(file: Path, suffix: str, media_type: str) -> tuple[str, Document]:
    """It, and the path that it has while its contents are these."""
    document = Document.of(file.read_bytes(), media_type, for_good=True)
    return f"{_PAGE}/{file.stem}-{document.fingerprint}{suffix}", document


def _scalar() -> Path:
    """The package is found, not imported: importing it reads all of its 9 MB."""
    package = importlib.util.find_spec("offapi")
    assert package is not None and package.origin is not None
    return Path(package.origin).with_name("scalar.js")


def _guards(servers: Servers) -> dict[str, str]:
    """What the browser must not let the page do, whatever is in the bundle. Styles are inline in
    Scalar, in elements and in attributes, and no nonce helps attributes."""
    targets = [address for address in (servers.development, servers.production) if address]
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "connect-src": " ".join(["'self'", *targets]),
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
    }
