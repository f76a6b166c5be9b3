"""No query of users walks through a whole collection: mongod's profiler watches while every route,
handler and sweep of the service is at work."""

from collections.abc import Iterator
from dataclasses import dataclass

import nats
import pytest
from pymongo import MongoClient

from deploy.stack import Stack
from gateway.table import TABLE
from services.users.counters import Counters
from services.users.repository import People
from shared.clock import utc_now
from shared.contracts.auth import UserEmailChanged, UserRoleChanged, UserSignedIn
from shared.messaging.streams import INBOX_MEMORY
from shared.mongo import Document, Session, in_transaction
from tests.eventually import eventually
from tests.profiling import profiler, scans
from tests.users.conftest import Users
from tests.users.others import OTHERS, answer_for, completed, erasure_of
from tests.users.people import person
from tests.users.test_exports import asked, others_answer, ready

CROWD = 150
NOW = "2026-11-21T10:00:00.000Z"
REGISTRATION = {
    "name": "Ada",
    "surname": "Lovelace",
    "privacyPolicyAccepted": True,
    "privacyPolicyVersion": "1.0",
    "termsOfUseAccepted": True,
    "termsOfUseVersion": "1.0",
}


@dataclass(frozen=True)
class Call:
    """`route` as in the gateway's table; `{id}` is that of `about`. `who`: of the cast."""

    route: str
    who: str = "user"
    query: str = ""
    body: dict[str, object] | None = None
    about: str = "user"
    status: int = 200


# In this order. The user leaves, stays, and is gone; then an admin sends another away.
SCRIPT = (
    Call("GET /me"),
    Call("PATCH /me", body={"consentFormAccepted": True, "consentFormVersion": "1.0"}),
    Call("GET /users/optional-auth"),
    Call("GET /auth/registration/status"),
    Call("POST /auth/registration/complete", body=REGISTRATION),
    Call("PATCH /users/username", body={"newUsername": "{username}"}),
    Call("GET /users/profile/username/{username}"),
    Call("GET /users/me/export", status=202),
    Call("GET /users/exports/{token}"),
    *(
        Call("GET /admin/users", "admin", query)
        for query in (
            "",
            *(
                f"sort={sign}{by}"
                for by in ("createdAt", "lastLogin", "name")
                for sign in ("", "-")
            ),
            *("sort=email&role=user", "sort=-email&isRegistrationComplete=false&limit=100"),
            *("page=8&limit=10", "page=15", "page=1000"),
            *(f"search=crowd+of{tail}" for tail in ("", "&sort=name", "&role=user&limit=100")),
            *("search=%2B90+555", "search=o'b", "search=profiled@aula.test&sort=email"),
        )
    ),
    Call("GET /admin/users/{id}", "admin"),
    Call("PATCH /admin/users/{id}/profile", "admin", body={"surname": "King"}),
    Call("GET /users/me/account-deletion"),
    Call("POST /users/me/account-deletion"),
    Call("DELETE /users/me/account-deletion"),
    Call("POST /users/me/account-deletion"),
    Call("POST /users/me/account-deletion/finalize-now"),
    Call("DELETE /admin/users/{id}", "superadmin", about="admin"),
    Call("GET /admin/users/{id}/erasure", "superadmin"),
    Call("GET /dashboard/users", "superadmin"),
    *(Call("GET /admin/erasures", "superadmin", query) for query in ("", "state=running")),
)


def test_every_route_of_users_is_in_the_script() -> None:
    routes = {f"{route.method} {route.path}" for route in TABLE if route.owner == "users"}
    assert {call.route for call in SCRIPT} == {*routes, "GET /dashboard/users"}


@dataclass
class Seen:
    """`operations`: entries of the profiler. `handled`: consumers that handled an event."""

    operations: list[Document]
    handled: set[str]

    def __iter__(self) -> Iterator[Document]:
        return iter(self.operations)

    def of_list(self) -> list[Document]:
        """What the admins' list asked of the people."""
        found = [each for each in self if "listed" in str(each["command"].get("filter"))]
        return [each for each in found if each["ns"] == "aula_users.people"]


