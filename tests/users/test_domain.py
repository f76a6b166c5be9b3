"""Facts about a person arrive in any order and more than once; the profile is theirs to change."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from services.users.domain import Person
from shared.contracts.auth import UserEmailChanged, UserRegistered, UserRoleChanged, UserSignedIn
from shared.errors import InvalidFields

ID = "0" * 24
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
REGISTERED = UserRegistered(
    user_id=ID,
    version=1,
    email="ada@aula.test",
    country_code=None,
    phone_number=None,
    role="user",
    language="de",
    signup_source="poster",
    signup_campaign=None,
    registered_at="2026-01-01T00:00:00.000Z",
)
FACTS = (
    lambda person: person.registered(REGISTERED),
    lambda person: person.role_changed(UserRoleChanged(user_id=ID, version=2, role="admin")),
    lambda person: person.email_changed(
        UserEmailChanged(user_id=ID, version=3, email="countess@aula.test")
    ),
    lambda person: person.role_changed(UserRoleChanged(user_id=ID, version=4, role="user")),
    lambda person: person.signed_in(
        UserSignedIn(user_id=ID, session_id=ID, signed_in_at="2026-02-01T00:00:00.000Z")
    ),
)


def test_facts_in_any_order_and_twice_end_in_the_same_person() -> None:
    ends = set()
    for order in permutations(FACTS):
        person = Person.of_token(ID, "user")
        for fact in (*order, *order):
            person = fact(person)
        ends.add((person.account, person.profile))
    assert len(ends) == 1
    (account, profile), *_ = ends
    assert (account.email, account.role, account.roles) == ("countess@aula.test", "user", ("user",))
    assert account.last_login == "2026-02-01T00:00:00.000Z"
    assert (account.signup_source, profile.language) == ("poster", "de")


def test_an_older_sign_in_does_not_set_the_clock_back() -> None:
    person = Person.of_token(ID, "user")
    for at in ("2026-03-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"):
        person = person.signed_in(UserSignedIn(user_id=ID, session_id=ID, signed_in_at=at))
    assert person.account.last_login == "2026-03-01T00:00:00.000Z"


def test_a_change_of_profile_counts_its_version_and_notes_the_time() -> None:
    person = Person.of_token(ID, "user").with_profile({"name": "Ada"}, NOW)
    assert (person.version, person.profile.name) == (1, "Ada")
    assert person.profile.updated_at == "2026-11-21T10:00:00.000Z"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("1990-05-17", "1990-05-17T00:00:00.000Z"),
        ("2026-01-15T10:30:00.000Z", "2026-01-15T10:30:00.000Z"),
        ("1990-05-17T01:00:00+03:00", "1990-05-16T22:00:00.000Z"),
    ],
)
def test_a_birth_date_is_kept_as_a_timestamp(given: str, kept: str) -> None:
    person = Person.of_token(ID, "user").with_profile({"birth_date": given}, NOW)
    assert person.profile.birth_date == kept


@pytest.mark.parametrize(
    "given",
    [
        "2999-01-01",
        "1899-12-31",
        "yesterday",
        "1990-13-01",
        "",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_an_impossible_birth_date_is_refused(given: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        Person.of_token(ID, "user").with_profile({"birth_date": given}, NOW)
    assert list(refusal.value.fields) == ["birthDate"]


def test_every_wrong_field_is_named() -> None:
    changes: dict[str, object] = {"birth_date": "x", "timezone": "Mars/Olympus"}
    with pytest.raises(InvalidFields) as refusal:
        Person.of_token(ID, "user").with_profile(changes, NOW)
    assert set(refusal.value.fields) == {"birthDate", "timezone"}
