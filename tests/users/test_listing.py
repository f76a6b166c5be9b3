"""What a person is found by, and what a search looks for."""

import pytest

from services.users.listing import groups, listing_of
from shared.searching import folded, prefixes
from tests.users.people import person

ADA = person(
    name="Ada Maria",
    surname="Lovelace",
    username="countess",
    email="ada@aula.test",
    country_code="+90",
    phone_number="5551234567",
)


def is_found(text: str) -> bool:
    listing = listing_of(ADA)
    assert listing
    return any(term.startswith(prefix) for prefix in prefixes(text) for term in listing.search)


@pytest.mark.parametrize(
    "text",
    [
        *("a", "Ada", "ADA MARIA", "maria love", "lovelace", "Lové", "  ada   maria  "),
        *("countess", "ada@aula", "ADA@AULA.TEST"),
        *("+90 555 123 45 67", "+905551", "0090 555", "00905551234567", "90555", "555 123"),
        *("0555", "0 (555) 123", "5551234567", "\uff15\uff15\uff15"),
    ],
)
def test_people_are_found_by_the_start_of_a_word_of_their_name_and_of_all_else(text: str) -> None:
    assert is_found(text)


@pytest.mark.parametrize(
    "text", ["ovelace", "aria", "lovelace ada", "ada%", "^a", ".*", "aula.test", "1234567", "+44"]
)
def test_they_are_not_found_by_anything_else(text: str) -> None:
    assert not is_found(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("İSTANBUL", "istanbul"),
        ("Işık", "isik"),
        ("ışık", "isik"),
        ("Ångström", "angstrom"),
        ("STRASSE", folded("straße")),
        ("O'Brien", "o'brien"),
        ("a\0b\u200dc\ud800", "a b c"),
    ],
)
def test_case_accents_and_turkish_dots_make_no_difference(text: str, plain: str) -> None:
    assert folded(text) == plain


@pytest.mark.parametrize("text", ["", "   ", "\u0301", "\0", "\u200b"])
def test_a_search_for_nothing_is_none(text: str) -> None:
    assert prefixes(text) == ()


def test_a_long_name_has_a_bounded_number_of_bounded_terms() -> None:
    listing = listing_of(person(name="a " * 50, surname="b" * 100, email="e" * 250 + "@x.test"))
    assert listing
    assert len(listing.search) <= 14
    assert max(map(len, listing.search)) == 64
    assert prefixes("e" * 500) == ("e" * 64,)


def test_who_is_not_known_to_be_registered_is_in_no_list() -> None:
    assert listing_of(person(registered=False, name="Ada")) is None


def test_groups_are_of_a_role_a_state_or_both() -> None:
    assert len(groups()) == 6
    assert groups("admin") == ["admin_complete", "admin_incomplete"]
    assert groups("user", False) == ["user_incomplete"]
    assert set(groups(complete=True)) == {"user_complete", "admin_complete", "superadmin_complete"}