@pytest.fixture(scope="module")
async def seen(users: Users, users_servers: Stack) -> Seen:
    cast = {role: await users.somebody(role) for role in ("user", "admin", "superadmin")}  # type: ignore[arg-type]
    await crowd_in(users)
    started = utc_now()
    async with profiler(users_servers, "aula_users") as driver:
        await play(users, cast)
        await eventually(lambda: len(sweeps(driver)) == 3, within=60)
        database = driver["aula_users"]
        fresh = {"expires_at": {"$gte": started + INBOX_MEMORY}}
        handled = {str(each["_id"]).partition(":")[0] for each in database["inbox"].find(fresh)}
        return Seen(list(database["system.profile"].find({"appName": "aula"})), handled)


async def crowd_in(users: Users) -> None:
    people = People(users.database["people"], Counters(users.database["counters"]))

    async def work(session: Session) -> None:
        for number in range(CROWD):
            each = person(name="Crowd", surname=f"Of {number}", email=f"crowd{number}@aula.test")
            await people.save(each, session, before=None)

    await in_transaction(users.database.client, work)


async def play(users: Users, cast: dict[str, tuple[str, dict[str, str]]]) -> None:
    user_id, _ = cast["user"]
    await users.say(UserSignedIn(user_id=user_id, session_id=user_id, signed_in_at=NOW))
    await users.say(UserEmailChanged(user_id=user_id, version=2, email="profiled@aula.test"))
    await users.say(UserRoleChanged(user_id=user_id, version=3, role="user"))
    await users.somebody()
    await users.has_heard(user_id)
    places = {"token": await export_token(users, *cast["user"])}
    for call in SCRIPT:
        about, _ = cast[call.about]
        places |= {"id": about, "username": f"profiled.{about[-12:]}"}
        method, path = call.route.split()
        answer = await users.http.request(
            method,
            f"{path.format(**places)}?{call.query}",
            headers=cast[call.who][1],
            json=call.body and filled(call.body, places),
        )
        assert answer.status_code == call.status, (call, answer.text)
    for who in ("user", "admin"):
        erasure = await erasure_of(users, cast[who][0])
        await answer_for(users, erasure["_id"], *OTHERS)
        await completed(users, erasure["_id"])


def filled(body: dict[str, object], places: dict[str, str]) -> dict[str, object]:
    return {
        name: value.format(**places) if isinstance(value, str) else value
        for name, value in body.items()
    }


async def export_token(users: Users, user_id: str, bearer: dict[str, str]) -> str:
    export = await asked(users, bearer)
    await others_answer(users, user_id, export["exportId"], *OTHERS)
    url: str = (await ready(users, bearer))["url"]
    return url.rpartition("/")[2]


def sweeps(driver: MongoClient[Document]) -> set[str]:
    """Which sweeps were seen, of three: for the due to leave, for erasures, of the outbox."""
    members = {"accountDeletionScheduledFor", "next_step_at", "lease_until"}
    finds = driver["aula_users"]["system.profile"].find({"op": "query"}, {"command.filter": 1})
    said = str(list(finds))
    return {member for member in members if member in said}


async def test_no_operation_scans_a_collection(seen: Seen) -> None:
    assert scans(seen) == []
    assert len(seen.operations) > 200


async def test_every_handler_was_at_work(seen: Seen, users_servers: Stack) -> None:
    client = await nats.connect(users_servers.nats_url)
    consumers = await client.jetstream().consumers_info("EVENTS")
    await client.close()
    assert seen.handled >= {each.name for each in consumers if each.name.startswith("users-")}


async def test_a_list_reads_the_people_it_shows_and_no_more(seen: Seen) -> None:
    finds = [each for each in seen.of_list() if "search" not in str(each["command"]["filter"])]
    assert len(finds) >= 10
    for each in finds:
        assert each["docsExamined"] == each["nreturned"], each["command"]
        assert not each.get("hasSortStage"), each["command"]
        # What is passed over, and one entry more for each walk that is merged.
        assert each["keysExamined"] <= CROWD + 100, each["command"]


async def test_a_search_reads_no_people_but_those_it_shows(seen: Seen) -> None:
    finds = [each for each in seen.of_list() if "search" in str(each["command"]["filter"])]
    assert len(finds) >= 6
    for each in finds:
        assert each["docsExamined"] == 0, each["command"]
        assert each["keysExamined"] <= each["nreturned"] + 12, each["command"]
    assert max(each["nreturned"] for each in finds) == CROWD
