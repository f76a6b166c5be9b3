"""The dashboard: three services asked at once, and whoever does not answer is left out."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from gateway.dashboard import Dashboard, DashboardView
from gateway.inquiries import Inquiries
from gateway.upstreams import Upstreams
from shared.clock import moment_in, timestamp, utc_now
from shared.figures import last_months
from tests.eventually import eventually
from tests.gateway import parts
from tests.gateway.client import ask
from tests.gateway.conftest import House
from tests.gateway.upstream import Answer, Arrived, Upstream, head, saying, whole

PATH = "/admin/dashboard"
NULLS = {
    "users": {"overview.users", "trends.users", "distributions.roles"},
    "learning": {
        "overview.courses",
        "overview.tests",
        "overview.materials",
        "trends.testSubmissions",
        "trends.materialAssignments",
        "distributions.levels",
        "distributions.languages",
        "recentActivity.testResults",
    },
    "notifications": {
        "overview.contacts",
        "trends.contacts",
        "distributions.contactsByStatus",
        "recentActivity.contacts",
    },
}


@pytest.fixture(autouse=True)
def well(house: House, fresh: None) -> None:
    house.users.answer = parts.answering(parts.USERS)
    house.learning.answer = parts.answering(parts.LEARNING)
    house.notifications.answer = parts.answering(parts.CONTACTS)


@pytest.fixture
def token(house: House) -> str:
    return house.signer.token(roles=("admin",))


def nulls_in(data: dict[str, object]) -> set[str]:
    """Names of what is null, as in `overview.users`; of all trends as of one."""
    found = set()
    for section in ("overview", "trends", "distributions", "recentActivity"):
        members = data[section]
        rows = members if isinstance(members, list) else [members]
        found |= {f"{section}.{name}" for row in rows for name in row if row[name] is None}
    return found


async def shown(house: House, token: str, query: str = "", without: Sequence[str] = ()) -> Any:
    """The dashboard with all parts but these. A busy machine may keep a service of ours from its
    answer for longer than the gateway waits: then it is asked for again."""

    async def data() -> Any:
        answer = await ask(house.port, "GET", PATH + query, token=token)
        assert answer.status == 200, answer.body
        assert answer.json["data"]["degraded"] == list(without)
        return answer.json["data"]

    return await eventually(data)


async def view_of(
    services: Mapping[str, tuple[str, ...]], token: str, without: Sequence[str] = ()
) -> tuple[DashboardView, float]:
    """As `shown`, in this process, and how many seconds it took."""

    async def view() -> tuple[DashboardView, float]:
        upstreams, started = Upstreams(services), time.monotonic()
        found = await Dashboard(Inquiries(upstreams), utc_now).view(f"Bearer {token}", 2)
        took = time.monotonic() - started
        upstreams.close()
        assert found.degraded == list(without)
        return found, took

    return await eventually(view)


async def test_three_parts_are_merged_into_the_shape_of_the_contract(
    house: House, token: str
) -> None:
    data = await shown(house, token, "/stats?months=2")
    assert set(data) == {
        "generatedAt", "months", "overview", "trends", "distributions", "recentActivity",
        "degraded",
    }  # fmt: skip
    assert moment_in(data["generatedAt"])
    assert data["months"] == len(data["trends"]) == 2
    users, learning, contacts = (
        msgspec.to_builtins(part) for part in (parts.USERS, parts.LEARNING, parts.CONTACTS)
    )
    assert data["overview"] == {
        "users": users["overview"],
        "courses": learning["courses"],
        "tests": learning["tests"],
        "contacts": contacts["overview"],
        "materials": learning["materials"],
    }
    assert data["distributions"] == {
        "roles": users["roles"],
        "contactsByStatus": contacts["statuses"],
        "levels": learning["levels"],
        "languages": learning["languages"],
    }
    assert data["recentActivity"] == {
        "contacts": contacts["contacts"],
        "testResults": learning["testResults"],
    }
    assert set(data["overview"]["users"]) == {
        "total", "admins", "registrationCompleted", "completionRate", "newLast30Days",
        "monthlyGrowthRate",
    }  # fmt: skip
    assert set(data["overview"]["tests"]) == {
        "totalTests", "totalSubmissions", "averageScore", "submissionsLast30Days",
        "monthlyGrowthRate",
    }  # fmt: skip
    assert set(data["overview"]["contacts"]) == {
        "total", "pending", "replied", "replyRate", "newLast30Days",
    }  # fmt: skip
    assert set(data["overview"]["materials"]) == {
        "total", "assignments", "assignedUsers", "avgAssignmentsPerUser",
        "assignmentsLast30Days",
    }  # fmt: skip


async def test_months_without_data_are_zeros_and_the_oldest_is_first(
    unused_upstreams: Upstreams, house: House, token: str
) -> None:
    now = moment_in("2026-02-28T23:59:59.999Z")
    assert now
    dashboard = Dashboard(Inquiries(unused_upstreams), lambda: now)

    async def complete() -> DashboardView | None:
        view = await dashboard.view(f"Bearer {token}", 3)
        return None if view.degraded else view

    view = await eventually(complete)
    assert view is not None
    assert [msgspec.to_builtins(row) for row in view.trends] == [
        {
            "month": month,
            "label": label,
            "users": users,
            "testSubmissions": submissions,
            "contacts": contacts,
            "materialAssignments": assignments,
        }
        for month, label, users, submissions, contacts, assignments in (
            ("2025-12", "Dec 2025", 0, 0, 0, 0),
            ("2026-01", "Jan 2026", 3, 0, 0, 0),
            ("2026-02", "Feb 2026", 12, 4, 6, 5),
        )
    ]
    assert view.generated_at == "2026-02-28T23:59:59.999Z"


@pytest.fixture
async def unused_upstreams(house: House) -> Upstreams:
    return Upstreams({name: (service.url,) for name, service in house.services.items()})


@pytest.mark.parametrize(
    ("query", "months"),
    [
        ("", 6),
        ("?months=1", 1),
        ("?months=24", 24),
        ("?months=0", 1),
        ("?months=-7", 1),
        ("?months=25", 24),
        (f"?months={10**30}", 24),
    ],
)
async def test_as_many_months_are_shown_as_are_asked_for_within_bounds(
    house: House, token: str, query: str, months: int
) -> None:
    before = last_months(utc_now(), months)
    data = (await ask(house.port, "GET", PATH + query, token=token)).json["data"]
    assert data["months"] == months
    # The month may have ended meanwhile.
    assert [row["month"] for row in data["trends"]] in (before, last_months(utc_now(), months))


@pytest.mark.parametrize("query", ["six", "1.5", "6;7"])
async def test_months_that_are_no_number_are_refused(house: House, token: str, query: str) -> None:
    answer = await ask(house.port, "GET", f"{PATH}?months={query}", token=token)
    assert (answer.status, answer.code) == (400, "validation_failed")
    assert not house.users.arrived


async def test_all_three_are_asked_at_the_same_time_by_the_caller_and_in_their_trace(
    house: House, token: str
) -> None:
    services = (house.users, house.learning, house.notifications)
    meeting = asyncio.Barrier(3)

    def once_all_were_asked(answer: Answer) -> Answer:
        async def answering(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
            await meeting.wait()
            await answer(arrived, writer)

        return answering

    for service in services:
        service.answer = once_all_were_asked(service.answer)
    lines = ("X-Request-Id: the-request-of-a-test", "X-User-Id: me")

    async def all_met() -> bool:
        answer = await ask(house.port, "GET", PATH, *lines, token=token)
        return answer.json["data"]["degraded"] == []

    await eventually(all_met)
    for service in services:
        assert service.last["authorization"] == f"Bearer {token}"
        assert service.last["x-request-id"] == "the-request-of-a-test"
        assert not service.last.values("x-user-id")
    assert len({service.last["traceparent"] for service in services}) == 1
    assert not house.auth.arrived


async def never(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def reset(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    await asyncio.Event().wait()


async def drip(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
    writer.write(head(content_length=1_000_000))
    while True:
        writer.write(b" ")
        await asyncio.sleep(0.05)


def _without_a_member(service: str) -> bytes:
    part = {"users": parts.USERS, "learning": parts.LEARNING, "notifications": parts.CONTACTS}
    members = msgspec.to_builtins(part[service])
    members.popitem()
    return msgspec.json.encode({**msgspec.json.decode(parts.body_of(parts.USERS)), "data": members})


WAYS: dict[str, Callable[[str], Answer]] = {
    "is slow": lambda _: never,
    "resets": lambda _: reset,
    "drips": lambda _: drip,
    "fails": lambda _: saying(whole(b"{}", "500 Internal Server Error")),
    "does not know the caller": lambda _: saying(whole(b"{}", "401 Unauthorized")),
    "says no JSON": lambda _: saying(whole(b"<html>")),
    "says no HTTP": lambda _: saying(b"\x16\x03\x01\r\n\r\n"),
    "says no UTF-8": lambda _: saying(whole(b'{"isSuccess": "\xff"}')),
    "says something deep": lambda _: saying(whole(b'{"x":' + b"[" * 50_000)),
    "leaves something out": lambda service: saying(whole(_without_a_member(service))),
    "says too much": lambda _: saying(whole(b" " * 1_000_000 + b"{}")),
    "says nothing": lambda _: saying(whole(b"")),
}


@pytest.mark.parametrize("way", WAYS)
async def test_who_has_no_answer_is_null_and_named_and_the_rest_is_shown(
    house: House, token: str, way: str
) -> None:
    async def one(service: str) -> None:
        urls = {name: (each.url,) for name, each in house.services.items()}
        async with Upstream() as upstream:
            upstream.answer = WAYS[way](service)
            view, took = await view_of({**urls, service: (upstream.url,)}, token, [service])
        assert nulls_in(msgspec.to_builtins(view)) == NULLS[service]
        assert took < 8

    await asyncio.gather(*map(one, NULLS))


async def test_an_answer_comes_in_time_when_nobody_is_there_at_all(
    house: House, token: str
) -> None:
    async with Upstream() as gone:
        urls = dict.fromkeys(NULLS, (gone.url,))
    view, took = await view_of(urls, token, ["users", "learning", "notifications"])
    assert took < 8
    decoded = msgspec.json.decode(msgspec.json.encode(view), type=DashboardView)
    assert decoded == view
    assert view.generated_at <= timestamp(utc_now())


async def test_over_the_gateway_a_part_that_is_down_is_named(house: House, token: str) -> None:
    house.learning.answer = never
    house.notifications.answer = saying(whole(b"null"))
    data = await shown(house, token, without=["learning", "notifications"])
    assert data["overview"]["users"]["completionRate"] == 85.33
    house.learning.answer = parts.answering(parts.LEARNING)
    house.notifications.answer = parts.answering(parts.CONTACTS)
    await shown(house, token)


async def test_another_replica_answers_for_one_that_is_gone(house: House, token: str) -> None:
    async with Upstream() as gone:
        urls = {name: (gone.url, service.url) for name, service in house.services.items()}
    for _ in range(4):
        await view_of(urls, token)


async def test_a_replica_that_lets_inquiries_wait_gives_way_to_others() -> None:
    async with Upstream() as hanging:
        hanging.answer = never
        upstreams = Upstreams({"users": (hanging.url,)})
        inquiries, (address,) = Inquiries(upstreams), upstreams["users"].addresses

        async def asked(within: float) -> None:
            with suppress(TimeoutError):
                await inquiries.get("users", "/", [], within=within)

        for number in range(5):
            leaving = asyncio.create_task(asked(60))
            await eventually(lambda least=number: len(hanging.arrived) > least)
            leaving.cancel()
            await asyncio.wait({leaving})
        assert not address.skipped(time.monotonic()), "a caller who leaves says nothing of it"

        async def is_skipped() -> bool:
            await asked(0.3)
            return address.skipped(time.monotonic())

        await eventually(is_skipped)
        upstreams.close()


async def test_connections_are_used_again(house: House, token: str) -> None:
    await ask(house.port, "GET", PATH, token=token)
    before = house.users.connections
    for _ in range(5):
        await ask(house.port, "GET", PATH, token=token)
    assert house.users.connections < before + 5


async def test_parts_are_not_to_be_had_from_outside(house: House, token: str) -> None:
    for path in ("/dashboard/users", "/dashboard/learning", "/dashboard/contacts"):
        for prefix in ("", "/api/v1"):
            answer = await ask(house.port, "GET", prefix + path, token=token)
            assert (answer.status, answer.code) == (404, "not_found")
    assert not any(service.arrived for service in house.services.values())


async def test_others_than_admins_are_refused_before_anybody_is_asked(house: House) -> None:
    assert (await ask(house.port, "GET", PATH)).status == 401
    user = house.signer.token()
    assert (await ask(house.port, "GET", PATH, token=user)).status == 403
    assert (await ask(house.port, "POST", PATH, token=user, body=b"{}")).status == 405
    assert not any(service.arrived for service in house.services.values())
