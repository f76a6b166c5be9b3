"""Settings of notifications."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from shared.email_addresses import NotAnAddress, canonical
from shared.settings import (
    Secret,
    ServiceSettings,
    SettingsError,
    development_secret,
    required_in_production,
)

_DEVELOPMENT_FROM = "Aula <no-reply@aula.test>"
_DEVELOPMENT_DOMAIN = "aula.test"
_DEVELOPMENT_URL = "http://localhost:8080"


class NotificationsSettings(ServiceSettings, frozen=True, kw_only=True):
    notifications_mode: Annotated[
        Literal["all", "worker", "api"],
        Meta(description="`worker` only delivers, `api` only answers; any number of each"),
    ] = "all"
    code_key: Annotated[
        Secret, Meta(description="Seals codes on their way from auth to notifications")
    ] = Secret("")
    smtp_url: Annotated[
        Secret,
        Meta(
            description="`smtp://user:password@host:587` (STARTTLS where offered; demanded with a"
            " password or `?tls=required`) or `smtps://…`; unset in development: the dev inbox"
        ),
    ] = Secret("")
    sms_url: Annotated[
        Secret,
        Meta(
            description="Apprise URL with `{to}` in the number's place, such as"
            " `twilio://sid:token@+15550001111/{to}`; unset in development: the dev inbox"
        ),
    ] = Secret("")
    apns_key: Annotated[
        Secret,
        Meta(
            description="Apple's signing key: path of the `.p8` file, or its contents; unset in"
            " development: the dev inbox"
        ),
    ] = Secret("")
    apns_key_id: Annotated[str, Meta(description="The ten characters that Apple calls the key")] = (
        ""
    )
    apns_team_id: Annotated[str, Meta(description="The ten characters of the team at Apple")] = ""
    apns_topic: Annotated[str, Meta(description="Bundle id of the iOS app")] = ""
    apns_url: Annotated[
        str,
        Meta(
            description="Apple's server: `production`, `sandbox` (for apps that Xcode put on a"
            " phone), or an address"
        ),
    ] = "production"
    fcm_credentials: Annotated[
        Secret,
        Meta(
            description="Google's service account for Android and web pushes: path of the JSON"
            " file, or its contents; unset in development: the dev inbox"
        ),
    ] = Secret("")
    fcm_url: Annotated[str, Meta(description="Address of FCM")] = "https://fcm.googleapis.com"
    push_ca_file: Annotated[
        str,
        Meta(
            description="Certificates (PEM) of authorities that APNs and FCM are believed by,"
            " besides the system's: those of a proxy"
        ),
    ] = ""
    mail_from: Annotated[str, Meta(description="Sender of mails: `Name <address>`")] = (
        _DEVELOPMENT_FROM
    )
    domain: Annotated[
        str,
        Meta(
            description="Domain that codes are for: last line of a text message",
            pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$",
        ),
    ] = _DEVELOPMENT_DOMAIN
    public_url: Annotated[
        str,
        Meta(
            description="Where people reach the gateway: links in mails begin with it; `make run`"
            " sets its own"
        ),
    ] = _DEVELOPMENT_URL
    mail_connections: Annotated[
        int, Meta(description="Connections that a process may hold to the mail server", ge=2)
    ] = 10
    contact_to: Annotated[
        str, Meta(description="Address of the school that hears that somebody wrote; unset: none")
    ] = ""
    contact_reply_to: Annotated[
        str,
        Meta(description="Address that people write to who answer an answer; unset: the sender's"),
    ] = ""
    contact_thanks: Annotated[
        int,
        Meta(description="Mails a day that tell writers that their message arrived; 0: none", ge=0),
    ] = 500
    suppression_days: Annotated[
        int, Meta(description="Days without mail to an address that the server called dead", ge=1)
    ] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sms_url and "{to}" not in self.sms_url:
            raise SettingsError(
                "AULA_SMS_URL has no {to}: put it where the recipient's number belongs,"
                " as in twilio://sid:token@+15550001111/{to}"
            )
        self._check_apns()
        if not _is_web_address(self.public_url):
            raise SettingsError(
                f"AULA_PUBLIC_URL: {self.public_url!r} is not an address such as"
                " https://api.your.domain"
            )
        for variable, address in (
            ("AULA_CONTACT_TO", self.contact_to),
            ("AULA_CONTACT_REPLY_TO", self.contact_reply_to),
        ):
            if address and not _is_email(address):
                raise SettingsError(
                    f"{variable}: {address!r} is not an address such as office@your.domain"
                )
        if self.is_production:
            self._check_production()

    def _check_apns(self) -> None:
        names = ("apns_key", "apns_key_id", "apns_team_id", "apns_topic")
        missing = [f"AULA_{name.upper()}" for name in names if not getattr(self, name)]
        if 0 < len(missing) < len(names):
            raise SettingsError(
                f"{', '.join(missing)} not set: pushes to iOS need all four of AULA_APNS_KEY,"
                " AULA_APNS_KEY_ID, AULA_APNS_TEAM_ID and AULA_APNS_TOPIC."
            )

    def _check_production(self) -> None:
        required_in_production(self.code_key, "AULA_CODE_KEY", at_least=32)
        if not self.smtp_url:
            raise SettingsError(
                "AULA_SMTP_URL is not set. Production has no dev inbox and must be able to send"
                " mail: set it to smtp://user:password@host:587 or smtps://user:password@host."
            )
        if self.mail_from == _DEVELOPMENT_FROM:
            raise SettingsError(
                "AULA_MAIL_FROM is not set. Set it to the sender of mails, as in"
                " `Aula <no-reply@your.domain>`."
            )
        if self.public_url == _DEVELOPMENT_URL:
            raise SettingsError(
                "AULA_PUBLIC_URL is not set. Set it to where people reach the gateway, as in"
                " https://api.your.domain: links in mails begin with it."
            )
        if not self.public_url.startswith("https://"):
            raise SettingsError(
                "AULA_PUBLIC_URL must begin with https:// in production: what links lead to is"
                " personal."
            )
        if self.sms_url and self.domain == _DEVELOPMENT_DOMAIN:
            raise SettingsError(
                "AULA_DOMAIN is not set. Phones fill in a code only on the domain that the text"
                " message names: set it to yours."
            )

    @property
    def delivers(self) -> bool:
        return self.notifications_mode != "api"

    @property
    def answers(self) -> bool:
        return self.notifications_mode != "worker"

    @property
    def has_dev_inbox(self) -> bool:
        return not self.is_production

    def with_development_defaults(self) -> "NotificationsSettings":
        """In development, the key that auth and notifications share lies in the data directory."""
        if self.is_production or self.code_key:
            return self
        return msgspec.structs.replace(self, code_key=development_secret(self.data_dir, "code-key"))


def _is_email(address: str) -> bool:
    try:
        return canonical(address, test_domains=True).isascii()
    except NotAnAddress:
        return False


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
            and "@" not in parts.netloc
            and not parts.query
            and not parts.fragment
            and not any(character.isspace() for character in url)
        )
    except ValueError:
        return False
