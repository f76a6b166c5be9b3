"""`Idempotency-Key` on forms: the same form twice is one upload."""

import asyncio

import httpx

from shared.ids import new_id
from tests.eventually import eventually
from tests.gateway.client import Client
from tests.storage import samples
from tests.storage.conftest import Storage
from tests.storage.test_faults import END, FRAME, head

PNG = samples.png()


async def upload(
    storage: Storage,
    user: str,
    key: str,
    *,
    name: str = "a.png",
    folder: str = "public",
    content: bytes = PNG,
) -> httpx.Response:
    """Each with a boundary of its own."""
    return await storage.http.post(
        "/storage/upload",
        files={"file": (name, content)},
        data={"folder": folder},
        headers={**storage.bearer(user=user), "Idempotency-Key": key},
    )


async def test_a_form_sent_again_is_answered_as_the_first_and_kept_once(local: Storage) -> None:
    user, key, before = new_id(), new_id(), len(await local.at_rest())
    first, again = [await upload(local, user, key) for _ in range(2)]
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["data"] == first.json()["data"]
    assert again.headers["idempotency-replayed"] == "true"
    assert len(await local.at_rest()) == before + 1


async def test_another_form_with_the_same_key_is_refused_and_leaves_nothing(local: Storage) -> None:
    user, key = new_id(), new_id()
    assert (await upload(local, user, key)).status_code == 201
    before = await local.at_rest()
    for other in (
        {"content": samples.png(filling=3)},
        {"name": "b.png"},
        {"folder": "else"},
    ):
        answer = await upload(local, user, key, **other)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await local.at_rest() == before
    assert local.spooled() == []
    assert (await upload(local, new_id(), key)).status_code == 201  # keys belong to the caller


async def test_of_the_same_form_ten_times_at_once_one_is_kept(local: Storage) -> None:
    user, key, before = new_id(), new_id(), len(await local.at_rest())
    answers = await asyncio.gather(*(upload(local, user, key) for _ in range(10)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = [answer.json()["data"]["key"] for answer in answers if answer.status_code == 201]
    assert len(set(made)) == 1
    assert len(await local.at_rest()) == before + 1


async def test_a_form_refused_before_its_end_leaves_its_key_free(local: Storage) -> None:
    user, key = new_id(), new_id()
    refused = await upload(local, user, key, content=b"no picture " * 100_000)
    assert refused.status_code == 415
    assert (await upload(local, user, key)).status_code == 201


async def test_a_form_cut_short_leaves_its_key_free(local: Storage) -> None:
    user, key = new_id(), new_id()
    body = FRAME + PNG + END
    request = head(local, len(body)).replace(
        b"\r\n\r\n", f"\r\nIdempotency-Key: {key}\r\n\r\n".encode(), 1
    )
    async with await Client.to(local.port) as client:
        client.send(request + body[:-30])
        await eventually(lambda: local.database["idempotency"].find_one({"answer": None}))
    # Cut off here, by somebody else than `user`: nothing of it stays.

    async def forgotten() -> bool:
        return await local.database["idempotency"].find_one({"answer": None}) is None

    await eventually(forgotten, within=30)
    assert (await upload(local, user, key)).status_code == 201
