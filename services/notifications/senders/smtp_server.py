"""Which mail server, as AULA_SMTP_URL says it."""

from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from shared.settings import SettingsError


class SmtpServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail goes. `must_encrypt`: no mail, and no password, without verified TLS."""

    host: str
    port: int
    user: str | None
    password: str | None
    implicit_tls: bool
    must_encrypt: bool

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port})"

    @classmethod
    def from_url(cls, url: str) -> "SmtpServer":
        """Raises SettingsError, without quoting the URL: it holds a password."""
        try:
            parts = urlsplit(url)
            port = parts.port
            tls = parse_qs(parts.query).get("tls", ["offered"])[-1]
        except ValueError:
            raise SettingsError("AULA_SMTP_URL is not a URL.") from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SettingsError(
                "AULA_SMTP_URL must be like smtp://user:password@host:587 or smtps://host."
            )
        if tls not in ("offered", "required"):
            raise SettingsError("AULA_SMTP_URL: tls= can be `offered` or `required`.")
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=port or (465 if implicit else 587 if parts.password else 25),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            implicit_tls=implicit,
            must_encrypt=implicit or tls == "required" or bool(parts.password),
        )
