"""What the gateway answers itself."""

import msgspec
from litestar import get

from shared.http import health
from shared.http.envelope import Envelope, ok


class Hello(msgspec.Struct, frozen=True):
    message: str


@get("/")
async def hello() -> Envelope[Hello]:
    return ok(Hello("Hello, this is Aula."))


HANDLERS = (hello, health.healthz, health.readyz)
