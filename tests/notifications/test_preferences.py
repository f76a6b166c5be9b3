"""What people choose, and that it is heeded: for each category, by each way."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from deploy.stack import Stack
from services.notifications.inbox.preferences import category_of, chosen, shown, wants
from shared.contracts.users import UserExportRequested
from shared.ids import new_id
from shared.settings import Secret
from tests.eventually import eventually
from tests.notifications.api import Api, running
from tests.notifications.people import arrived, deleted, deletion_requested, submitted, told
from tests.notifications.smtp_peer import SmtpPeer, smtp_peer

PATH = "/notifications/preferences"
WAYS = ("inbox", "email", "push")


@pytest.fixture(scope="module")
async def mails() -> AsyncIterator[SmtpPeer]:
    async with smtp_peer() as peer:
        yield peer


@pytest.fixture(scope="module")
async def api(backbone: Stack, mails: SmtpPeer) -> AsyncIterator[Api]:
    async with running(backbone, smtp_url=Secret(mails.url)) as api:
        yield api


async def choose(api: Api, user_id: str, **categories: dict[str, bool]) -> dict[str, Any]:
    body = {"preferences": categories}
    answer: dict[str, Any] = await api.call("PATCH", PATH, api.bearer(user_id), body)
    return answer


async def reached(api: Api, user_id: str) -> dict[str, list[str]]:
    """By which ways which templates went to somebody."""
    entries = await api.database["notifications"].find({"user_id": user_id}).to_list()
    sent = await api.database["deliveries"].find({"user_id": user_id}).to_list()
    return {
        "inbox": sorted(each["type"] for each in entries),
        **{
            way: sorted(each["template"] for each in sent if each["channel"] == way)
            for way in ("email", "push")
        },
    }


async def with_a_phone(api: Api, user_id: str) -> str:
    body = {"token": new_id(), "platform": "ios", "deviceId": "phone"}
    await api.call("POST", "/notifications/device-token", api.bearer(user_id), body)
    return user_id


async def test_everything_is_on_until_somebody_chooses_and_codes_are_fixed(api: Api) -> None:
    ada = new_id()  # of whom nothing was heard yet
    answer = await api.call("GET", PATH, api.bearer(ada))
    assert set(answer["preferences"]) == {
        *("codes", "account", "tests", "materials", "courses", "messages", "other")
    }
    assert answer["preferences"]["codes"] == {"email": True, "sms": True}
    assert answer["preferences"]["other"] == dict.fromkeys(WAYS, True)
    assert answer["fixed"] == {"codes": ["email", "sms"], "account": ["email"]}
    changed = await choose(api, ada, tests={"email": False, "push": False}, other={"inbox": False})
    assert changed["preferences"]["tests"] == {"inbox": True, "email": False, "push": False}
    changed = await choose(api, ada, tests={"push": True}, codes={"email": True})
    assert changed["preferences"]["tests"] == {"inbox": True, "email": False, "push": True}
    assert changed["preferences"]["other"]["inbox"] is False
    assert await api.call("GET", PATH, api.bearer(ada)) == changed
    whole = {"preferences": changed["preferences"]}
    assert await api.call("PATCH", PATH, api.bearer(ada), whole) == changed


@pytest.mark.parametrize(
    ("categories", "named"),
    [
        ({"codes": {"email": False}}, "codes.email"),
        ({"codes": {"sms": False}, "tests": {"email": False}}, "codes.sms"),
        ({"account": {"email": False}}, "account.email"),
    ],
)
async def test_what_must_come_cannot_be_switched_off(
    api: Api, categories: dict[str, Any], named: str
) -> None:
    ada = new_id()
    body = {"preferences": categories}
    who = api.bearer(ada) | {"X-Language": "tr"}
    answer = await api.call("PATCH", PATH, who, body, status=400)
    assert answer["code"] == "always_sent"
    assert answer["errors"][1] == f"{named}: kapatılamaz"
    assert (await api.call("GET", PATH, who))["preferences"]["tests"]["email"] is True


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"preferences": None},
        {"preferences": {"gossip": {"email": False}}},
        {"preferences": {"tests": {"sms": False}}},
        {"preferences": {"tests": {"email": "no"}}},
        {"preferences": {"tests": {"email": None}}},
        {"preferences": {"tests": {"$set": True}}},
        {"preferences": {}, "userId": new_id()},
    ],
)
async def test_what_is_no_choice_is_refused(api: Api, body: dict[str, Any]) -> None:
    await api.call("PATCH", PATH, api.bearer(new_id()), body, status=400)
    await api.call("PATCH", PATH, None, body, status=401)


@pytest.mark.parametrize("off", WAYS)
async def test_each_way_is_taken_unless_it_is_switched_off(api: Api, off: str) -> None:
    ada = await with_a_phone(api, await api.somebody())
    await choose(api, ada, tests={off: False})
    await told(api.auth, api.service, submitted(ada))
    expected = {way: [] if way == off else ["test_submitted"] for way in WAYS}
    assert await reached(api, ada) == expected
    notice = {"userId": ada, "type": "a", "category": "tests", "title": "b", "message": "c"}
    who = api.bearer(new_id(), "admin")
    assert (await api.call("POST", "/notifications", who, notice, 201))["title"] == "b"
    kept = {way: len(names) for way, names in (await reached(api, ada)).items()}
    assert kept == {way: 0 if way == off else 2 for way in WAYS}


async def test_a_category_of_an_admins_own_goes_by_the_general_choice(api: Api) -> None:
    ada, who = await api.somebody(), api.bearer(new_id(), "admin")
    await choose(api, ada, other={"inbox": False, "email": False})
    notice = {"userId": ada, "type": "a", "title": "b", "message": "c"}
    for category in ("gossip", "codes", "$other"):
        await api.call("POST", "/notifications", who, notice | {"category": category}, 201)
    assert await reached(api, ada) == {way: [] for way in WAYS}
    await api.call("POST", "/notifications", who, notice | {"category": "Messages"}, 201)
    assert (await reached(api, ada))["inbox"] == ["a"]


async def test_mails_on_the_end_of_an_account_come_all_the_same(api: Api, mails: SmtpPeer) -> None:
    ada = await with_a_phone(api, await api.somebody(language="de"))
    await choose(api, ada, account={"inbox": False, "push": False})
    await told(api.auth, api.service, deletion_requested(ada))
    await arrived(mails, f"{ada}@school.test", "deletion_requested", "de")
    assert await reached(api, ada) == {"inbox": [], "email": ["deletion_requested"], "push": []}


async def test_choices_made_at_once_are_all_kept(api: Api) -> None:
    ada = new_id()
    categories = ("tests", "materials", "courses", "messages", "other")
    await asyncio.gather(*(choose(api, ada, **{each: {"push": False}}) for each in categories))
    answer = await api.call("GET", PATH, api.bearer(ada))
    off = [name for name, ways in answer["preferences"].items() if ways.get("push") is False]
    assert off == list(categories)


async def test_choices_are_exported_and_erased(api: Api) -> None:
    ada = await api.somebody()
    await choose(api, ada, tests={"email": False})
    await told(api.auth, api.service, UserExportRequested(user_id=ada, export_id=new_id()))
    assert await api.service.said("user.exported")
    person = await api.database["people"].find_one({"_id": ada})
    assert person is not None
    assert person["preferences"] == {"tests": {"email": False}}
    await told(api.auth, api.service, deleted(ada))

    async def gone() -> bool:
        return await api.database["people"].find_one({"_id": ada}) is None

    await eventually(gone)
    await api.call("PATCH", PATH, api.bearer(ada), {"preferences": {}}, status=401)


def test_what_was_said_last_holds_and_the_rest_stays() -> None:
    steps = [
        {},
        {"tests": {"email": False}},
        {"tests": {"push": False}},
        {"tests": {"email": True}},
        {"materials": {"inbox": False}},
    ]
    now: dict[str, dict[str, bool]] = {}
    for _, said in pairwise(steps):
        now = chosen(now, said)
    assert now == {"tests": {"email": True, "push": False}, "materials": {"inbox": False}}
    assert shown(now)["tests"] == {"inbox": True, "email": True, "push": False}


def test_what_is_fixed_is_wanted_even_where_something_else_was_stored() -> None:
    stored = {"account": {"email": False}, "codes": {"email": False}}
    assert wants(stored, "account", "email")
    assert shown(stored)["codes"]["email"]
    assert category_of(" Account ") == "account"
    assert category_of("codes") == category_of("") == "other"
