"""Everything every service holds on a person, in one zip, for whoever has the link."""

import asyncio
import io
import json
import os
import random
import zipfile
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import msgspec
import pytest

from services.users.erasures.domain import SERVICES
from services.users.exports.archive import SLICE, PartMissing, unpacked
from services.users.exports.domain import Export
from shared.clock import utc_now
from shared.contracts.users import UserExported, UserExportRequested
from shared.ids import new_id
from shared.mongo import Document
from shared.seal import Seal
from tests.eventually import eventually
from tests.users.conftest import PRIVACY_KEY, Users
from tests.users.others import OTHERS, answer_for, completed, erasure_of

PATH = "/users/me/export"
DAY = timedelta(days=1)

Bearer = dict[str, str]


async def asked(users: Users, bearer: Bearer) -> Document:
    answer = await users.http.get(PATH, headers=bearer)
    assert (answer.status_code, answer.json()["statusCode"]) == (202, 202)
    return answer.json()["data"]


def pieces(
    user_id: str, export_id: str, service: str, held: Document, parts: int = 1
) -> list[UserExported]:
    """What `service` answers: the JSON of `held`, in so many parts."""
    packed = zlib.compress(json.dumps(held).encode())
    size = -(-len(packed) // parts)
    seal, answer = Seal(PRIVACY_KEY), new_id()
    return [
        UserExported(
            user_id=user_id,
            export_id=export_id,
            service=service,
            chunk=number,
            chunks=parts,
            sealed=seal.close(packed[number * size : (number + 1) * size], export_id),
            answer=answer,
        )
        for number in range(parts)
    ]


async def others_answer(users: Users, user_id: str, export_id: str, *services: str) -> None:
    for service in services:
        for piece in pieces(user_id, export_id, service, {"of": [{"service": service}]}):
            await users.say(piece)


async def ready(users: Users, bearer: Bearer) -> Document:
    async def is_ready() -> Document | None:
        data = await asked(users, bearer)
        return data if data["status"] == "ready" else None

    return await eventually(is_ready, within=30)


async def download(users: Users, url: str) -> dict[str, Document]:
    answer = await users.http.get(url)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


async def wind_back(users: Users, export_id: str, by: timedelta) -> None:
    """As if so much time had passed."""
    members = ("requested_at", "asked_at", "expires_at")
    earlier = {
        name: {"$subtract": [f"${name}", by // timedelta(milliseconds=1)]} for name in members
    }
    await users.database["exports"].update_one({"_id": export_id}, [{"$set": earlier}])


def test_pieces_in_any_order_and_twice_make_one_export() -> None:
    now = utc_now()
    fresh = Export.fresh(new_id(), new_id(), now)
    arrivals = [(service, chunk) for service in fresh.silent for chunk in range(3)] * 2
    for _ in range(20):
        random.shuffle(arrivals)
        export = fresh
        for service, chunk in arrivals:
            assert not export.is_ready or not export.silent
            if export.wants(service):
                export = export.received(service, "answer", chunk, 3, now)
        assert (export.is_ready, export.silent) == (True, ())


def test_pieces_of_two_answers_are_not_mixed() -> None:
    now = utc_now()
    export = Export.fresh(new_id(), new_id(), now)
    export = export.received("auth", "first", 0, 2, now).received("auth", "second", 1, 2, now)
    assert export.wants("auth")
    export = export.received("auth", "second", 0, 2, now)
    assert export.whole == {"auth": "second"}


async def test_an_export_is_gathered_and_handed_out(users: Users) -> None:
    user_id, bearer = await users.somebody()
    await users.http.patch("/me", headers=bearer, json={"name": "Ada", "bio": "Dichterin"})
    first = await asked(users, bearer)
    assert first["status"] == "gathering"
    assert (first["expiresAt"], first["url"]) == (None, None)
    assert set(first) == {"exportId", "status", "requestedAt", "expiresAt", "url"}
    await others_answer(users, user_id, first["exportId"], *OTHERS)
    data = await ready(users, bearer)
    assert data["exportId"] == first["exportId"]
    answer = await users.http.get(data["url"])
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    files = await download(users, data["url"])
    assert set(files) == {f"{service}.json" for service in (*OTHERS, "users")}
    (profile,) = files["users.json"]["profile"]
    assert (profile["id"], profile["profile"]["name"]) == (user_id, "Ada")
    assert files["auth.json"] == {"of": [{"service": "auth"}]}


async def test_the_owner_is_told_the_link_and_nobody_else(users: Users) -> None:
    user_id, bearer = await users.somebody()
    export_id = (await asked(users, bearer))["exportId"]
    await others_answer(users, user_id, export_id, *OTHERS)
    url = (await ready(users, bearer))["url"]
    row = await users.database["outbox"].find_one(
        {"traces": user_id, "subject": "user.export_ready"}
    )
    event = json.loads(row["payload"])
    assert Seal(PRIVACY_KEY).open(event["sealedPath"], export_id).decode() == url
    token = url.rsplit("/", 1)[1]
    assert token.encode() not in row["payload"]
    for name in await users.database.list_collection_names():
        async for document in users.database[name].find({}):
            assert token not in str(document), name


async def test_calls_while_one_is_under_way_or_young_give_the_same(users: Users) -> None:
    user_id, bearer = await users.somebody()
    calls = await asyncio.gather(*(asked(users, bearer) for _ in range(10)))
    assert len({data["exportId"] for data in calls}) == 1
    assert len(await users.said(user_id, UserExportRequested)) == 1
    export_id = calls[0]["exportId"]
    await others_answer(users, user_id, export_id, *OTHERS)
    await ready(users, bearer)
    assert (await asked(users, bearer))["exportId"] == export_id
    await wind_back(users, export_id, DAY)
    assert (await asked(users, bearer))["exportId"] != export_id


async def test_after_a_minute_only_the_silent_are_asked_again(users: Users) -> None:
    user_id, bearer = await users.somebody()
    export_id = (await asked(users, bearer))["exportId"]
    await others_answer(users, user_id, export_id, "auth")

    async def waits() -> bool:
        export = await users.database["exports"].find_one({"_id": export_id})
        return set(export["whole"]) == {"auth", "users"}

    await eventually(waits, within=30)
    await asked(users, bearer)
    assert len(await users.said(user_id, UserExportRequested)) == 1
    await wind_back(users, export_id, timedelta(minutes=2))
    await asyncio.gather(*(asked(users, bearer) for _ in range(5)))
    asked_for = [event.services for event in await users.said(user_id, UserExportRequested)]
    assert asked_for == [SERVICES, ("learning", "notifications")]
    await others_answer(users, user_id, export_id, "learning", "notifications")
    await ready(users, bearer)


async def test_many_parts_in_any_order_make_one_file(users: Users) -> None:
    user_id, bearer = await users.somebody()
    export_id = (await asked(users, bearer))["exportId"]
    held = {"results": [{"answer": os.urandom(400_000).hex()} for _ in range(2)]}
    parts = pieces(user_id, export_id, "learning", held, parts=7)
    random.shuffle(parts)
    for part in parts:
        await users.say(part)
    await others_answer(users, user_id, export_id, "auth", "notifications")
    files = await download(users, (await ready(users, bearer))["url"])
    assert files["learning.json"] == held


@pytest.mark.parametrize("size", [0, 1, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE])
async def test_what_was_packed_comes_out_whole_wherever_it_was_cut(size: int) -> None:
    content = b"a" * size
    packed = zlib.compress(content)
    for cut in (0, 1, len(packed) // 2, len(packed)):
        assert (
            b"".join([piece async for piece in unpacked(_each(packed[:cut], packed[cut:]))])
            == content
        )
    with pytest.raises(PartMissing):
        assert [piece async for piece in unpacked(_each(packed[:-1]))]


async def _each(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_an_answer_that_does_not_open_is_not_taken(users: Users) -> None:
    user_id, bearer = await users.somebody()
    export_id = (await asked(users, bearer))["exportId"]
    (part,) = pieces(user_id, export_id, "learning", {"results": []})
    sealed = Seal("another key").close(b"whatever", export_id)
    await users.say(msgspec.structs.replace(part, sealed=sealed))
    await others_answer(users, user_id, export_id, *OTHERS)
    assert set(await download(users, (await ready(users, bearer))["url"])) >= {"learning.json"}


async def test_a_wrong_or_old_link_leads_nowhere(users: Users) -> None:
    user_id, bearer = await users.somebody()
    export_id = (await asked(users, bearer))["exportId"]
    await others_answer(users, user_id, export_id, *OTHERS)
    url = (await ready(users, bearer))["url"]
    other = "0" if url[-1] != "0" else "1"
    for wrong in (url[:-1] + other, url[:-1], url + "0", f"/users/exports/{export_id}", f"{url}é"):
        answer = await users.http.get(wrong)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    await wind_back(users, export_id, 7 * DAY)
    assert (await users.http.get(url)).status_code == 404


async def test_a_link_of_an_export_that_is_not_ready_leads_nowhere(users: Users) -> None:
    user_id, bearer = await users.somebody()
    export_id = (await asked(users, bearer))["exportId"]
    await others_answer(users, user_id, export_id, *OTHERS)
    url = (await ready(users, bearer))["url"]
    await users.database["exports"].update_one(
        {"_id": export_id}, {"$set": {"status": "gathering"}}
    )
    assert (await users.http.get(url)).status_code == 404


async def test_parts_end_with_the_export(users: Users) -> None:
    user_id, bearer = await users.somebody()
    export_id = (await asked(users, bearer))["exportId"]
    await others_answer(users, user_id, export_id, *OTHERS)
    await ready(users, bearer)
    export = await users.database["exports"].find_one({"_id": export_id})
    ends = await users.database["export_parts"].distinct("expires_at", {"export_id": export_id})
    assert ends == [export["expires_at"]]
    for name in ("exports", "export_parts"):
        indexes = await users.database[name].index_information()
        assert indexes["expiry"]["expireAfterSeconds"] == 0


async def test_an_export_is_erased_with_its_person(users: Users) -> None:
    user_id, bearer = await users.somebody()
    export_id = (await asked(users, bearer))["exportId"]
    await others_answer(users, user_id, export_id, *OTHERS)
    url = (await ready(users, bearer))["url"]
    await users.http.post("/users/me/account-deletion", headers=bearer)
    await users.http.post("/users/me/account-deletion/finalize-now", headers=bearer)
    erasure = await erasure_of(users, user_id)
    await answer_for(users, erasure["_id"], *OTHERS)
    await completed(users, erasure["_id"])
    gone: httpx.Response = await users.http.get(url)
    assert gone.status_code == 404
    # Late answers, and a late question, bring nothing back.
    await others_answer(users, user_id, export_id, *OTHERS)
    await users.say(UserExportRequested(user_id=user_id, export_id=export_id))
    await users.has_caught_up()
    await ready_for_somebody(users)
    for name in await users.database.list_collection_names():
        async for document in users.database[name].find({}):
            assert user_id not in str(document), name


async def ready_for_somebody(users: Users) -> None:
    """Returns when what came before in the same streams was handled."""
    user_id, bearer = await users.somebody()
    export_id = (await asked(users, bearer))["exportId"]
    await others_answer(users, user_id, export_id, *OTHERS)
    await ready(users, bearer)


async def test_without_a_token_there_is_no_export(users: Users) -> None:
    assert (await users.http.get(PATH)).status_code == 401
