"""A person: what auth says of them (the account) and what they say of themself (the profile)."""

from datetime import UTC, datetime

import msgspec

from services.users.usernames import CHANGE_EVERY, UsernameChangedRecently, checked_username
from shared.clock import moment_in, timestamp
from shared.contracts.auth import UserEmailChanged, UserRegistered, UserRoleChanged, UserSignedIn
from shared.contracts.users import Account, Profile, User
from shared.errors import Conflict, InvalidFields
from shared.languages import Text
from shared.roles import Role
from shared.timezones import BAD_TIMEZONE, TIMEZONES

_OBLIGATORY = {
    "privacy_policy_accepted": "privacyPolicyAccepted",
    "terms_of_use_accepted": "termsOfUseAccepted",
}
_EARLIEST_BIRTH = datetime(1900, 1, 1, tzinfo=UTC)

_BAD_BIRTH_DATE = Text(
    en="must be a date in the past, such as 1990-05-17",
    tr="1990-05-17 gibi geçmişte bir tarih olmalıdır",
    es="debe ser una fecha pasada, como 1990-05-17",
    de="muss ein Datum in der Vergangenheit sein, etwa 1990-05-17",
)
_NOT_CLEARED = Text(
    en="cannot be removed any more",
    tr="artık kaldırılamaz",
    es="ya no se puede quitar",
    de="kann nicht mehr entfernt werden",
)
_MUST_BE_ACCEPTED = Text(
    en="must be accepted",
    tr="kabul edilmelidir",
    es="se debe aceptar",
    de="muss angenommen werden",
)


