"""Events are CloudEvents, and belong to the request that caused them."""

from datetime import datetime

import httpx
from nats.aio.msg import Msg

from shared import tracing
from shared.contracts.auth import UserEmailChanged, UserSignedIn
from shared.http.asgi import Receive, Scope, Send, send_json
from shared.http.edge import Edge
from shared.messaging import Transaction
from shared.pseudonyms import Pseudonyms
from shared.tokens import PublicKeys, TokenVerifier
from tests.eventually import eventually
from tests.messaging.replica import Bench, Replica, signed_in

TRACE = "0af7651916cd43dd8448eb211c80319c"


def edge(replica: Replica, event: UserSignedIn) -> Edge:
    """An application that says `event` at each request."""

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await replica.say(event)
        await send_json(send, 200, b"{}")

    return Edge(
        app, TokenVerifier(PublicKeys(), issuer="aula", audience="aula-api"), (), Pseudonyms("k")
    )


async def message(replica: Replica, subject: str) -> Msg:
    return await eventually(lambda: replica.broker.jetstream.get_last_msg("EVENTS", subject))


async def test_request_id_and_trace_go_from_http_through_events_to_handlers_and_on(
    bench: Bench,
) -> None:
    replica = bench.replica()
    traces: list[tracing.Trace] = []

    async def handle(event: UserSignedIn, transaction: Transaction) -> None:
        traces.append(tracing.current())
        transaction.record(UserEmailChanged(user_id=event.user_id, version=1, email="a@b.test"))

    replica.on(UserSignedIn, handle)
    await bench.running(replica)
    transport = httpx.ASGITransport(edge(replica, signed_in()))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://auth.test") as client:
        answer = await client.get(
            "/",
            headers={
                "X-Request-Id": "request-0001",
                "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
            },
        )
    assert answer.headers["x-request-id"] == "request-0001"
    first = await message(replica, "user.signed_in")
    second = await message(replica, "user.email_changed")
    for each in (first, second):
        assert each.headers is not None
        assert each.headers["aula-request-id"] == "request-0001"
        assert each.headers["traceparent"].startswith(f"00-{TRACE}-")
    assert {(trace.request_id, trace.trace_id) for trace in traces} == {("request-0001", TRACE)}


async def test_headers_are_cloudevents_1_0(bench: Bench) -> None:
    replica = await bench.running(bench.replica("auth"))
    event = signed_in()
    await replica.say(event)
    headers = (await message(replica, "user.signed_in")).headers
    assert headers is not None
    assert headers["ce-specversion"] == "1.0"
    assert headers["ce-type"] == "user.signed_in"
    assert headers["ce-source"] == "/aula/auth"
    assert headers["ce-subject"] == event.user_id
    assert headers["ce-id"] == headers["Nats-Msg-Id"]
    assert headers["content-type"] == "application/json"
    assert datetime.fromisoformat(headers["ce-time"]).tzinfo is not None
