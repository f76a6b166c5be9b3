"""The one form of an email address or phone number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.identifiers import (
    Email,
    PhoneNotSupported,
    parse_email,
    parse_phone,
)
from shared.addresses import is_loopback, network_of
from shared.errors import InvalidFields


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Ayse@Aula.TEST", "ayse@aula.test"),
        ("  ayse@aula.test ", "ayse@aula.test"),
        ("ayse@BÜCHER.example", "ayse@xn--bcher-kva.example"),
        ("ayse@aula。test", "ayse@aula.test"),  # IDNA's other full stop
        ("ayse+course@aula.test", "ayse+course@aula.test"),
        ("STRAẞE@aula.test", "strasse@aula.test"),
    ],
)
def test_an_email_has_one_form(written: str, canonical: str) -> None:
    assert parse_email(written, test_domains=True) == Email(canonical)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ayse",
        "ayse@",
        "@aula.test",
        "ayse@test",
        "ayse@localhost",
        "ayse@[127.0.0.1]",
        "ayse@aula..test",
        "ayse@aula.test.",
        '"a b"@aula.test',
        "ayse@aula.test\r\nBcc: everybody@aula.test",
        "ayse@aula.test\n",
        "ay\r\nse@aula.test",
        "a@b.test, c@d.test",
        "Ayse <ayse@aula.test>",
        "ay\u200bse@aula.test",
        "ay\u202ese@aula.test",
        "a" * 65 + "@aula.test",
        "ayse@" + "a" * 64 + ".test",
        "ayse@" + ".".join(["aula"] * 60) + ".test",
        "ü" * 60 + "@" + "ü" * 50 + ".test",  # more octets than characters
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(InvalidFields):
        parse_email(written, test_domains=True)


@pytest.mark.parametrize("domain", ["aula.test", "aula.example", "AULA.TEST", "aula。example"])
def test_reserved_domains_are_for_development(domain: str) -> None:
    parse_email(f"ayse@{domain}", test_domains=True)
    with pytest.raises(InvalidFields):
        parse_email(f"ayse@{domain}", test_domains=False)


def test_a_homograph_is_somebody_else() -> None:
    cyrillic = parse_email("\u0430dmin@aula.test", test_domains=True)
    assert cyrillic != Email("admin@aula.test")


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=8))
def test_the_canonical_form_is_its_own_canonical_form(local: str, domain: str) -> None:
    try:
        once = parse_email(f"{local}@{domain}.test", test_domains=True)
    except InvalidFields:
        return
    assert parse_email(once.address, test_domains=True) == once


@pytest.mark.parametrize("country_code", ["90", "+90", " 90 "])
@pytest.mark.parametrize(
    "number",
    [
        "5551234567",
        "05551234567",
        "+905551234567",
        "00905551234567",
        "555 123 45 67",
        "(0555) 123-45-67",
        " 5551234567 ",
    ],
)
def test_a_number_has_one_form(country_code: str, number: str) -> None:
    phone = parse_phone(country_code, number, countries=("TR",))
    assert (phone.country_code, phone.number) == ("+90", "5551234567")
    assert phone.e164 == "+905551234567"


@pytest.mark.parametrize(
    ("country_code", "number"),
    [
        ("90", "2121234567"),  # a landline
        ("90", "9001234567"),  # premium
        ("90", "8001234567"),  # toll-free
        ("90", "5123456789"),  # a pager
        ("90", "4441234"),  # a company's number
        ("90", "3921234567"),  # Northern Cyprus, on the same calling code
        ("870", "773123456"),  # satellites
        ("+881", "612345678"),
        ("883", "510012345"),
        ("44", "7911123456"),  # countries that are not allowed
        ("1", "2025550123"),
        ("7", "9123456789"),
    ],
)
def test_costly_and_unreachable_numbers_are_not_supported(country_code: str, number: str) -> None:
    with pytest.raises(PhoneNotSupported) as refused:
        parse_phone(country_code, number, countries=("TR",))
    assert refused.value.code == "phone_not_supported"


@pytest.mark.parametrize(
    ("country_code", "number"),
    [
        ("90", "555CALLNOW"),
        ("90", "５５５1234567"),  # noqa: RUF001
        ("90", "555123456"),
        ("90", "55512345678"),
        ("90", "+447911123456"),
        ("90", "5551234567;ext=1"),
        ("90", "5551234567\n"),
        ("90", ""),
        ("90", "112"),
        ("999", "5551234567"),
        ("0090", "5551234567"),
        ("TR", "5551234567"),
        ("", "5551234567"),
        ("-90", "5551234567"),
    ],
)
def test_what_is_no_number_is_refused(country_code: str, number: str) -> None:
    with pytest.raises(InvalidFields):
        parse_phone(country_code, number, countries=("TR",))


def test_another_country_can_be_allowed_and_shares_no_code_with_its_neighbours() -> None:
    assert parse_phone("44", "07400123456", countries=("GB",)).e164 == "+447400123456"
    with pytest.raises(PhoneNotSupported):
        parse_phone("44", "07911123456", countries=("GB",))  # Guernsey
    with pytest.raises(PhoneNotSupported):
        parse_phone("1", "6135550123", countries=("US",))  # Canada


def test_one_client_is_an_ipv4_address_or_an_ipv6_slash_64() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("198.51.100.1") != network_of("198.51.100.2")
    assert network_of("::ffff:198.51.100.1") == network_of("198.51.100.1")
    assert network_of("fe80::1%eth0") == network_of("fe80::2%eth1")
    assert [is_loopback(client) for client in ("127.0.0.1", "::1", "198.51.100.1", "x")] == [
        True,
        True,
        False,
        False,
    ]
