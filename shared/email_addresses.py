"""Email addresses in their one canonical form: the same address is the same text everywhere."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

# RFC 2606, RFC 6761: nobody's, so for tests.
_TEST_DOMAINS = (".test", ".example")
# In octets (RFC 5321).
_MAX_EMAIL = 254
_MAX_LOCAL = 64


class NotAnAddress(Exception):
    """Nothing can be sent there."""


def canonical(raw: str, *, test_domains: bool) -> str:
    """Trimmed, domain in IDNA ASCII, the whole case-folded. `test_domains`: whether the reserved
    ones will do. Raises NotAnAddress."""
    address = raw.strip(" ")
    if len(address.encode()) > _MAX_EMAIL or len(address.split("@")[0].encode()) > _MAX_LOCAL:
        raise NotAnAddress
    try:
        found = validate_email(
            address, check_deliverability=False, strict=True, test_environment=test_domains
        )
    except EmailNotValidError as error:
        raise NotAnAddress from error
    domain = (found.ascii_domain or "").lower()
    # Only now: IDNA has other dots than the full stop.
    if "." not in domain or (domain.endswith(_TEST_DOMAINS) and not test_domains):
        raise NotAnAddress
    # What is sent goes to this form, so whoever reads it reads the mail of this very address.
    local = unicodedata.normalize("NFC", found.local_part.casefold())
    return f"{local}@{domain}"
