"""The two admin rows, the bootstrap superadmin, and the events of identities."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.contracts.users import Profile, UserProfileUpdated
from tests.auth.service import SUPERADMIN, Auth, new_email, session_of, user_of
from tests.auth.test_endpoints import USER, data_of, error_of


async def set_role(auth: Auth, by: dict[str, Any], user_id: str, role: Any) -> httpx.Response:
    path = f"/admin/users/{user_id}/role"
    return await auth.call("PATCH", path, {"role": role}, token=by["accessToken"])


async def set_email(auth: Auth, by: dict[str, Any], user_id: str, email: Any) -> httpx.Response:
    path = f"/admin/users/{user_id}/email"
    return await auth.call("PATCH", path, {"email": email}, token=by["accessToken"])


async def somebody(auth: Auth, role: str = "user") -> dict[str, Any]:
    """Signed in with this role."""
    email = new_email()
    result = await auth.sign_in(email)
    if role == "user":
        return result
    changed = await set_role(auth, await auth.superadmin(), user_of(result), role)
    assert changed.status_code == 200, changed.text
    await auth.database["code_ledgers"].delete_one({"_id": f"email:{email}"})
    return await auth.sign_in(email)


async def test_a_registration_is_recorded_once(auth: Auth) -> None:
    email = new_email()
    first = await auth.sign_in(email, X_Language="tr")
    auth.clock.turn(seconds=61)
    await auth.sign_in(email)
    events = await auth.events(user_of(first))
    assert [subject for subject, _ in events].count("user.registered") == 1
    assert [subject for subject, _ in events].count("user.signed_in") == 2
    assert len(events) == 3
    registered = dict(events)["user.registered"]
    assert registered == {
        "userId": user_of(first),
        "version": 1,
        "email": email,
        "countryCode": None,
        "phoneNumber": None,
        "role": "user",
        "language": "tr",
        "signupSource": None,
        "signupCampaign": None,
        "registeredAt": first["user"]["createdAt"],
    }


async def test_whoever_proves_a_bootstrap_address_is_superadmin(auth: Auth) -> None:
    root = await auth.superadmin()
    assert (root["user"]["role"], root["user"]["roles"]) == ("superadmin", ["superadmin"])
    answer = await auth.call("GET", "/auth/validate-token", token=root["accessToken"])
    assert answer.json()["data"]["roles"] == ["superadmin"]


async def test_proof_of_a_bootstrap_address_promotes_an_account_that_was_there_before(
    auth: Auth,
) -> None:
    root = await auth.superadmin()
    as_user = {"$set": {"role": "user"}}
    await auth.database["identities"].update_one({"_id": user_of(root)}, as_user)
    before = len(await auth.events(user_of(root)))
    proven = await auth.superadmin()
    assert (user_of(proven), proven["user"]["role"]) == (user_of(root), "superadmin")
    events = (await auth.events(user_of(root)))[before:]
    assert [event["role"] for subject, event in events if subject == "user.role_changed"] == [
        "superadmin"
    ]
    sessions = auth.database["sessions"].find({"user_id": user_of(root), "ended_at": None})
    assert [session["_id"] async for session in sessions] == [session_of(proven["accessToken"])]


async def test_a_bootstrap_address_promotes_no_account_that_a_phone_opens_too(auth: Auth) -> None:
    """An admin may have given it that address, and the phone may be the admin's."""
    root = await auth.superadmin()
    phone = {"countryCode": "90", "phoneNumber": "5359999999"}
    code = (await auth.post("/auth/send-otp", phone)).json()["data"]["code"]
    signed_in = await auth.post("/auth/verify-otp", {**phone, "code": code})
    user_id = user_of(data_of(signed_in, 200))
    # As if the address had been given to it before it was a bootstrap address.
    identities = auth.database["identities"]
    await identities.update_one({"_id": user_of(root)}, {"$set": {"email": new_email()}})
    await identities.update_one({"_id": user_id}, {"$set": {"email": SUPERADMIN}})
    try:
        proven = await auth.superadmin()
        assert (user_of(proven), proven["user"]["role"]) == (user_id, "user")
    finally:
        await identities.update_one({"_id": user_id}, {"$set": {"email": new_email()}})
        await identities.update_one({"_id": user_of(root)}, {"$set": {"email": SUPERADMIN}})


async def test_only_superadmins_give_a_bootstrap_address_to_anybody(auth: Auth) -> None:
    root, admin, user = (
        await auth.superadmin(),
        await somebody(auth, "admin"),
        await somebody(auth),
    )
    for whose in (user, admin):
        answer = await set_email(auth, admin, user_of(whose), SUPERADMIN.upper())
        assert error_of(answer, 403) == "insufficient_permissions"
    answer = await set_email(auth, root, user_of(user), SUPERADMIN)
    assert error_of(answer, 409) == "email_taken"