class RegistrationComplete(Conflict):
    code = "registration_complete"
    text = Text(
        en="Registration is complete already",
        tr="Kayıt zaten tamamlandı",
        es="El registro ya está completo",
        de="Die Registrierung ist bereits abgeschlossen",
    )


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`version` counts the changes of the profile. `facts` holds, for each thing that auth says,
    the version of the identity that said it: facts arrive in any order, and more than once."""

    id: str
    account: Account
    profile: Profile = Profile()
    version: int = 0
    deletion_id: str | None = None  # of the last request to delete the account
    export_id: str | None = None  # of the last export
    facts: dict[str, int] = {}

    @classmethod
    def of_token(cls, user_id: str, role: Role) -> "Person":
        """As much as a token tells, for the moment until `user.registered` is here."""
        return cls(id=user_id, account=Account(id=user_id, role=role, roles=(role,)))

    @property
    def is_registered(self) -> bool:
        return "registered" in self.facts

    @property
    def knows_role(self) -> bool:
        """Whether auth has said which role they have."""
        return "role" in self.facts

    @property
    def user(self) -> User:
        return User.of(self.account, self.profile)

    def registered(self, event: UserRegistered) -> "Person":
        if self.is_registered:
            return self
        account = msgspec.structs.replace(
            self.account,
            country_code=event.country_code,
            phone_number=event.phone_number,
            signup_source=event.signup_source,
            signup_campaign=event.signup_campaign,
            created_at=event.registered_at,
            # It was a sign-in, too, of which the event may come a moment later.
            last_login=max(self.account.last_login or "", event.registered_at),
        )
        profile = msgspec.structs.replace(
            self.profile,
            language=self.profile.language or event.language,
            updated_at=self.profile.updated_at or event.registered_at,
        )
        known = msgspec.structs.replace(
            self,
            account=account,
            profile=profile,
            facts={**self.facts, "registered": event.version},
        )
        return known._with_email(event.email, event.version)._with_role(event.role, event.version)

    def signed_in(self, event: UserSignedIn) -> "Person":
        latest = max(self.account.last_login or "", event.signed_in_at)
        return msgspec.structs.replace(
            self, account=msgspec.structs.replace(self.account, last_login=latest)
        )

    def email_changed(self, event: UserEmailChanged) -> "Person":
        return self._with_email(event.email, event.version)

    def role_changed(self, event: UserRoleChanged) -> "Person":
        return self._with_role(event.role, event.version)

    def with_profile(self, changes: dict[str, object], now: datetime) -> "Person":
        """`changes`: members of Profile and their new values. Raises InvalidFields."""
        checked = _checked(self.profile, changes, now)
        profile = msgspec.structs.replace(self.profile, **checked, updated_at=timestamp(now))
        return msgspec.structs.replace(self, profile=profile, version=self.version + 1)

    @property
    def is_leaving(self) -> bool:
        return self.profile.account_deletion_status == "pending"

    def is_due(self, now: datetime) -> bool:
        return self.is_leaving and (self.profile.account_deletion_scheduled_for or "") <= timestamp(
            now
        )

    def leaving(self, deletion_id: str, now: datetime, due: datetime) -> "Person":
        changes: dict[str, object] = {
            "account_deletion_status": "pending",
            "account_deletion_requested_at": timestamp(now),
            "account_deletion_scheduled_for": timestamp(due),
            "account_deletion_cancelled_at": None,
        }
        return msgspec.structs.replace(self.with_profile(changes, now), deletion_id=deletion_id)

    def staying(self, now: datetime) -> "Person":
        changes: dict[str, object] = {
            "account_deletion_status": "cancelled",
            "account_deletion_cancelled_at": timestamp(now),
        }
        return self.with_profile(changes, now)

    @property
    def missing_fields(self) -> tuple[str, ...]:
        """The JSON names of what registration still wants."""
        profile = self.profile
        if profile.is_registration_complete:
            return ()
        wanted = {
            "name": profile.name,
            "surname": profile.surname,
            "privacyPolicyAccepted": profile.privacy_policy_accepted,
            "privacyPolicyVersion": profile.privacy_policy_version,
            "termsOfUseAccepted": profile.terms_of_use_accepted,
            "termsOfUseVersion": profile.terms_of_use_version,
        }
        return tuple(name for name, value in wanted.items() if not value)

    def with_registration(self, answers: dict[str, object], now: datetime) -> "Person":
        """`answers`: as for `with_profile`, with all that registration wants. Raises
        RegistrationComplete, InvalidFields."""
        if self.profile.is_registration_complete:
            raise RegistrationComplete
        return self.with_profile({**answers, "is_registration_complete": True}, now)

    def with_username(self, wanted: str, now: datetime) -> "Person":
        """Themself where it is the name they have.

        Raises InvalidFields, UsernameChangedRecently.
        """
        username = checked_username(wanted)
        if username == self.profile.username:
            return self
        if last := self.profile.last_username_change_date:
            again_from = datetime.fromisoformat(last) + CHANGE_EVERY
            if now < again_from:
                raise UsernameChangedRecently(timestamp(again_from))
        changes: dict[str, object] = {
            "username": username,
            "last_username_change_date": timestamp(now),
        }
        return self.with_profile(changes, now)

    def _with_email(self, email: str | None, version: int) -> "Person":
        if self.facts.get("email", 0) >= version:
            return self
        account = msgspec.structs.replace(self.account, email=email)
        return msgspec.structs.replace(
            self, account=account, facts={**self.facts, "email": version}
        )

    def _with_role(self, role: Role, version: int) -> "Person":
        if self.facts.get("role", 0) >= version:
            return self
        account = msgspec.structs.replace(self.account, role=role, roles=(role,))
        return msgspec.structs.replace(self, account=account, facts={**self.facts, "role": version})


def _checked(before: Profile, changes: dict[str, object], now: datetime) -> dict[str, object]:
    checked = dict(changes)
    wrong = _wrong_names(before, changes) | _wrong_consents(changes)
    if isinstance(birth_date := checked.get("birth_date"), str):
        moment = moment_in(birth_date)
        if moment is None or not _EARLIEST_BIRTH <= moment < now:
            wrong["birthDate"] = _BAD_BIRTH_DATE
        else:
            checked["birth_date"] = timestamp(moment)
    timezone = checked.get("timezone")
    if timezone is not None and timezone not in TIMEZONES:
        wrong["timezone"] = BAD_TIMEZONE
    if wrong:
        raise InvalidFields(wrong)
    return checked


def _wrong_names(before: Profile, changes: dict[str, object]) -> dict[str, Text]:
    if not before.is_registration_complete:
        return {}
    return {name: _NOT_CLEARED for name in ("name", "surname") if changes.get(name, name) is None}


def _wrong_consents(changes: dict[str, object]) -> dict[str, Text]:
    return {
        shown: _MUST_BE_ACCEPTED
        for name, shown in _OBLIGATORY.items()
        if changes.get(name) is False
    }
