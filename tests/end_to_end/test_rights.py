"""Who may call what: every route of the gateway's table, by everybody, against the real services.

What is declared here is compared with what happens, so that a route without a row, or a row that
the table has changed under, fails. The requests are such that an admitted one changes nothing:
bodies with an unknown member, ids of nobody.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import httpx
import pytest

from gateway.table import TABLE, Route
from services.auth.signing_keys import SigningKeys
from services.auth.tokens import TokenMint
from shared.clock import utc_now
from shared.ids import new_id
from tests.end_to_end.client import Json, barred, bearer, data_of, known, refused, sign_in
from tests.end_to_end.conftest import Aula
from tests.eventually import eventually

NOBODY = new_id()
HOSTILE = {"isAdmin": True}
Caller = Literal[
    "anonymous", "user", "admin", "superadmin", "leaving", "demoted", "deleted", "expired"
]
NOBODY_ANY_MORE: tuple[Caller, ...] = ("demoted", "deleted", "expired")


@dataclass(frozen=True)
class Row:
    """`least`: who is admitted, and everybody above. `answer`: to the harmless request of somebody
    admitted. `leaving`: to that of somebody whose deletion is pending; None: 403."""

    least: Literal["anonymous", "user", "admin", "superadmin"]
    answer: int
    leaving: int | None = None

    def expected(self, caller: Caller) -> int:
        if caller in NOBODY_ANY_MORE:
            return 401  # on public routes too
        if caller == "leaving" and self.least in ("anonymous", "user"):
            return self.answer if self.least == "anonymous" else self.leaving or 403
        ranks = ("anonymous", "user", "admin", "superadmin")
        rank = ranks.index("user" if caller == "leaving" else caller)  # type: ignore[arg-type]
        if rank >= ranks.index(self.least):
            return self.answer
        return 401 if caller == "anonymous" else 403


RIGHTS = {
    "GET /": Row("anonymous", 200),
    "GET /healthz": Row("anonymous", 200),
    "GET /readyz": Row("anonymous", 200),
    "GET /admin/dashboard": Row("admin", 200),
    "GET /openapi.json": Row("anonymous", 200),
    "GET /asyncapi.json": Row("anonymous", 200),
    "GET /client.d.ts": Row("anonymous", 200),
    "GET /api/docs": Row("anonymous", 200),
    "GET /api/docs/{file}": Row("anonymous", 404),
    "POST /auth/send-otp": Row("anonymous", 400),
    "POST /auth/verify-otp": Row("anonymous", 400),
    "POST /auth/send-otp-email": Row("anonymous", 400),
    "POST /auth/verify-otp-email": Row("anonymous", 400),
    "POST /auth/otp/request": Row("anonymous", 400),
    "POST /auth/otp/verify": Row("anonymous", 400),
    "POST /auth/refresh": Row("anonymous", 400),
    "POST /auth/logout": Row("user", 400, leaving=400),
    "POST /auth/revoke-token": Row("user", 400, leaving=400),
    "GET /auth/sessions": Row("user", 200, leaving=200),
    "DELETE /auth/sessions/{id}": Row("user", 404, leaving=404),
    "GET /auth/validate-token": Row("user", 200, leaving=200),
    "GET /.well-known/jwks.json": Row("anonymous", 200),
    "PATCH /admin/users/{id}/email": Row("admin", 400),
    "PATCH /admin/users/{id}/role": Row("superadmin", 400),
    "GET /me": Row("user", 200, leaving=200),
    "PATCH /me": Row("user", 400),
    "GET /users/optional-auth": Row("anonymous", 200),
    "PATCH /users/username": Row("user", 400),
    "GET /users/profile/username/{username}": Row("anonymous", 404),
    "POST /auth/registration/complete": Row("user", 400),
    "GET /auth/registration/status": Row("user", 200),
    "GET /users/me/account-deletion": Row("user", 200, leaving=200),
    "GET /users/me/export": Row("user", 202, leaving=202),
    "GET /users/exports/{token}": Row("anonymous", 404),
    "GET /admin/users": Row("admin", 200),
    "GET /admin/users/{id}": Row("admin", 404),
    "DELETE /admin/users/{id}": Row("admin", 404),
    "PATCH /admin/users/{id}/profile": Row("admin", 400),
    "GET /admin/users/{id}/erasure": Row("admin", 404),
    "GET /admin/erasures": Row("admin", 200),
    "POST /storage/upload": Row("admin", 415),
    "GET /storage/files/{key:path}": Row("anonymous", 404),
    "POST /storage/profile-photo": Row("user", 415),
    "POST /courses": Row("admin", 400),
    "GET /courses": Row("anonymous", 200),
    "GET /courses/{id}": Row("anonymous", 404),
    "POST /courses/{id}/duplicate": Row("admin", 400),
    "PATCH /courses/{id}": Row("admin", 400),
    "DELETE /courses/{id}": Row("admin", 404),
    "GET /settings": Row("admin", 200),
    "POST /settings": Row("admin", 400),
    "GET /settings/{key}": Row("anonymous", 404),
    "PUT /settings/{key}": Row("admin", 400),
    "POST /proficiency-tests": Row("admin", 400),
    "GET /proficiency-tests": Row("anonymous", 200),
    "GET /proficiency-tests/target-languages": Row("anonymous", 200),
    "GET /proficiency-tests/results": Row("user", 200),
    "GET /proficiency-tests/results/{resultId}": Row("user", 404),
    "GET /proficiency-tests/admin/results": Row("admin", 200),
    "GET /proficiency-tests/admin/results/{resultId}": Row("admin", 404),
    "DELETE /proficiency-tests/admin/results/{resultId}": Row("admin", 404),
    "GET /proficiency-tests/admin/users/{userId}/results": Row("admin", 200),
    "GET /proficiency-tests/{id}": Row("anonymous", 404),
    "PATCH /proficiency-tests/{id}": Row("admin", 400),
    "DELETE /proficiency-tests/{id}": Row("admin", 404),
    "POST /proficiency-tests/{id}/duplicate": Row("admin", 400),
    "POST /proficiency-tests/{id}/submit": Row("user", 400),
    "GET /proficiency-tests/{id}/status": Row("user", 404),
    "POST /education-materials": Row("admin", 415),
    "GET /education-materials": Row("admin", 200),
    "GET /education-materials/my": Row("user", 200),
    "GET /education-materials/admin/users/{userId}": Row("admin", 404),
    "POST /education-materials/{id}/assign": Row("admin", 400),
    "GET /education-materials/{id}": Row("user", 404),
    "PATCH /education-materials/{id}": Row("admin", 415),
    "DELETE /education-materials/{id}": Row("admin", 404),
    "GET /education-materials/{id}/files/{fileId}": Row("user", 404),
    "GET /notifications": Row("user", 200),
    "POST /notifications": Row("admin", 400),
    "GET /notifications/unread-count": Row("user", 200),
    "GET /notifications/preferences": Row("user", 200),
    "PATCH /notifications/preferences": Row("user", 400),
    "DELETE /notifications/bulk": Row("user", 400),
    "PATCH /notifications/{id}/read": Row("user", 400),
    "POST /notifications/device-token": Row("user", 400),
    "DELETE /notifications/device-token/{token}": Row("user", 200),
    "POST /notifications/live-activity-sessions": Row("user", 400),
    "GET /notifications/live-activity-sessions": Row("user", 200),
    "DELETE /notifications/live-activity-sessions": Row("user", 400),
    "POST /notifications/live-activities/{streamId}": Row("admin", 400),
    "POST /contact": Row("anonymous", 400),
    "GET /contact": Row("admin", 200),
    "POST /contact/{id}/reply": Row("admin", 400),
    "PATCH /contact/{id}/status": Row("admin", 400),
    "DELETE /contact/{id}": Row("admin", 404),
    "GET /dev/inbox": Row("anonymous", 200),
    "GET /dev/templates": Row("anonymous", 200),
}
# These change something each time they are admitted, so each needs somebody of its own.
SPENDING = {
    "POST /users/me/account-deletion",
    "DELETE /users/me/account-deletion",
    "POST /users/me/account-deletion/finalize-now",
}


@dataclass
class People:
    """Everybody signed in and known everywhere for what they are."""

    tokens: dict[Caller, dict[str, str]]
    signed_in: dict[str, Json]
    answers: dict[str, int]  # to what they did to become it, by route

    def id_of(self, name: str) -> str:
        return str(self.signed_in[name]["user"]["id"])


@pytest.fixture(scope="module")
async def people(aula: Aula, superadmin: Json, data_dir: Path) -> AsyncIterator[People]:
    async def enter(name: str) -> Json:
        return await sign_in(aula.http, aula.mailbox, f"{name}.rights@aula.test")

    async def appoint(name: str, role: str) -> None:
        path = f"/admin/users/{signed_in[name]['user']['id']}/role"
        answer = await aula.http.patch(path, json={"role": role}, headers=bearer(superadmin))
        assert data_of(answer)["role"] == role

    names = ("user", "other", "leaving", "stays", "deleted", "admin", "equal", "demoted")
    entered = await asyncio.gather(*map(enter, names))
    await asyncio.gather(*(known(aula.http, bearer(each)) for each in entered))
    signed_in = {**dict(zip(names, entered, strict=True)), "superadmin": superadmin}
    for name in ("admin", "equal", "demoted"):
        await appoint(name, "admin")
        await refused(aula.http, bearer(signed_in[name]))
        signed_in[name] = await _again(aula, f"{name}.rights@aula.test")
    for name in ("admin", "equal"):
        await _known_as(aula, bearer(signed_in[name]), "admin")
    await appoint("demoted", "user")

    answers: dict[str, int] = {}

    async def leave(name: str) -> None:
        route = "/users/me/account-deletion"
        answer = await aula.http.post(route, headers=bearer(signed_in[name]))
        assert data_of(answer)["status"] == "pending"
        answers[f"POST {route}"] = answer.status_code

    await asyncio.gather(*map(leave, ("leaving", "stays", "deleted")))
    headers = bearer(signed_in["stays"])
    answer = await aula.http.delete("/users/me/account-deletion", headers=headers)
    assert data_of(answer)["status"] == "cancelled"
    answers["DELETE /users/me/account-deletion"] = answer.status_code
    path = "/users/me/account-deletion/finalize-now"
    answer = await aula.http.post(path, headers=bearer(signed_in["deleted"]))
    assert data_of(answer)["status"] == "finalized"
    answers[f"POST {path}"] = answer.status_code

    expired = _expired(signed_in["user"], data_dir / "aula" / "signing-keys")
    tokens: dict[Caller, dict[str, str]] = {
        "anonymous": {},
        "user": bearer(signed_in["user"]),
        "admin": bearer(signed_in["admin"]),
        "superadmin": bearer(superadmin),
        "leaving": bearer(signed_in["leaving"]),
        "demoted": bearer(signed_in["demoted"]),
        "deleted": bearer(signed_in["deleted"]),
        "expired": {"Authorization": f"Bearer {expired}"},
    }
    for gateway in (aula.http, aula.other_gateway):
        for caller in NOBODY_ANY_MORE:
            await refused(gateway, tokens[caller])
        await barred(gateway, tokens["leaving"])
    yield People(tokens, signed_in, answers)


async def _again(aula: Aula, email: str) -> Json:
    """Sign in once more, without the minute that codes have to be apart."""
    await aula.database("auth")["code_ledgers"].delete_one({"_id": f"email:{email}"})
    return await sign_in(aula.http, aula.mailbox, email)


async def _known_as(aula: Aula, token: dict[str, str], role: str) -> None:
    """Returns once users has heard of their role: it goes by what it heard, not by tokens."""

    async def heard() -> bool:
        me = data_of(await aula.http.get("/me", headers=token))
        return bool(me["email"] and me["role"] == role)

    await eventually(heard, within=30)


def _expired(result: Json, folder: Path) -> str:
    """A token of auth's own, from two hours ago."""
    keys = SigningKeys(folder)
    keys.published = True
    then = utc_now() - timedelta(hours=2)
    return TokenMint(keys, issuer="aula", audience="aula-api").access_token(
        result["user"]["id"], new_id(), "user", then, then + timedelta(hours=1)
    )


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    names = [name_of(route) for route in TABLE]
    assert set(names) == {*RIGHTS, *SPENDING}


