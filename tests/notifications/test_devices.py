"""Devices: where pushes go, whose they are, and when they are forgotten."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from deploy.stack import Stack
from services.notifications.devices.domain import MOST_DEVICES, device_row
from services.notifications.devices.repository import Devices, EndedSessions
from services.notifications.devices.service import DeviceService
from services.notifications.people import Person
from shared.acquaintances import Acquaintances, People
from shared.clock import timestamp, utc_now
from shared.contracts.auth import SessionRevoked
from shared.contracts.users import UserExportRequested
from shared.ids import new_id
from shared.messaging import Outbox, Relay
from shared.pseudonyms import Pseudonyms
from shared.tombstones import Tombstones
from tests.notifications.api import Api, running
from tests.notifications.people import SEAL, deleted, told
from tests.notifications.running import PRIVACY_KEY
from tests.profiling import profiler, scans

PATH = "/notifications/device-token"


@pytest.fixture(scope="module")
async def api(backbone: Stack) -> AsyncIterator[Api]:
    async with running(backbone) as api:
        yield api


def body(token: str | None, **more: Any) -> dict[str, Any]:
    return {"token": token, "platform": "ios", "deviceId": "phone", **more}


def session_ended(user_id: str, session_id: str) -> SessionRevoked:
    return SessionRevoked(
        user_id=user_id, session_id=session_id, reason="logout", revoked_at=timestamp(utc_now())
    )


async def test_a_device_has_one_row_however_often_it_registers(api: Api) -> None:
    ada = new_id()
    who = api.bearer(ada)
    first, second = new_id(), new_id()
    more = {"timezone": "Europe/Istanbul", "liveActivityPushToStartToken": f"start-{first}"}
    assert await api.call("POST", PATH, who, body(first, **more)) == {"success": True}
    answers = await asyncio.gather(
        *(api.http.post(PATH, json=body(second), headers=who) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {200}
    (device,) = await api.devices_of(ada)
    assert (device["token"], device["platform"]) == (second, "ios")
    assert device["start_token"] == f"start-{first}"
    await api.call("POST", PATH, who, body(None, platform="android", timezone=None))
    (device,) = await api.devices_of(ada)
    assert (device["token"], device["platform"], device["timezone"]) == (second, "android", None)
    await api.call("POST", PATH, who, body(None, liveActivityPushToStartToken=None))
    (device,) = await api.devices_of(ada)
    assert (device["start_token"], device["start_token_at"]) == (None, None)


async def test_a_phone_that_changes_hands_is_one_persons_only(api: Api) -> None:
    ada, bob, token, start = new_id(), new_id(), new_id(), new_id()
    await api.call("POST", PATH, api.bearer(ada), body(token, deviceId="old phone"))
    await api.call("POST", PATH, api.bearer(bob), body(token, deviceId="new phone"))
    assert await api.devices_of(ada) == []
    assert [each["token"] for each in await api.devices_of(bob)] == [token]
    starts = body(None, liveActivityPushToStartToken=start)
    await api.call("POST", PATH, api.bearer(bob), starts)
    await api.call("POST", PATH, api.bearer(ada), starts)
    assert [each["token"] for each in await api.devices_of(bob)] == [token]
    assert [each["start_token"] for each in await api.devices_of(ada)] == [start]


async def test_of_many_who_register_one_token_at_once_one_has_it(api: Api) -> None:
    people, token = [new_id() for _ in range(8)], new_id()
    answers = await asyncio.gather(
        *(api.http.post(PATH, json=body(token), headers=api.bearer(each)) for each in people)
    )
    assert {answer.status_code for answer in answers} == {200}
    assert await api.database["devices"].count_documents({"token": token}) == 1


async def test_a_token_is_forgotten_by_its_owner_only_and_as_often_as_they_like(api: Api) -> None:
    ada, bob, token = new_id(), new_id(), f"{new_id()}:APA-91_b"
    await api.call("POST", PATH, api.bearer(ada), body(token))
    done = await api.call("DELETE", f"{PATH}/{token}", api.bearer(bob))
    assert done == {"success": True}
    assert (await api.devices_of(ada))[0]["token"] == token
    for _ in range(2):
        await api.call("DELETE", f"{PATH}/{token}", api.bearer(ada))
    (device,) = await api.devices_of(ada)
    assert (device["token"], device["token_at"]) == (None, None)


async def test_the_oldest_of_too_many_devices_goes(api: Api) -> None:
    ada = new_id()
    names = [f"device {number}" for number in range(MOST_DEVICES + 2)]
    for name in names:
        await api.call("POST", PATH, api.bearer(ada), body(new_id(), deviceId=name))
    assert {each["device_id"] for each in await api.devices_of(ada)} == set(names[2:])


async def test_a_session_that_ended_leaves_no_device_behind_even_in_the_same_moment(
    api: Api,
) -> None:
    ada, session, other = await api.somebody(), new_id(), new_id()
    who = api.bearer(ada, session=session)
    await api.call("POST", PATH, who, body(new_id()))
    await api.call("POST", PATH, api.bearer(ada, session=other), body(new_id(), deviceId="pad"))

    async def register_until_refused() -> None:
        while (await api.http.post(PATH, json=body(new_id()), headers=who)).status_code == 200:
            pass

    registering = asyncio.create_task(register_until_refused())
    await told(api.auth, api.service, session_ended(ada, session))
    await asyncio.wait_for(registering, 60)
    assert [each["device_id"] for each in await api.devices_of(ada)] == ["pad"]
    await api.call("POST", PATH, who, body(new_id()), status=401)


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": ""},
        {"token": "with space"},
        {"token": "a/b"},
        {"token": "x" * 1025},
        {"token": 5},
        {"token": {"$gt": ""}},
        {"platform": "symbian"},
        {"deviceId": ""},
        {"deviceId": "a\nb"},
        {"deviceId": "x" * 201},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"liveActivityPushToStartToken": "ğ"},
        {"userId": new_id()},
    ],
)
async def test_what_is_no_registration_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    ada = new_id()
    answer = await api.call("POST", PATH, api.bearer(ada), body("fine") | wrong, status=400)
    assert next(iter(wrong)) in answer["errors"][1]
    assert await api.devices_of(ada) == []


async def test_nobody_registers_without_a_token_of_ours(api: Api) -> None:
    await api.call("POST", PATH, None, body("fine"), status=401)
    await api.call("DELETE", f"{PATH}/fine", None, status=401)


async def test_a_dead_token_is_forgotten_unless_it_was_said_to_live_since(api: Api) -> None:
    ada, token = new_id(), new_id()
    await api.call("POST", PATH, api.bearer(ada), body(token))
    row, database = device_row(ada, "phone"), api.database
    client: Any = database.client
    tombstones = Tombstones(database["tombstones"], Pseudonyms(PRIVACY_KEY))
    devices = DeviceService(
        Devices(database["devices"]),
        EndedSessions(database["ended_sessions"]),
        Acquaintances(People(database["people"], Person), tombstones),
        Outbox(client[database.name], "notifications", Relay(database, api.auth.node.broker)),
        utc_now,
    )

    async def known() -> str | None:
        token: str | None = (await api.devices_of(ada))[0]["token"]
        return token

    await devices.forget_dead(row, "token", token, utc_now() - timedelta(minutes=1))
    await devices.forget_dead(row, "token", "another", None)
    assert await known() == token
    await devices.forget_dead(row, "token", token, utc_now() + timedelta(seconds=1))
    assert await known() is None


async def test_devices_are_exported_without_tokens_and_erased(api: Api) -> None:
    ada, token, export_id = await api.somebody(), new_id(), new_id()
    await api.call("POST", PATH, api.bearer(ada), body(token, timezone="Europe/Berlin"))
    await told(api.auth, api.service, UserExportRequested(user_id=ada, export_id=export_id))
    pieces = await api.service.said("user.exported")
    (piece,) = [each for each in pieces if each["exportId"] == export_id]
    exported = msgspec.json.decode(zlib.decompress(SEAL.open(piece["sealed"], export_id)))
    (device,) = exported["devices"]
    assert (device["device_id"], device["timezone"]) == ("phone", "Europe/Berlin")
    assert token not in repr(exported)
    await told(api.auth, api.service, deleted(ada))
    assert await api.devices_of(ada) == []
    await api.call("POST", PATH, api.bearer(ada), body(token), status=401)
    assert token not in repr(await api.service.everything())


async def test_devices_are_found_by_indexes(api: Api, backbone: Stack) -> None:
    ada, token, session = await api.somebody(), new_id(), new_id()
    who = api.bearer(ada, session=session)
    async with profiler(backbone, api.database.name) as driver:
        await api.call("POST", PATH, who, body(token, liveActivityPushToStartToken=new_id()))
        await api.call("DELETE", f"{PATH}/{token}", who)
        await told(api.auth, api.service, session_ended(ada, session))
        seen = driver[api.database.name]["system.profile"]
        operations = list(seen.find({"appName": "aula"}))
    assert "devices" in {each["ns"].partition(".")[2] for each in operations}
    assert scans(operations) == []
