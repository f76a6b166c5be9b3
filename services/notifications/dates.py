"""Dates as the four languages write them."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.languages import Language, Text

_MONTHS = Text(
    en="January February March April May June July August September October November December",
    tr="Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    es="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    de="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
)
_FORM = Text(
    en="{day} {month} {year} at {time} ({zone})",
    tr="{day} {month} {year} saat {time} ({zone})",
    es="{day} de {month} de {year}, {time} h ({zone})",
    de="{day}. {month} {year} um {time} Uhr ({zone})",
)


def written(moment: datetime, language: Language, timezone: str | None) -> str:
    """Where the time zone is not known: in UTC."""
    zone = _zone(timezone or "UTC")
    local = moment.astimezone(zone)
    return _FORM.in_(
        language,
        day=local.day,
        month=_MONTHS.in_(language).split()[local.month - 1],
        year=local.year,
        time=f"{local:%H:%M}",
        zone=zone.key.replace("_", " "),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # this machine's tables are older than users'
        return ZoneInfo("UTC")
