"""Settings come from the environment: field `mongo_url` is the variable `AULA_MONGO_URL`.

A settings class is a frozen msgspec Struct; `Annotated[..., Meta(description=...)]` documents each
field, and `docs/settings.md` is the table of all of them (a test holds the two together).
"""

import ipaddress
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

PREFIX = "AULA_"


class SettingsError(Exception):
    """A setting is missing or wrong. The message names the variable and says what to do."""


class Secret(str):
    """A string that does not show itself in a repr, and so not in a log or a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(***)"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What every process has."""

    environment: Annotated[
        Literal["development", "production"],
        Meta(description="`production` has no defaults for secrets and no dev inbox"),
    ] = "development"
    data_dir: Annotated[str, Meta(description="Where development keeps its data and keys")] = (
        ".data"
    )
    listen_host: Annotated[str, Meta(description="Address a process listens on")] = "127.0.0.1"
    listen_port: Annotated[int, Meta(description="Port a process listens on", ge=0, le=65535)] = 0
    nats_url: Annotated[
        Secret, Meta(description="NATS servers, separated by commas; user and password in the URL")
    ] = Secret("nats://127.0.0.1:4222")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="`info` has one line a request; `warning` has none"),
    ] = "info"
    issuer: Annotated[str, Meta(description="`iss` of access tokens")] = "aula"
    audience: Annotated[str, Meta(description="`aud` of access tokens")] = "aula-api"
    privacy_key: Annotated[
        Secret,
        Meta(
            description="Hashes people's ids for logs, audit and tombstones, and seals what of a"
            " person passes between services; the same for all, and for good"
        ),
    ] = Secret("")

    def __post_init__(self) -> None:
        if not all(_is_nats_server(server) for server in self.nats_url.split(",")):
            raise SettingsError(
                "AULA_NATS_URL is not a list of servers such as nats://user:password@host:4222;"
                " characters such as / or @ in a password must be percent-encoded."
            )

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    def secret_of_people(self) -> Secret:
        """`privacy_key`; in development, where it is not set, one kept in the data directory.
        Raises SettingsError."""
        if self.is_production:
            required_in_production(self.privacy_key, "AULA_PRIVACY_KEY", at_least=32)
        return self.privacy_key or development_secret(self.data_dir, "privacy-key")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read every field from its variable; an empty variable counts as not set.

        Raises SettingsError with a sentence that names the variable.
        """
        values: dict[str, object] = {}
        for field in msgspec.structs.fields(cls):
            raw = environ.get(PREFIX + field.name.upper(), "").strip()
            if raw:
                values[field.name] = _parsed(raw, field)
        return cls(**values)  # type: ignore[arg-type]  # _parsed gave each its field's type


class ServiceSettings(Settings, frozen=True, kw_only=True):
    """What the four services have besides: a database, and the gateway in front of them."""

    mongo_url: Annotated[
        Secret, Meta(description="MongoDB replica set; each service uses a database of its own")
    ] = Secret("mongodb://127.0.0.1:27017/?replicaSet=aula")
    database_prefix: Annotated[
        str, Meta(description="Databases are called `<prefix>_<service>`", pattern="^[a-z0-9_]+$")
    ] = "aula"
    gateway_networks: Annotated[
        tuple[str, ...],
        Meta(description="Networks (CIDR) of the gateways: what they say of a caller is believed"),
    ] = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_networks("AULA_GATEWAY_NETWORKS", self.gateway_networks)


def _parsed(raw: str, field: msgspec.structs.FieldInfo) -> object:
    variable = PREFIX + field.name.upper()
    inner = msgspec.inspect.type_info(field.type)
    while isinstance(inner, msgspec.inspect.Metadata):
        inner = inner.type
    if isinstance(inner, msgspec.inspect.CustomType):
        return Secret(raw)
    value: object = raw
    if isinstance(inner, msgspec.inspect.VarTupleType):
        value = tuple(part.strip() for part in raw.split(",") if part.strip())
    elif isinstance(inner, msgspec.inspect.BoolType):
        value = raw.lower()
        value = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(raw.lower(), value)
    try:
        return msgspec.convert(value, field.type, strict=False)
    except msgspec.ValidationError as error:
        problem = str(error)
        if isinstance(inner, msgspec.inspect.LiteralType):
            problem = "must be " + " or ".join(map(str, inner.values))
        raise SettingsError(f"{variable}: {problem}, but it is set to {raw!r}") from None


def check_networks(variable: str, networks: Sequence[str]) -> None:
    """Raises SettingsError for what is not a network in CIDR notation."""
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise SettingsError(
                f"{variable}: {network!r} is not a network such as 10.0.0.0/8"
            ) from error


def _is_nats_server(url: str) -> bool:
    try:
        parts = urlsplit(url.strip())
        return (
            parts.scheme in ("nats", "tls", "ws", "wss")
            and parts.path in ("", "/")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False


def required_in_production(secret: Secret, variable: str, *, at_least: int) -> None:
    """Raise SettingsError unless `secret` is there and long enough (`at_least` characters)."""
    if not secret:
        raise SettingsError(
            f"{variable} is not set. It has no default in production: set it to a random value of"
            f" at least {at_least} characters, for example from `openssl rand -base64 48`."
        )
    if len(secret) < at_least or len(set(secret)) < 8:
        raise SettingsError(
            f"{variable} is too weak: at least {at_least} random characters are needed."
        )


def development_secret(data_dir: str, name: str) -> Secret:
    """A random secret kept in `<data_dir>/secrets/<name>`, made by whichever process comes first.

    Only for development, where it spares a newcomer the set-up; production reads a variable.
    """
    path = Path(data_dir) / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{name}.{os.getpid()}")
    fresh.write_text(secrets.token_urlsafe(48))
    fresh.chmod(0o600)
    try:
        os.link(fresh, path)  # fails when another process was first: then theirs is the one
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return Secret(path.read_text())
