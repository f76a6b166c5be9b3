"""Settings of auth."""

from typing import Annotated

import msgspec
from msgspec import Meta

from services.auth.identifiers import Email, parse_email
from shared.errors import InvalidFields
from shared.settings import (
    Secret,
    ServiceSettings,
    SettingsError,
    development_secret,
    required_in_production,
)


class AuthSettings(ServiceSettings, frozen=True, kw_only=True):
    auth_secret: Annotated[
        Secret, Meta(description="Codes and refresh tokens are derived from it; auth only")
    ] = Secret("")
    code_key: Annotated[
        Secret, Meta(description="Seals codes on their way from auth to notifications")
    ] = Secret("")
    signing_keys_dir: Annotated[
        str,
        Meta(description="Folder of ES256 private keys (`*.pem`); the last by name signs"),
    ] = ""
    bootstrap_superadmins: Annotated[
        tuple[str, ...],
        Meta(
            description="Whoever proves such an email becomes superadmin, unless a phone opens"
            " their account too"
        ),
    ] = ()
    expose_codes: Annotated[
        bool | None,
        Meta(description="`send-otp*` answers contain the code; development only, and its default"),
    ] = None
    sms_countries: Annotated[
        tuple[str, ...], Meta(description="ISO 3166 codes of the countries that codes go to by SMS")
    ] = ("TR",)
    sms_digits: Annotated[int, Meta(description="Length of codes sent by SMS", ge=4, le=8)] = 4
    short_mail_digits: Annotated[
        int, Meta(description="Length of codes sent by `send-otp-email`", ge=4, le=8)
    ] = 4
    mail_digits: Annotated[
        int, Meta(description="Length of codes sent by `otp/request`", ge=4, le=8)
    ] = 6
    sends_per_address_hour: Annotated[
        int, Meta(description="Codes asked for from one client address in an hour", ge=1)
    ] = 30
    sends_per_address_day: Annotated[
        int, Meta(description="Codes asked for from one client address in a day", ge=1)
    ] = 100
    sms_per_prefix_hour: Annotated[
        int, Meta(description="SMS an hour to numbers with the same first digits", ge=1)
    ] = 200
    sms_per_day: Annotated[int, Meta(description="SMS a day in all", ge=1)] = 5_000

    def __post_init__(self) -> None:
        super().__post_init__()
        self.superadmins()
        if not self.is_production:
            return
        required_in_production(self.auth_secret, "AULA_AUTH_SECRET", at_least=32)
        required_in_production(self.code_key, "AULA_CODE_KEY", at_least=32)
        if not self.signing_keys_dir:
            raise SettingsError(
                "AULA_SIGNING_KEYS_DIR is not set. Production needs a real signing key: make one"
                " with `python -m services.auth.signing_keys DIR` and set the variable to DIR."
            )
        if self.expose_codes:
            raise SettingsError("AULA_EXPOSE_CODES must not be set in production: remove it.")

    def superadmins(self) -> frozenset[Email]:
        """The addresses of `bootstrap_superadmins`, in the form in which they are proven."""
        test_domains = not self.is_production
        found = set()
        for address in self.bootstrap_superadmins:
            try:
                found.add(parse_email(address, test_domains=test_domains))
            except InvalidFields:
                raise SettingsError(
                    f"AULA_BOOTSTRAP_SUPERADMINS: {address!r} is not an email address that codes"
                    " can be sent to."
                ) from None
        return frozenset(found)

    def with_development_defaults(self) -> "AuthSettings":
        """In development, what is not set gets a value of its own under the data directory."""
        if self.is_production:
            return self
        return msgspec.structs.replace(
            self,
            auth_secret=self.auth_secret or development_secret(self.data_dir, "auth-secret"),
            code_key=self.code_key or development_secret(self.data_dir, "code-key"),
            signing_keys_dir=self.signing_keys_dir or f"{self.data_dir}/signing-keys",
            bootstrap_superadmins=self.bootstrap_superadmins or ("admin@aula.test",),
            expose_codes=True if self.expose_codes is None else self.expose_codes,
        )
