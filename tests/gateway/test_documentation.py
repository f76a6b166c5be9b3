"""What client developers read: documents and a page, small, cached, and reaching nobody else."""

import gzip
import re

import pytest

from gateway.settings import GatewaySettings
from tests.gateway.client import Answer, ask
from tests.gateway.conftest import PRIVACY_KEY, House, program

DOCUMENTS = {
    "/openapi.json": "application/json",
    "/swagger/json": "application/json",
    "/api/v1/openapi.json": "application/json",
    "/asyncapi.json": "application/json",
    "/client.d.ts": "text/plain; charset=utf-8",
    "/api/docs": "text/html; charset=utf-8",
}
GZIP = "Accept-Encoding: br;q=1.0, gzip;q=0.8, *;q=0.1"


async def parts(port: int) -> dict[str, Answer]:
    """What the page loads, by the kind of the file."""
    page = (await ask(port, "GET", "/api/docs")).body.decode()
    paths = re.findall(r'(?:src|href)="(/api/docs/[^"]+)"', page)
    assert len(paths) == 3
    return {
        re.sub("-[0-9a-f]{16}", "", path.rpartition("/")[2]): await ask(port, "GET", path, GZIP)
        for path in paths
    }


def policy(page: Answer) -> dict[str, str]:
    rules = page["content-security-policy"].split("; ")
    return {name: value for name, _, value in (rule.partition(" ") for rule in rules)}


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_documents_are_compressed_and_not_sent_twice(house: House, path: str) -> None:
    whole = await ask(house.port, "GET", path)
    assert (whole.status, whole["content-type"]) == (200, DOCUMENTS[path])
    assert whole["cache-control"] == "public, no-cache"
    assert not whole.values("content-encoding")

    packed = await ask(house.port, "GET", path, GZIP)
    again = await ask(house.port, "GET", path, GZIP, f'If-None-Match: W/{packed["etag"]}, "x"')
    assert (again.status, again.body, again["etag"]) == (304, b"", packed["etag"])
    assert "Accept-Encoding" in ", ".join(again.values("vary"))
    if packed.values("content-encoding"):
        assert gzip.decompress(packed.body) == whole.body
        assert len(packed.body) < len(whole.body) / 2
        assert packed["etag"] != whole["etag"]
    other = await ask(house.port, "GET", path, 'If-None-Match: "of-another-day"')
    assert (other.status, other.body) == (200, whole.body)
    unwanted = await ask(house.port, "GET", path, "Accept-Encoding: gzip;q=0")
    assert unwanted.body == whole.body


async def test_what_the_page_loads_is_kept_for_good_under_a_name_that_changes(house: House) -> None:
    loaded = await parts(house.port)
    assert set(loaded) == {"scalar.js", "page.js", "page.css"}
    for answer in loaded.values():
        assert (answer.status, answer["cache-control"]) == (
            200,
            "public, max-age=31536000, immutable",
        )
    assert loaded["scalar.js"]["content-encoding"] == "gzip"
    assert len(loaded["scalar.js"].body) < 1_500_000
    assert b"@scalar/api-reference" in gzip.decompress(loaded["scalar.js"].body)


async def test_there_is_nothing_else_beside_the_page(house: House) -> None:
    for path in ("page.js", "scalar-0000000000000000.js", "page.html", "openapi.json", "..%2fx"):
        answer = await ask(house.port, "GET", f"/api/docs/{path}")
        assert answer.status in (400, 404), path


async def test_the_page_may_ask_only_this_gateway_and_production(house: House) -> None:
    page = await ask(house.port, "GET", "/api/docs")
    rules = policy(page)
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["connect-src"] == "'self' https://api.aula.test"
    allowed = {"'self'", "'none'", "'unsafe-inline'", "data:", "https://api.aula.test"}
    assert {source for value in rules.values() for source in value.split()} == allowed
    assert "unsafe-inline" in rules["style-src"]
    assert "<script>" not in page.body.decode()


async def test_in_production_the_gateway_is_the_production_server(house: House) -> None:
    variables = {
        **house.variables,
        "AULA_ENVIRONMENT": "production",
        "AULA_PRIVACY_KEY": PRIVACY_KEY,
        "AULA_DEVELOPMENT_API_URL": "https://dev.example:8443",
    }
    async with program("gateway.app", **variables) as (port, _):
        page = await ask(port, "GET", "/api/docs")
        text = page.body.decode()
    assert 'data-development="https://dev.example:8443"' in text
    assert 'data-production=""' in text
    assert policy(page)["connect-src"] == "'self' https://dev.example:8443"


async def test_operations_that_change_data_carry_a_warning(house: House) -> None:
    api = (await ask(house.port, "GET", "/openapi.json")).json
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            assert method == "get" or operation["x-production-warning"], (method, path)


def test_there_is_a_choice_of_servers_without_any_setting() -> None:
    servers = GatewaySettings.from_environment({}).servers
    assert servers.development is None  # this gateway
    assert servers.production == "https://api.aula.test"
