"""Client addresses: what counts as one caller."""

import ipaddress


def network_of(client: str) -> str:
    """An IPv4 address, or the /64 that a line gets with IPv6; anything else as it is."""
    if ":" not in client:
        return client
    try:
        address = ipaddress.IPv6Address(client)
    except ValueError:
        return client
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(address) >> 64 << 64))


def is_loopback(client: str) -> bool:
    return client == "::1" or client.startswith("127.")