async def test_everybody_is_admitted_where_they_may_be_and_nowhere_else(
    aula: Aula, people: People
) -> None:
    gateways = itertools.cycle((aula.http, aula.other_gateway))
    at_once = asyncio.Semaphore(12)
    wrong: list[str] = []

    async def look(route: Route, path: str, caller: Caller) -> None:
        target = re.sub(r"\{\w+(:path)?\}", NOBODY, path)
        row = RIGHTS.get(name_of(route))
        if row is None and caller in ("user", "admin", "superadmin", "leaving"):
            return  # seen once, by those who were to be changed
        expected = row.expected(caller) if row else 401
        body = None if route.method in ("GET", "DELETE") else HOSTILE

        async def answered() -> httpx.Response | None:
            answer = await next(gateways).request(
                route.method, target, json=body, headers=people.tokens[caller]
            )
            # On a busy machine a service may be: then a client is to ask again.
            return answer if answer.status_code != 503 else None

        async with at_once:
            answer = await eventually(answered, within=30)
        assert answer is not None
        if answer.status_code != expected:
            wrong.append(f"{route.method} {path} by {caller}: {answer.status_code}, {expected=}")
        if answer.status_code == 403 and caller == "leaving" and route.role == "user":
            assert answer.json()["code"] == "account_deletion_pending"
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"] == "Bearer"

    await asyncio.gather(
        *(
            # By turns with the prefix: each path both ways, each caller both ways.
            look(route, ("", "/api/v1")[(turn + number) % 2] + path, caller)
            for turn, route in enumerate(TABLE)
            for path in (route.path, *route.aliases)
            for number, caller in enumerate(people.tokens)
        )
    )
    assert not sorted(wrong)
    assert people.answers == dict.fromkeys(SPENDING, 200)