async def test_an_admin_changes_an_email_and_the_user_signs_in_with_it(auth: Auth) -> None:
    admin, user = await somebody(auth, "admin"), await somebody(auth)
    email = new_email()
    changed = data_of(await set_email(auth, admin, user_of(user), email.upper()), 200)
    assert set(changed) == USER
    assert changed["email"] == email
    validity = await auth.call("GET", "/auth/validate-token", token=user["accessToken"])
    assert validity.status_code == 401, "the user's sessions have ended"
    refreshed = await auth.post("/auth/refresh", {"refreshToken": user["refreshToken"]})
    assert refreshed.status_code == 401
    again = await auth.sign_in(email)
    assert user_of(again) == user_of(user)
    auth.clock.turn(seconds=61)
    other = await auth.sign_in(user["user"]["email"])
    assert other["isNewUser"], "the old address is nobody's any more"
    events = await auth.events(user_of(user))
    changes = [event for subject, event in events if subject == "user.email_changed"]
    assert changes == [
        {
            "userId": user_of(user),
            "version": 2,
            "email": email,
            "previousEmail": user["user"]["email"],
        }
    ]
    reasons = await auth.events(session_of(user["accessToken"]))
    assert [event["reason"] for _, event in reasons] == ["email_changed"]


async def test_versions_grow_with_every_change(auth: Auth) -> None:
    root, user = await auth.superadmin(), await somebody(auth)
    for change in (
        set_email(auth, root, user_of(user), new_email()),
        set_role(auth, root, user_of(user), "admin"),
        set_email(auth, root, user_of(user), new_email()),
        set_role(auth, root, user_of(user), "user"),
    ):
        assert (await change).status_code == 200
    events = await auth.events(user_of(user))
    assert [event["version"] for _, event in events if "version" in event] == [1, 2, 3, 4, 5]


async def test_a_taken_email_is_a_conflict_whatever_its_case(auth: Auth) -> None:
    admin, one, two = await somebody(auth, "admin"), await somebody(auth), await somebody(auth)
    answer = await set_email(auth, admin, user_of(one), two["user"]["email"].upper())
    assert error_of(answer, 409) == "email_taken"
    alive = await auth.call("GET", "/auth/validate-token", token=one["accessToken"])
    assert alive.status_code == 200
    same = await set_email(auth, admin, user_of(one), one["user"]["email"])
    assert same.status_code == 200
    assert len(await auth.events(user_of(one))) == 2


async def test_of_parallel_changes_to_one_email_one_succeeds(auth: Auth) -> None:
    admin, email = await somebody(auth, "admin"), new_email()
    users = await asyncio.gather(*(somebody(auth) for _ in range(8)))
    changes = (set_email(auth, admin, user_of(user), email) for user in users)
    answers = await asyncio.gather(*changes, auth.sign_in(email), return_exceptions=True)
    statuses = [each.status_code for each in answers if isinstance(each, httpx.Response)]
    assert set(statuses) <= {200, 409}
    assert await auth.database["identities"].count_documents({"email": email}) == 1


async def test_an_admin_changes_no_email_of_equal_or_higher_rank_but_their_own(auth: Auth) -> None:
    root, admin, peer = (
        await auth.superadmin(),
        await somebody(auth, "admin"),
        await somebody(auth, "admin"),
    )
    for other in (peer, root):
        answer = await set_email(auth, admin, user_of(other), new_email())
        assert error_of(answer, 403) == "insufficient_permissions"
    assert (await set_email(auth, admin, user_of(admin), new_email())).status_code == 200
    assert (await set_email(auth, root, user_of(peer), new_email())).status_code == 200


async def test_who_may_not_is_refused_and_who_does_not_exist_is_not_found(auth: Auth) -> None:
    root, admin, user = (
        await auth.superadmin(),
        await somebody(auth, "admin"),
        await somebody(auth),
    )
    nobody = "f" * 24
    error_of(await set_email(auth, user, user_of(user), new_email()), 403)
    error_of(await set_role(auth, user, user_of(user), "admin"), 403)
    error_of(await set_role(auth, admin, user_of(user), "admin"), 403)
    error_of(await set_email(auth, admin, nobody, new_email()), 404)
    error_of(await set_role(auth, root, nobody, "admin"), 404)
    for malformed in ("1", "g" * 24, "f" * 25, "%7B%22$ne%22:1%7D"):
        error_of(await set_email(auth, admin, malformed, new_email()), 400)
        error_of(await set_role(auth, root, malformed, "admin"), 400)


