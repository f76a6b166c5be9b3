"""Consents: who accepted which version of which document, or withdrew, and when. Kept for good."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec

from shared.contracts.users import Profile
from shared.errors import Conflict
from shared.languages import Text

Paper = Literal["privacyPolicy", "termsOfUse", "consentForm"]
GivenBy = Literal["self", "admin"]

_NUMBERS_AND_WORDS = re.compile(r"[0-9]+|[^0-9.\s_/-]+")


class ConsentVersionLowered(Conflict):
    code = "consent_version_lowered"
    text = Text(
        en="A later version of this document has been accepted already",
        tr="Bu belgenin daha yeni bir sürümü zaten kabul edildi",
        es="Ya se ha aceptado una versión posterior de este documento",
        de="Eine spätere Fassung dieses Dokuments wurde bereits angenommen",
    )


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `change` is the version of the profile that it made: the order of changes."""

    id: str
    user_id: str
    document: Paper
    accepted: bool
    version: str | None
    at: datetime
    by: GivenBy
    change: int


class Choice(msgspec.Struct, frozen=True):
    """What a profile says of one document."""

    document: Paper
    accepted: bool
    version: str | None


def choices(profile: Profile) -> Iterator[Choice]:
    yield Choice("privacyPolicy", profile.privacy_policy_accepted, profile.privacy_policy_version)
    yield Choice("termsOfUse", profile.terms_of_use_accepted, profile.terms_of_use_version)
    yield Choice("consentForm", profile.consent_form_accepted, profile.consent_form_version)


def changed_choices(before: Profile, after: Profile) -> list[Choice]:
    return [now for was, now in zip(choices(before), choices(after), strict=True) if was != now]


def is_lower(version: str, other: str) -> bool:
    """By the numbers and words in them: 1.9 is lower than 1.10, v2 and 2.0 are the same."""
    return _key(version) < _key(other)


def _key(version: str) -> list[tuple[int, int, str]]:
    parts = _NUMBERS_AND_WORDS.findall(version.casefold().strip().removeprefix("v"))
    key = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
    while key and key[-1] == (0, 0, ""):
        key.pop()
    return key