@pytest.mark.parametrize(
    ("caller", "method", "path", "whom", "status"),
    [
        # Nobody is an admin of themself by way of their own id.
        ("user", "GET", "/admin/users/{id}", "user", 403),
        ("user", "PATCH", "/admin/users/{id}/profile", "user", 403),
        ("user", "PATCH", "/admin/users/{id}/email", "user", 403),
        ("user", "PATCH", "/admin/users/{id}/role", "user", 403),
        ("user", "DELETE", "/admin/users/{id}", "user", 403),
        ("user", "GET", "/users/{id}", "other", 403),
        # Admins change those below them, and themselves; superadmins everybody.
        ("admin", "GET", "/admin/users/{id}", "other", 200),
        ("admin", "PATCH", "/admin/users/{id}/profile", "other", 200),
        ("admin", "PATCH", "/admin/users/{id}/profile", "admin", 200),
        ("admin", "PATCH", "/admin/users/{id}/profile", "equal", 403),
        ("admin", "PATCH", "/admin/users/{id}/email", "equal", 403),
        ("admin", "PATCH", "/admin/users/{id}/email", "superadmin", 403),
        ("admin", "PATCH", "/admin/users/{id}/role", "other", 403),
        ("admin", "DELETE", "/admin/users/{id}", "equal", 403),
        ("admin", "DELETE", "/users/{id}", "superadmin", 403),
        ("admin", "DELETE", "/admin/users/{id}", "admin", 409),
        ("superadmin", "PATCH", "/admin/users/{id}/profile", "equal", 200),
        ("superadmin", "PATCH", "/admin/users/{id}/role", "superadmin", 409),
        ("superadmin", "DELETE", "/admin/users/{id}", "superadmin", 409),
        ("superadmin", "GET", "/admin/users/{id}/erasure", "deleted", 200),
        ("superadmin", "GET", "/admin/users/{id}", "deleted", 404),
    ],
)
async def test_rank_decides_whom_one_may_change(
    aula: Aula, people: People, caller: Caller, method: str, path: str, whom: str, status: int
) -> None:
    bodies = {
        "profile": {"bio": "of the matrix"},
        "email": {"email": "taken.rights@aula.test"},
        "role": {"role": "superadmin"},
    }
    body = bodies.get(path.rpartition("/")[2]) if method == "PATCH" else None
    answer = await aula.http.request(
        method,
        path.replace("{id}", people.id_of(whom)),
        json=body,
        headers=people.tokens[caller],
    )
    assert answer.status_code == status, answer.text


async def test_sessions_are_ended_by_their_owner_and_nobody_else(
    aula: Aula, people: People
) -> None:
    email = "owner.rights@aula.test"
    owner = await sign_in(aula.http, aula.mailbox, email)
    sessions = data_of(await aula.http.get("/auth/sessions", headers=bearer(owner)))
    path = f"/auth/sessions/{sessions[0]['id']}"
    for caller, status in (("anonymous", 401), ("user", 404), ("superadmin", 404)):
        answer = await aula.http.delete(path, headers=people.tokens[caller])
        assert answer.status_code == status
    data_of(await aula.http.delete(path, headers=bearer(owner)))
    await refused(aula.http, bearer(owner))
