"""What anybody may see of a person, and how a visitor is greeted."""

import os

import pytest

from services.users.schemas import PublicProfile
from tests.users.conftest import Users

TOLD = {
    "name": "Ada",
    "surname": "Lovelace",
    "birthDate": "1990-05-17",
    "gender": "female",
    "interests": ["numbers"],
    "bio": "Poet of numbers",
    "x": "ada",
    "timezone": "Europe/Istanbul",
}
PUBLIC = {
    "id",
    "name",
    "surname",
    "username",
    "profilePhoto",
    "availabilityStatus",
    "interests",
    "expertise",
    "bio",
    "instagram",
    "x",
    "tiktok",
    "snapchat",
    "facebook",
    "followersCount",
    "followingCount",
    "minutePriceInLiveStream",
}


async def named(users: Users) -> tuple[str, str]:
    """The id and the username of somebody who has told everything."""
    user_id, bearer = await users.somebody()
    name = f"ada_{os.urandom(5).hex()}"
    await users.http.patch("/me", headers=bearer, json=TOLD)
    await users.http.patch("/users/username", headers=bearer, json={"newUsername": name})
    return user_id, name


async def test_anybody_sees_the_public_part_and_nothing_else(users: Users) -> None:
    user_id, name = await named(users)
    for spelling in (name, name.upper()):
        answer = await users.http.get(f"/users/profile/username/{spelling}")
        assert answer.status_code == 200
        data = answer.json()["data"]
        assert set(data) == PUBLIC
        assert (data["id"], data["username"], data["bio"]) == (user_id, name, TOLD["bio"])
    for private in (f"{user_id}@aula.test", "1990-05", "female", "Istanbul", "2026-01-01"):
        assert private not in str(data)


def test_the_public_part_is_declared_member_by_member() -> None:
    """Whoever adds a member to `User` does not add it here by that."""
    assert set(PublicProfile.__struct_encode_fields__) == PUBLIC


@pytest.mark.parametrize(
    "name", ["nobody_at_all", "ad", "admin", "$ne", "a" * 200, "%7B%7D", "ada%00", "çağla", "null"]
)
async def test_whoever_is_not_there_is_not_found(users: Users, name: str) -> None:
    answer = await users.http.get(f"/users/profile/username/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_who_is_about_to_leave_is_not_shown(users: Users) -> None:
    user_id, name = await named(users)
    pending = {"$set": {"profile.accountDeletionStatus": "pending"}}
    await users.database["people"].update_one({"_id": user_id}, pending)
    assert (await users.http.get(f"/users/profile/username/{name}")).status_code == 404


@pytest.mark.parametrize(
    ("language", "guest", "signed_in"),
    [
        ("en", "You are here as a guest", "You are signed in"),
        ("tr", "Misafir olarak buradasınız", "Oturumunuz açık"),
        ("es", "Estás aquí como invitado", "Has iniciado sesión"),
        ("de", "Sie sind als Gast hier", "Sie sind angemeldet"),
    ],
)
async def test_a_visitor_is_greeted_in_their_language(
    users: Users, language: str, guest: str, signed_in: str
) -> None:
    asked = {"Accept-Language": language}
    answer = await users.http.get("/users/optional-auth", headers=asked)
    assert answer.json()["data"] == {"isAuthenticated": False, "user": None, "message": guest}
    _, bearer = await users.somebody()
    answer = await users.http.get("/users/optional-auth", headers=bearer | asked)
    me = (await users.http.get("/me", headers=bearer)).json()["data"]
    assert answer.json()["data"] == {"isAuthenticated": True, "user": me, "message": signed_in}


async def test_who_is_known_is_greeted_in_their_own_language(users: Users) -> None:
    _, bearer = await users.somebody()
    data = (await users.http.get("/users/optional-auth", headers=bearer)).json()["data"]
    assert data["message"] == "Oturumunuz açık"


async def test_a_bad_token_is_not_a_guest(users: Users) -> None:
    for bad in ("Bearer x", "Basic eDp5", f"{users.issuer.bearer()['Authorization']}x"):
        answer = await users.http.get("/users/optional-auth", headers={"Authorization": bad})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
