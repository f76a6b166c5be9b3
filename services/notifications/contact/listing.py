"""What a contact is found by."""

import re
from collections.abc import Iterator

import phonenumbers

from services.notifications.contact.domain import Contact
from shared.searching import as_terms, folded, from_each_word


def terms_of(contact: Contact) -> tuple[str, ...]:
    """The name from each of its words on, the address, the phone number."""
    return as_terms(
        [
            *from_each_word(folded(contact.full_name)),
            folded(contact.email),
            *_digits_of(contact.phone or ""),
        ]
    )


def _digits_of(phone: str) -> Iterator[str]:
    """As it was written, and without its country where it names one."""
    yield re.sub(r"[^0-9]", "", phone).lstrip("0")
    international = re.sub(r"^00", "+", phone)
    if international.startswith("+"):
        try:
            number = phonenumbers.parse(international)
        except phonenumbers.NumberParseException:
            return
        yield str(number.national_number)
