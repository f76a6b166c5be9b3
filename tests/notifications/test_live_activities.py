"""Live activities, through the service and to a real APNs peer."""

import asyncio
import random
import zlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.stack import Stack
from services.notifications.live_activities.domain import MOST_SESSIONS
from shared.clock import timestamp, utc_now
from shared.contracts.auth import SessionRevoked
from shared.contracts.learning import CoursePublished, CourseRescheduled, TestSubmitted
from shared.contracts.users import UserExportRequested
from shared.ids import new_id
from tests.eventually import eventually
from tests.notifications.api import Api, running
from tests.notifications.apns_peer import ApnsPeer, Received, apns_peer, refusal
from tests.notifications.h2_peer import BROKEN_STREAM, Reply
from tests.notifications.people import SEAL, deleted, told
from tests.profiling import profiler, scans

SESSIONS = "/notifications/live-activity-sessions"


@pytest.fixture(scope="module")
async def peer() -> AsyncIterator[ApnsPeer]:
    async with apns_peer() as peer:
        yield peer


@pytest.fixture(scope="module")
async def api(
    backbone: Stack, peer: ApnsPeer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    ca_file: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca_file.write_text(peer.ca)
    async with running(backbone, **peer.settings(str(ca_file))) as api:
        yield api


@pytest.fixture
def admin(api: Api) -> dict[str, str]:
    return api.bearer(new_id(), "admin")


def new_token() -> str:
    return random.randbytes(32).hex()


def body(stream: str, token: str, **more: str) -> dict[str, str]:
    return {
        "streamId": stream,
        "deviceId": "phone",
        "liveActivityToken": token,
        "activityId": f"activity-{token[:8]}",
        **more,
    }


async def follow(api: Api, stream: str, user_id: str = "", **more: Any) -> str:
    """Somebody's device follows the stream; its token."""
    token = new_token()
    who = api.bearer(user_id or new_id(), session=more.pop("session", None))
    done = await api.call("POST", SESSIONS, who, body(stream, token, **more))
    assert done == {"success": True}
    return token


async def show(
    api: Api, admin: dict[str, str], stream: str, event: str = "update", **more: Any
) -> None:
    request = {"event": event, "contentState": more.pop("state", {}), **more}
    done = await api.call("POST", f"/notifications/live-activities/{stream}", admin, request, 202)
    assert done == {"success": True}


def states(pushes: list[Received]) -> list[Any]:
    return [each.aps["content-state"]["n"] for each in pushes]


async def last(peer: ApnsPeer, token: str, number: int) -> Received:
    """The push with state `number`, once it is there."""

    def found() -> list[Received]:
        return [each for each in peer.to(token) if each.aps["content-state"].get("n") == number]

    return (await eventually(found, within=30))[-1]


async def row(api: Api, token: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await api.database["live_sessions"].find_one({"token": token})
    return found


async def is_gone(api: Api, token: str) -> bool:
    return await row(api, token) is None


async def gone(api: Api, token: str) -> None:
    """Returns when it is."""
    await eventually(partial(is_gone, api, token), within=30)


async def test_a_device_is_shown_what_an_admin_shows_until_the_end(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    stream, ada = f"lesson:{new_id()}", new_id()
    token = await follow(api, stream, ada)
    await show(
        api,
        admin,
        stream,
        state={"n": 1, "who": {"$set": "Çağla"}},
        alert={"title": "Los geht's", "body": "In 5 Minuten"},
        staleDate="2030-01-01T00:00:00Z",
        priority=5,
    )
    got = await last(peer, token, 1)
    assert got.headers["apns-priority"] == "5"
    assert got.aps["event"] == "update"
    assert got.aps["content-state"] == {"n": 1, "who": {"$set": "Çağla"}}
    assert got.aps["alert"] == {
        "title": "Los geht's",
        "body": "In 5 Minuten",
        "sound": "default",
    }
    assert got.aps["stale-date"] == 1_893_456_000
    (mine,) = await api.call("GET", SESSIONS, api.bearer(ada))
    assert (mine["streamId"], mine["deviceId"]) == (stream, "phone")
    assert token not in str(mine)
    await show(api, admin, stream, "end", state={"n": 2}, dismissalDate="2030-01-01")
    got = await last(peer, token, 2)
    assert (got.aps["event"], got.aps["dismissal-date"]) == ("end", 1_893_456_000)
    assert got.headers["apns-priority"] == "10"
    await gone(api, token)
    assert await api.call("GET", SESSIONS, api.bearer(ada)) == []
    assert peer.wrong == []


async def test_of_a_hundred_states_in_a_burst_the_last_arrives_and_none_older_after_it(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    stream = f"burst:{new_id()}"
    tokens = [await follow(api, stream) for _ in range(5)]
    shown = asyncio.Event()
    peer.answers[tokens[0]] = [Reply(held=shown), Reply(after=0.1), Reply()]
    # Of the connection that all share nothing ends but this one's request.
    peer.answers[tokens[1]] = [refusal(500, "InternalServerError"), BROKEN_STREAM, Reply()]
    for number in range(0, 100, 10):
        await asyncio.gather(
            *(show(api, admin, stream, state={"n": each}) for each in range(number, number + 10))
        )
    await show(api, admin, stream, state={"n": 1000})
    shown.set()
    for token in tokens:
        await last(peer, token, 1000)
        got = [each for each in peer.received if each.token == token]
        assert states(got)[-1] == 1000
        assert states(got).count(1000) == 1 or token == tokens[1]
        stamps = [each.aps["timestamp"] for each in got]
        assert stamps == sorted(stamps)
        given = {each.aps["timestamp"]: each.aps["content-state"] for each in got}
        assert len(given) == len({str(state) for state in given.values()})
    assert peer.seen(tokens[0]) < 100


async def test_what_was_superseded_before_it_was_sent_is_never_sent(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    stream = f"slow:{new_id()}"
    token, answered = await follow(api, stream), asyncio.Event()
    peer.answers[token] = [Reply(held=answered), Reply()]
    await show(api, admin, stream, state={"n": 1})
    await eventually(lambda: peer.seen(token))
    for number in range(2, 8):
        await show(api, admin, stream, state={"n": number})
    answered.set()
    await last(peer, token, 7)
    assert states(peer.to(token)) == [1, 7]


async def test_who_comes_late_gets_the_current_state_without_the_alert(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    stream = f"late:{new_id()}"
    alert = {"title": "Now", "body": "It begins", "sound": None}
    early = await follow(api, stream)
    await show(api, admin, stream, state={"n": 1})
    await show(api, admin, stream, state={"n": 2}, alert=alert)
    assert (await last(peer, early, 2)).aps["alert"] == {"title": "Now", "body": "It begins"}
    late = await follow(api, stream)
    assert "alert" not in (await last(peer, late, 2)).aps
    assert states(peer.to(late)) == [2]


async def test_registering_again_refreshes_the_token_and_shows_what_is_to_be_shown(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    stream, ada = f"again:{new_id()}", new_id()
    first = await follow(api, stream, ada, activityId="one")
    await show(api, admin, stream, state={"n": 1})
    stamp = (await last(peer, first, 1)).aps["timestamp"]
    second = await follow(api, stream, ada, activityId="one")
    again = await last(peer, second, 1)
    assert again.aps["timestamp"] > stamp
    assert len(await api.call("GET", SESSIONS, api.bearer(ada))) == 1
    answers = await asyncio.gather(
        *(
            api.http.post(
                SESSIONS, json=body(stream, second, activityId="one"), headers=api.bearer(ada)
            )
            for _ in range(8)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len(await api.call("GET", SESSIONS, api.bearer(ada))) == 1
    await show(api, admin, stream, state={"n": 2})
    await last(peer, second, 2)
    assert states(peer.to(first)) == [1]
    assert states(peer.to(second)) == [1, 2]


async def test_an_activity_that_follows_another_stream_shows_that_one(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    ada, one, other, token = new_id(), f"a:{new_id()}", f"b:{new_id()}", new_token()
    await show(api, admin, other, state={"n": 7})
    await show(api, admin, one, state={"n": 1})
    for number, stream in ((1, one), (7, other)):
        await api.call("POST", SESSIONS, api.bearer(ada), body(stream, token))
        await last(peer, token, number)
    await show(api, admin, one, "end", state={"n": 2})
    await show(api, admin, other, state={"n": 8})
    await last(peer, token, 8)
    assert states(peer.to(token)) == [1, 7, 8]


async def test_a_phone_that_changes_hands_is_one_persons_only(api: Api) -> None:
    ada, bob, token, stream = new_id(), new_id(), new_token(), f"hands:{new_id()}"
    for who in (ada, bob):
        await api.call("POST", SESSIONS, api.bearer(who), body(stream, token))
    assert await api.call("GET", SESSIONS, api.bearer(ada)) == []
    assert len(await api.call("GET", SESSIONS, api.bearer(bob))) == 1


async def test_sessions_are_cleared_by_any_of_their_names_and_only_ones_own(api: Api) -> None:
    ada, bob, stream = new_id(), new_id(), f"clear:{new_id()}"
    for number in range(6):
        device = f"device {number % 2}"
        await follow(api, stream, ada, deviceId=device, activityId=f"a{number}")
    await follow(api, stream, bob, activityId="a0")
    who = api.bearer(ada)

    async def clear(query: str) -> int:
        answer = await api.call("DELETE", f"{SESSIONS}?{query}", who)
        assert answer["success"] is True
        return int(answer["deleted"])

    assert await clear("activityId=a0") == 1
    assert await clear("activityId=a0") == 0
    assert await clear(f"activityId=a1&streamId={stream}x") == 0
    assert await clear("deviceId=device%201&activityId=a1") == 1
    assert await clear("deviceId=device%200") == 2
    assert await clear(f"streamId={stream}") == 2
    for query in ("", "?streamId=", "?streamId=&deviceId="):
        refused = await api.call("DELETE", f"{SESSIONS}{query}", who, status=400)
        assert refused["code"] == "validation_failed"
    assert len(await api.call("GET", SESSIONS, api.bearer(bob))) == 1


async def test_the_oldest_of_too_many_sessions_goes(api: Api) -> None:
    ada, stream = new_id(), f"many:{new_id()}"
    for number in range(MOST_SESSIONS + 2):
        await follow(api, stream, ada, activityId=f"a{number}")
    left = await api.call("GET", SESSIONS, api.bearer(ada))
    assert [each["activityId"] for each in left] == [
        f"a{number}" for number in range(MOST_SESSIONS + 1, 1, -1)
    ]


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "BadDeviceToken"),
        refusal(410, "Unregistered", timestamp=4_000_000_000_000),
        refusal(410, "ExpiredToken"),
    ],
)
async def test_a_token_that_leads_nowhere_is_forgotten(
    api: Api, admin: dict[str, str], peer: ApnsPeer, answer: Reply
) -> None:
    stream = f"dead:{new_id()}"
    token = await follow(api, stream)
    peer.answers[token] = [answer]
    await show(api, admin, stream, state={"n": 1})
    await gone(api, token)
    assert peer.seen(token) == 1


async def test_a_token_that_was_registered_after_it_was_called_dead_lives(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    stream = f"alive:{new_id()}"
    token = await follow(api, stream)
    before = int((utc_now() - timedelta(minutes=1)).timestamp() * 1000)
    peer.answers[token] = [refusal(410, "Unregistered", timestamp=before), Reply()]
    await show(api, admin, stream, state={"n": 1})
    await last(peer, token, 1)


async def test_apple_is_left_alone_for_as_long_as_it_wants(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    stream = f"later:{new_id()}"
    token = await follow(api, stream)
    peer.answers[token] = [refusal(429, "TooManyRequests", retry_after="3000"), Reply()]
    await show(api, admin, stream, state={"n": 1})

    async def waits() -> bool:
        live = await row(api, token)
        return live is not None and live["attempts"] == 1 and "lease" not in live

    async def spread() -> bool:
        return await api.database["live_changes"].find_one({"stream_id": stream}) is None

    await eventually(waits, within=30)
    await show(api, admin, stream, state={"n": 2})
    await eventually(spread, within=30)
    live = await row(api, token)
    assert live is not None
    assert live["wanted"] > live["sending"]
    assert timedelta(seconds=2900) < live["due_at"] - utc_now() <= timedelta(seconds=3000)
    assert peer.seen(token) == 1
    over = {"$set": {"due_at": utc_now()}}
    await api.database["live_sessions"].update_one({"token": token}, over)
    await last(peer, token, 2)
    assert states([each for each in peer.received if each.token == token]) == [1, 2]


async def test_after_eight_hours_an_activity_is_ended(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    stream = f"long:{new_id()}"
    token = await follow(api, stream)
    await show(api, admin, stream, state={"n": 1})
    await last(peer, token, 1)
    (mine,) = await api.database["live_sessions"].find({"token": token}).to_list()
    assert mine["ends_at"] - mine["created_at"] == timedelta(hours=8)
    await eventually(partial(rests, api, token), within=30)
    past = utc_now() - timedelta(seconds=1)
    await api.database["live_sessions"].update_one(
        {"token": token}, {"$set": {"ends_at": past, "due_at": past}}
    )
    await gone(api, token)
    end = peer.to(token)[-1].aps
    assert (end["event"], end["content-state"]) == ("end", {"n": 1})
    assert end["dismissal-date"] <= utc_now().timestamp()


async def rests(api: Api, token: str) -> bool:
    live = await row(api, token)
    return live is not None and live["due_at"] == live["ends_at"] and "lease" not in live


async def test_a_result_ends_the_persons_own_activities_with_what_came_out(
    api: Api, peer: ApnsPeer
) -> None:
    ada, bob, test_id = await api.somebody(), new_id(), new_id()
    hers = await follow(api, f"placement:{test_id}", ada)
    his = await follow(api, f"placement:{test_id}", bob)
    other = await follow(api, f"placement:{new_id()}", ada)
    submitted = TestSubmitted(
        user_id=ada,
        result_id=new_id(),
        test_id=test_id,
        test_title="Deutsch",
        target_language="de",
        level="B1",
        total_score=87.5,
        completed_at=timestamp(utc_now()),
    )
    await told(api.auth, api.service, submitted)
    await gone(api, hers)
    (end,) = peer.to(hers)
    assert end.aps["event"] == "end"
    content = end.aps["content-state"]
    assert (content["status"], content["level"], content["totalScore"]) == ("finished", "B1", 87.5)
    assert content["resultId"] == submitted.result_id
    assert peer.seen(his) == peer.seen(other) == 0
    assert not await is_gone(api, his)


def published(course_id: str, at: datetime, starts_at: datetime | None) -> CoursePublished:
    return CoursePublished(
        course_id=course_id,
        title="Deutsch A1",
        target_language="de",
        level="A1",
        locale="en",
        published_at=timestamp(at),
        starts_at=timestamp(starts_at) if starts_at else None,
    )


def rescheduled(
    course_id: str, at: datetime, starts_at: datetime | None, *, is_published: bool = True
) -> CourseRescheduled:
    return CourseRescheduled(
        course_id=course_id,
        title="Deutsch A1",
        starts_at=timestamp(starts_at) if starts_at else None,
        is_published=is_published,
        changed_at=timestamp(at),
    )


async def test_who_waits_for_a_course_sees_when_it_starts_and_that_it_has(
    api: Api, peer: ApnsPeer
) -> None:
    course_id, now = new_id(), utc_now()
    early = await follow(api, f"course:{course_id}")
    far = now + timedelta(days=30)
    await told(api.auth, api.service, published(course_id, now, far))

    async def shows(token: str, status: str, starts_at: datetime | None) -> Received:
        def found() -> list[Received]:
            wanted = timestamp(starts_at) if starts_at else None
            got = peer.to(token)[-1:]
            content = got[0].aps["content-state"] if got else {}
            is_it = (content.get("status"), content.get("startsAt")) == (status, wanted)
            return got if is_it else []

        return (await eventually(found, within=30))[0]

    await shows(early, "published", far)
    soon = utc_now() + timedelta(seconds=2)
    later = now + timedelta(seconds=2)
    await told(api.auth, api.service, rescheduled(course_id, later, soon))
    # What was before that comes too late.
    await told(api.auth, api.service, rescheduled(course_id, now + timedelta(seconds=1), far))
    late = await follow(api, f"course:{course_id}")
    for token in (early, late):
        got = await shows(token, "started", soon)
        assert got.aps["event"] == "end"
        assert got.aps["content-state"]["title"] == "Deutsch A1"
        assert got.at > soon.timestamp() - 1
        await gone(api, token)
    assert peer.seen(late) <= 2


async def test_a_start_that_was_heard_of_too_late_is_shown_all_the_same(
    api: Api, peer: ApnsPeer
) -> None:
    course_id, now = new_id(), utc_now()
    token = await follow(api, f"course:{course_id}")
    announced, start = now - timedelta(minutes=2), now - timedelta(minutes=1)
    await told(api.auth, api.service, published(course_id, announced, start))
    await gone(api, token)
    assert peer.to(token)[-1].aps["content-state"]["status"] == "started"


async def test_a_course_that_is_withdrawn_is_not_waited_for(api: Api, peer: ApnsPeer) -> None:
    course_id, now = new_id(), utc_now()
    token = await follow(api, f"course:{course_id}")
    soon = now + timedelta(seconds=1)
    withdrawn = rescheduled(course_id, now + timedelta(seconds=1), None, is_published=False)
    await told(api.auth, api.service, withdrawn, published(course_id, now, soon))
    await gone(api, token)
    (end,) = peer.to(token)
    assert end.aps["content-state"]["status"] == "withdrawn"
    stored = await api.database["course_starts"].find_one({"_id": course_id})
    assert stored is not None
    assert "due_at" not in stored


async def test_who_logs_out_leaves_nothing_on_the_screen(api: Api, peer: ApnsPeer) -> None:
    ada, session, stream = new_id(), new_id(), f"out:{new_id()}"
    token = await follow(api, stream, ada, session=session)
    stays = await follow(api, stream, ada, session=new_id())
    over = SessionRevoked(
        user_id=ada, session_id=session, reason="logout", revoked_at=timestamp(utc_now())
    )
    await told(api.auth, api.service, over)
    await gone(api, token)
    (end,) = peer.to(token)
    assert (end.aps["event"], "content-state" in end.aps) == ("end", False)
    assert end.aps["dismissal-date"] <= utc_now().timestamp()
    assert not await is_gone(api, stays)
    who = api.bearer(ada, session=session)
    await api.call("POST", SESSIONS, who, body(stream, new_token()), status=401)


@pytest.mark.parametrize(
    ("more", "member"),
    [
        ({"event": "start"}, "event"),
        ({"contentState": []}, "contentState"),
        ({"contentState": {"x": "y" * 3000}}, "contentState"),
        ({"contentState": None}, "contentState"),
        ({"priority": 1}, "priority"),
        ({"priority": True}, "priority"),
        ({"alert": {"title": "x"}}, "body"),
        ({"alert": {"title": "", "body": "x"}}, "alert"),
        ({"alert": {"title": "x", "body": "x\x07"}}, "alert"),
        ({"dismissalDate": "soon"}, "dismissalDate"),
        ({"staleDate": "0001-01-01"}, "staleDate"),
        ({"roles": []}, "roles"),
    ],
)
async def test_what_cannot_be_shown_is_refused(
    api: Api, admin: dict[str, str], more: dict[str, Any], member: str
) -> None:
    request = {"event": "update", "contentState": {}, **more}
    path = f"/notifications/live-activities/refused:{new_id()}"
    refused = await api.call("POST", path, admin, request, 400)
    assert member in str(refused["errors"])


@pytest.mark.parametrize(
    "more",
    [
        {"streamId": "a/b"},
        {"streamId": {"$ne": ""}},
        {"streamId": ""},
        {"liveActivityToken": "x y"},
        {"liveActivityToken": None},
        {"activityId": " "},
        {"deviceId": "x" * 201},
        {"userId": new_id()},
    ],
)
async def test_what_is_no_activity_is_refused(api: Api, more: dict[str, Any]) -> None:
    request = body("stream", new_token()) | more
    await api.call("POST", SESSIONS, api.bearer(new_id()), request, 400)


async def test_streams_have_names_that_are_safe_and_only_admins_show(
    api: Api, admin: dict[str, str]
) -> None:
    request = {"event": "update", "contentState": {}}
    for name in ("%24where%20", "a%20b", "x" * 201, "%C3%A4"):
        await api.call("POST", f"/notifications/live-activities/{name}", admin, request, 400)
    user = api.bearer(new_id())
    await api.call("POST", "/notifications/live-activities/x", user, request, 403)


async def test_the_same_request_again_shows_nothing_twice(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    stream = f"key:{new_id()}"
    token = await follow(api, stream)
    for _ in range(3):
        answer = await api.http.post(
            f"/notifications/live-activities/{stream}",
            json={"event": "update", "contentState": {"n": 1}},
            headers={**admin, "Idempotency-Key": stream},
        )
        assert answer.status_code == 202
    await last(peer, token, 1)
    await eventually(partial(rests, api, token), within=30)
    assert peer.seen(token) == 1


async def test_nothing_stays_of_somebody_who_is_erased(
    api: Api, admin: dict[str, str], peer: ApnsPeer
) -> None:
    ada, stream = await api.somebody(), f"erased:{new_id()}"
    token = await follow(api, stream, ada)
    await told(api.auth, api.service, deleted(ada))
    await gone(api, token)
    assert ada not in repr(await api.database["live_sessions"].find().to_list())
    await api.call("POST", SESSIONS, api.bearer(ada), body(stream, new_token()), status=401)
    await show(api, admin, stream, state={"n": 1})
    witness = await follow(api, stream)
    await last(peer, witness, 1)
    assert peer.seen(token) == 0


async def test_people_get_what_is_known_of_their_activities_without_the_tokens(api: Api) -> None:
    ada, stream, export_id = await api.somebody(), f"export:{new_id()}", new_id()
    token = await follow(api, stream, ada)
    await told(api.auth, api.service, UserExportRequested(user_id=ada, export_id=export_id))
    (piece,) = [
        each for each in await api.service.said("user.exported") if each["exportId"] == export_id
    ]
    exported = zlib.decompress(SEAL.open(piece["sealed"], export_id))
    (live,) = msgspec.json.decode(exported)["live_activities"]
    assert (live["stream_id"], live["device_id"]) == (stream, "phone")
    assert token.encode() not in exported
    assert "lease" not in live


async def test_everything_is_found_by_indexes_and_who_rests_is_not_read(
    api: Api, admin: dict[str, str], backbone: Stack, peer: ApnsPeer
) -> None:
    ada, stream = new_id(), f"index:{new_id()}"
    resting = [await follow(api, f"rest:{new_id()}") for _ in range(10)]
    for token in resting:
        await eventually(partial(rests, api, token), within=30)
    async with profiler(backbone, api.database.name) as driver:
        token = await follow(api, stream, ada)
        await show(api, admin, stream, state={"n": 1})
        await last(peer, token, 1)
        await api.call("GET", SESSIONS, api.bearer(ada))
        await api.call("DELETE", f"{SESSIONS}?deviceId=phone", api.bearer(ada))
        seen = driver[api.database.name]["system.profile"]
        operations = list(seen.find({"appName": "aula"}))
    namespaces = {each["ns"].partition(".")[2] for each in operations}
    assert {"live_sessions", "live_streams", "live_changes"} <= namespaces
    assert scans(operations) == []
    claims = [
        each
        for each in operations
        if each["ns"].endswith("live_sessions") and "due_at" in str(each.get("command"))
    ]
    assert claims
    # Less than those who rest; what meets another write is looked at again.
    assert max(each.get("docsExamined", 0) for each in claims) < len(resting)
    assert max(each.get("keysExamined", 0) for each in claims) < len(resting)
