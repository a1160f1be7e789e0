"""Networks from which machines look at mail: ranges that their owners publish for their mail services, by the name under which a
hit is labelled. Short on purpose: what is not here is told by what a request says of itself, by its haste and by sprees.

Sources, each the owner's own page on the addresses of its mail service: Microsoft (Exchange Online Protection), Proofpoint, Mimecast,
Barracuda (Email Gateway Defense), Broadcom (Email Security.cloud), Cisco (OpenDNS), Forcepoint, Trend Micro.
"""

from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

_SCANNERS: dict[str, tuple[str, ...]] = {
    "microsoft": ("40.92.0.0/15", "40.94.0.0/16", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17"),
    "proofpoint": ("67.231.144.0/20", "91.207.212.0/23", "91.209.104.0/24", "148.163.128.0/19", "185.132.180.0/22",
                   "185.183.28.0/22", "205.220.160.0/19"),
    "mimecast": ("63.128.21.0/24", "91.220.42.0/24", "146.101.78.0/24", "170.10.128.0/20", "185.58.84.0/22", "195.130.217.0/24",
                 "205.139.110.0/23", "207.211.30.0/23", "216.205.24.0/24"),
    "barracuda": ("64.235.144.0/20", "209.222.80.0/21"),
    "symantec": ("67.219.240.0/20", "85.158.136.0/21", "193.109.254.0/23", "194.106.220.0/23", "195.245.230.0/23", "216.82.240.0/20"),
    "cisco": ("146.112.0.0/16", "208.67.216.0/21"),
    "forcepoint": ("85.115.32.0/19", "86.111.216.0/21", "116.50.56.0/21", "208.87.232.0/21"),
    "trendmicro": ("150.70.0.0/16",),
}  # fmt: skip
_KEPT_BITS = {4: 24, 6: 48}
"""How much of an address is kept: enough to know its network, too little to know a person by it."""


def shortened(address: str) -> str:
    """The network of an address as it is kept (``192.0.2.0/24``); empty for what is none. IPv4 inside IPv6 counts as IPv4."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network((found, _KEPT_BITS[found.version]), strict=False))


def scanner(network: str) -> str:
    """Whose machines these are; empty when the network is none of the known ones."""
    if not network:
        return ""
    here = ip_network(network)
    if not isinstance(here, IPv4Network):
        return ""
    return next((name for known, name in _known() if here.subnet_of(known)), "")


@cache
def _known() -> tuple[tuple[IPv4Network, str], ...]:
    return tuple((IPv4Network(each), name) for name, ranges in _SCANNERS.items() for each in ranges)
