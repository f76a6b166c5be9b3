"""A person as a service knows them that owns none of their facts."""

import msgspec

from shared.languages import DEFAULT, Language


class Acquaintance(msgspec.Struct, frozen=True, kw_only=True):
    """What auth and users told. A service that needs more adds members of `UserProfileUpdated`'s
    profile, or `phone` (E.164), by their names; what it has no member for is not kept."""

    id: str
    email: str | None = None
    name: str | None = None
    language: Language | None = None
    signup_language: Language = DEFAULT
    email_version: int | None = None

    @property
    def speaks(self) -> Language:
        return self.language or self.signup_language

    @property
    def is_known(self) -> bool:
        """Whether auth told of them: before that, no address does not mean that there is none."""
        return self.email_version is not None
