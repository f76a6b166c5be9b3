"""Who is at the other end: the client's address, through the proxies that are trusted."""

import ipaddress
from collections.abc import Sequence

from shared.http.asgi import Scope

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Clients:
    """`trusted_proxies`: networks (CIDR) whose `X-Forwarded-For` and `-Proto` are believed."""

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusted = [ipaddress.ip_network(network) for network in trusted_proxies]

    def address_and_scheme(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[str, str]:
        """The peer's; or, where that is a trusted proxy, the last address that is not one."""
        peer: str = scope["client"][0] if scope["client"] else "127.0.0.1"
        if not self._trusted or not self._is_trusted(ipaddress.ip_address(peer)):
            return peer, scope["scheme"]
        scheme = headers.get(b"x-forwarded-proto", b"").decode("latin-1").strip().lower()
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        return self._client(peer, forwarded), scheme if scheme in ("http", "https") else "http"

    def _client(self, peer: str, forwarded: str) -> str:
        client = peer
        for entry in reversed(forwarded.split(",")):
            try:
                address = ipaddress.ip_address(entry.strip())
            except ValueError:
                break
            client = str(address)
            if not self._is_trusted(address):
                break
        return client

    def _is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)