@pytest.mark.parametrize("role", ["root", "", None, 1, ["admin"], {"$ne": "user"}, "Admin"])
async def test_an_unknown_role_is_refused(auth: Auth, role: Any) -> None:
    root, user = await auth.superadmin(), await somebody(auth)
    error_of(await set_role(auth, root, user_of(user), role), 400)


async def test_a_role_change_ends_the_sessions_and_is_recorded(auth: Auth) -> None:
    root, user = await auth.superadmin(), await somebody(auth)
    changed = data_of(await set_role(auth, root, user_of(user), "admin"), 200)
    assert set(changed) == USER
    assert (changed["role"], changed["roles"]) == ("admin", ["admin"])
    seen = await auth.call("GET", "/auth/validate-token", token=user["accessToken"])
    assert seen.status_code == 401
    events = await auth.events(user_of(user))
    assert events[-1] == (
        "user.role_changed",
        {"userId": user_of(user), "version": 2, "role": "admin"},
    )
    reasons = await auth.events(session_of(user["accessToken"]))
    assert [event["reason"] for _, event in reasons] == ["role_changed"]
    same = await set_role(auth, root, user_of(user), "admin")
    assert same.status_code == 200
    assert len(await auth.events(user_of(user))) == len(events)


async def test_nobody_changes_their_own_role(auth: Auth) -> None:
    root = await auth.superadmin()
    for role in ("user", "superadmin"):
        assert error_of(await set_role(auth, root, user_of(root), role), 409) == "own_role"
        answer = await set_role(auth, root, user_of(root).upper(), role)
        assert error_of(answer, 409) == "own_role"


async def test_a_demoted_superadmin_demotes_nobody_with_the_old_token(auth: Auth) -> None:
    root, other, user = (
        await auth.superadmin(),
        await somebody(auth, "superadmin"),
        await somebody(auth, "admin"),
    )
    assert (await set_role(auth, root, user_of(other), "user")).status_code == 200
    error_of(await set_role(auth, other, user_of(user), "user"), 401)


async def test_superadmins_demoting_each_other_leave_one(auth: Auth) -> None:
    """Each round anew: two superadmins and no other, both at once, from fresh tokens."""
    root = await auth.superadmin()
    first, second = await somebody(auth, "superadmin"), await somebody(auth, "superadmin")
    identities, sessions = auth.database["identities"], auth.database["sessions"]
    both = {"_id": {"$in": [user_of(first), user_of(second)]}}
    others = {"role": "superadmin", "_id": {"$nin": both["_id"]["$in"]}}
    await identities.update_many(others, {"$set": {"role": "user"}})
    try:
        for _ in range(40):
            await identities.update_many(both, {"$set": {"role": "superadmin"}})
            ids = [session_of(each["accessToken"]) for each in (first, second)]
            await sessions.update_many({"_id": {"$in": ids}}, {"$set": {"ended_at": None}})
            answers = await asyncio.gather(
                set_role(auth, first, user_of(second), "user"),
                set_role(auth, second, user_of(first), "admin"),
            )
            assert sorted(answer.status_code for answer in answers)[0] == 200
            assert sorted(answer.status_code for answer in answers)[1] in (401, 403, 409)
            assert await identities.count_documents({"role": "superadmin"}) == 1
    finally:
        await identities.update_one({"_id": user_of(root)}, {"$set": {"role": "superadmin"}})


async def test_the_profile_in_a_sign_in_is_the_newest_that_users_told(auth: Auth) -> None:
    """Versions 3, 1, 2: an older fact never overwrites a newer one."""
    email = new_email()
    result = await auth.sign_in(email)
    for version, name in ((3, "Newest"), (1, "First"), (2, "Second")):
        profile = Profile(name=name, language="es", is_registration_complete=True)
        event = UserProfileUpdated(user_id=user_of(result), version=version, profile=profile)
        await auth.hear(event)
    auth.clock.turn(seconds=61)
    again = await auth.sign_in(email, X_Language="de")
    assert again["user"]["name"] == "Newest"
    assert again["user"]["language"] == "es"
    assert again["isRegistrationComplete"] is True


@pytest.mark.parametrize("address", ["email", "phone"])
async def test_whoever_signs_in_is_found_by_an_index(auth: Auth, address: str) -> None:
    query = {"find": "identities", "filter": {address: "somebody"}}
    plan = await auth.database.command({"explain": query, "verbosity": "queryPlanner"})
    assert plan["queryPlanner"]["winningPlan"]["stage"] == "FETCH"
    assert plan["queryPlanner"]["winningPlan"]["inputStage"]["indexName"] == f"by_{address}"
