"""Time zones by their IANA names."""

from zoneinfo import available_timezones

from shared.languages import Text

TIMEZONES = frozenset(available_timezones())  # reads the disk: once, at the start

BAD_TIMEZONE = Text(
    en="must be an IANA time zone, such as Europe/Istanbul",
    tr="Europe/Istanbul gibi bir IANA saat dilimi olmalıdır",
    es="debe ser una zona horaria IANA, como Europe/Istanbul",
    de="muss eine IANA-Zeitzone sein, etwa Europe/Istanbul",
)
