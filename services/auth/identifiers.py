"""What a person signs in with, in its one canonical form: an email address or a phone number."""

import re

import msgspec
import phonenumbers
from phonenumbers import PhoneNumberType

from shared.email_addresses import NotAnAddress, canonical
from shared.errors import InvalidFields, ValidationFailed
from shared.languages import Text

_COUNTRY_CODE = re.compile(r"\+?[1-9][0-9]{0,3}")
_DIALLED = re.compile(r"\+?[0-9(][0-9 ()./-]{3,24}")
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_PREFIX_DIGITS = 5  # of the national number: an operator's block

_BAD_EMAIL = Text(
    en="is not a valid email address",
    tr="geçerli bir e-posta adresi değil",
    es="no es una dirección de correo válida",
    de="ist keine gültige E-Mail-Adresse",
)
_BAD_PHONE = Text(
    en="is not a valid phone number",
    tr="geçerli bir telefon numarası değil",
    es="no es un número de teléfono válido",
    de="ist keine gültige Telefonnummer",
)
_BAD_COUNTRY_CODE = Text(
    en="is not a country calling code",
    tr="bir ülke telefon kodu değil",
    es="no es un prefijo telefónico internacional",
    de="ist keine Landesvorwahl",
)


class PhoneNotSupported(ValidationFailed):
    code = "phone_not_supported"
    text = Text(
        en="Codes cannot be sent to this phone number",
        tr="Bu telefon numarasına kod gönderilemiyor",
        es="No se pueden enviar códigos a este número de teléfono",
        de="An diese Telefonnummer können keine Codes gesendet werden",
    )


class Email(msgspec.Struct, frozen=True):
    address: str

    @property
    def key(self) -> str:
        return f"email:{self.address}"


class Phone(msgspec.Struct, frozen=True):
    """`country_code` as "+90", `number` the national significant number, "5551234567"."""

    country_code: str
    number: str

    @property
    def e164(self) -> str:
        return self.country_code + self.number

    @property
    def key(self) -> str:
        return f"phone:{self.e164}"

    @property
    def prefix(self) -> str:
        return self.country_code + self.number[:_PREFIX_DIGITS]


Identifier = Email | Phone


def parse_email(raw: str, *, test_domains: bool) -> Email:
    """`test_domains`: whether the reserved ones will do."""
    try:
        return Email(canonical(raw, test_domains=test_domains))
    except NotAnAddress:
        raise InvalidFields({"email": _BAD_EMAIL}) from None


def parse_phone(country_code: str, number: str, *, countries: tuple[str, ...]) -> Phone:
    """A mobile number of one of `countries` (ISO 3166). Numbers may be national (with or without
    the leading 0) or international as long as they agree with `country_code`."""
    calling_code = _calling_code(country_code.strip(" "), countries)
    number = number.strip(" ")
    if not _DIALLED.fullmatch(number):
        raise InvalidFields({"phoneNumber": _BAD_PHONE})
    region = phonenumbers.region_code_for_country_code(calling_code)
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        raise InvalidFields({"phoneNumber": _BAD_PHONE}) from None
    if parsed.country_code != calling_code or not phonenumbers.is_valid_number(parsed):
        raise InvalidFields({"phoneNumber": _BAD_PHONE})
    if (
        phonenumbers.region_code_for_number(parsed) not in countries
        or phonenumbers.number_type(parsed) not in _MOBILE
    ):
        raise PhoneNotSupported
    return Phone(f"+{calling_code}", phonenumbers.national_significant_number(parsed))


def _calling_code(written: str, countries: tuple[str, ...]) -> int:
    """The number of a country calling code that some of `countries` have."""
    if not _COUNTRY_CODE.fullmatch(written):
        raise InvalidFields({"countryCode": _BAD_COUNTRY_CODE})
    calling_code = int(written.removeprefix("+"))
    regions = phonenumbers.region_codes_for_country_code(calling_code)
    if not regions:
        raise InvalidFields({"countryCode": _BAD_COUNTRY_CODE})
    if not set(regions) & set(countries):
        raise PhoneNotSupported
    return calling_code
