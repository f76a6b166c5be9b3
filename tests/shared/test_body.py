"""JSON bodies: what must not reach a decoder does not."""

import pytest

from shared.errors import AulaError
from shared.http.asgi import Message
from shared.http.body import Disconnected, read_json


def receiving(*chunks: bytes, complete: bool = True):  # type: ignore[no-untyped-def]
    messages: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks
    ]
    if complete:
        messages[-1]["more_body"] = False

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive


async def read(*chunks: bytes, content_type: str | None = "application/json") -> bytes:
    return await read_json(receiving(*chunks), content_type, None)


async def test_a_body_in_pieces_is_put_together() -> None:
    assert await read(b'{"a":', b"1}") == b'{"a":1}'


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 64 + b"]" * 64,
        b'{"a":"' + b"[" * 1000 + b'"}',
        b'{"a":"\\"' + b"[" * 1000 + b'"}',
        b'{"a":"\\\\"}',
        b'{"a":"\\\\u0000"}',
        "ğüşıöç".join(['"', '"']).encode(),
    ],
)
async def test_deep_enough_and_odd_but_harmless_bodies_pass(body: bytes) -> None:
    assert await read(body) == body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[" * 65 + b"]" * 65, "malformed_request"),
        (b"[" * 100_000, "malformed_request"),
        (b'{"a":"]]]]]]]]","b":' + b"[" * 65, "malformed_request"),
        (b'{"a":"\\"]]]]]]","b":' + b"[" * 65, "malformed_request"),
        (b'{"a":"\xff"}', "malformed_request"),
        (b'{"a":"\\u0000"}', "malformed_request"),
        (b'{"a":"\\\\\\u0000"}', "malformed_request"),
        (b'{"a":"\x00"}', "malformed_request"),
        (b"x" * (1024 * 1024 + 1), "body_too_large"),
    ],
)
async def test_bodies_that_could_hurt_are_refused(body: bytes, code: str) -> None:
    with pytest.raises(AulaError) as refusal:
        await read(body)
    assert refusal.value.code == code


@pytest.mark.parametrize("declared", ["1048577", "-1", "1e3", "²", "9" * 5000])
async def test_a_declared_length_is_believed_before_reading(declared: str) -> None:
    with pytest.raises(AulaError) as refusal:
        await read_json(receiving(b"{}"), "application/json", declared)
    assert refusal.value.status == 413


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/jsonp", "application/"])
async def test_other_media_types_are_refused(content_type: str | None) -> None:
    with pytest.raises(AulaError) as refusal:
        await read(b"{}", content_type=content_type)
    assert refusal.value.status == 415


async def test_parameters_of_the_media_type_are_fine() -> None:
    assert await read(b"{}", content_type="Application/JSON; charset=utf-8") == b"{}"


async def test_a_client_that_leaves_is_noticed() -> None:
    with pytest.raises(Disconnected):
        await read_json(receiving(b'{"a"', complete=False), "application/json", None)
