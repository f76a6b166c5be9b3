"""Settings of the gateway."""

import re
from typing import Annotated

from msgspec import Meta

from gateway.documentation import Servers
from gateway.limits import parsed_rate
from gateway.upstreams import parsed_urls
from shared.settings import Settings, SettingsError, check_networks

_ORIGIN = re.compile(r"https?://[^/\s,;'\"?#]+")


class GatewaySettings(Settings, frozen=True, kw_only=True):
    auth_url: Annotated[
        tuple[str, ...], Meta(description="Addresses of auth, separated by commas")
    ] = ("http://127.0.0.1:8081",)
    users_url: Annotated[
        tuple[str, ...], Meta(description="Addresses of users, separated by commas")
    ] = ("http://127.0.0.1:8082",)
    learning_url: Annotated[
        tuple[str, ...], Meta(description="Addresses of learning, separated by commas")
    ] = ("http://127.0.0.1:8083",)
    notifications_url: Annotated[
        tuple[str, ...], Meta(description="Addresses of notifications, separated by commas")
    ] = ("http://127.0.0.1:8084",)
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="Networks (CIDR) of proxies in front: their `X-Forwarded-For` is believed"
        ),
    ] = ()
    cors_origins: Annotated[
        tuple[str, ...],
        Meta(description="Origins whose pages may call, such as https://app.example"),
    ] = ()
    rate_public: Annotated[
        str, Meta(description="Calls of sign-in and contact, for each client address")
    ] = "60/minute"
    rate_user: Annotated[
        str, Meta(description="Calls of all other routes, for each user, else client address")
    ] = "1200/minute"
    development_api_url: Annotated[
        str,
        Meta(description="`Development` among the servers of `/api/docs`, where that is another"),
    ] = "http://localhost:8080"
    production_api_url: Annotated[
        str,
        Meta(description="`Production` among the servers of `/api/docs`, where that is another"),
    ] = "https://api.aula.test"
    revocation_grace: Annotated[
        float,
        Meta(description="Seconds without NATS after which requests with a token get 503", ge=0),
    ] = 1.0
    metrics_host: Annotated[str, Meta(description="Address on which `/metrics` listens")] = (
        "127.0.0.1"
    )
    metrics_port: Annotated[
        int, Meta(description="Port of `/metrics`; 0: none", ge=0, le=65535)
    ] = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_networks("AULA_TRUSTED_PROXIES", self.trusted_proxies)
        for owner, urls in self.services.items():
            try:
                parsed_urls(urls)
            except ValueError as error:
                raise SettingsError(f"AULA_{owner.upper()}_URL: {error}") from None
        for variable, rate in (
            ("AULA_RATE_PUBLIC", self.rate_public),
            ("AULA_RATE_USER", self.rate_user),
        ):
            try:
                parsed_rate(rate)
            except ValueError:
                raise SettingsError(
                    f"{variable}: {rate!r} is not a rate such as 60/minute"
                ) from None
        for variable, origins in (
            ("AULA_CORS_ORIGINS", self.cors_origins),
            ("AULA_DEVELOPMENT_API_URL", (self.development_api_url,)),
            ("AULA_PRODUCTION_API_URL", (self.production_api_url,)),
        ):
            for origin in origins:
                if not _ORIGIN.fullmatch(origin):
                    raise SettingsError(
                        f"{variable}: {origin!r} is not an origin such as https://app.example"
                    )

    @property
    def servers(self) -> Servers:
        """Those to choose from on the page of the documentation. This gateway is one of them."""
        if self.is_production:
            return Servers(development=self.development_api_url, production=None)
        return Servers(development=None, production=self.production_api_url)

    @property
    def services(self) -> dict[str, tuple[str, ...]]:
        return {
            "auth": self.auth_url,
            "users": self.users_url,
            "learning": self.learning_url,
            "notifications": self.notifications_url,
        }
