"""Where this program may connect to when somebody else named the address: public places, and networks it was told of.

A name is resolved here, what may not be asked is taken out of the answer, and the connection is made to what is left: what a
name server says a second time counts for nothing. A literal address that is no plain one ("2130706433", "0177.0.0.1") is a
name like any other, and judged by what it resolves to.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.domain.neighbours import LONGEST_ADDRESS

RESOLVED_WITHIN = 5.0  # seconds

Network = IPv4Network | IPv6Network
Resolve = Callable[..., Awaitable[Sequence[Any]]]  # of `socket.getaddrinfo`'s shape

# Addresses in which others are wrapped: where they lead is decided by somebody else's network.
_WRAPPING = [
    IPv6Network(net) for net in ("::ffff:0:0/96", "::/96", "2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")
]
# Set apart by IANA, and called global by the `ipaddress` of some Pythons that we run on.
_SET_APART: list[IPv4Network | IPv6Network] = [
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
]
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


class NotAsked(OSError):
    """The address leads to where this program does not connect."""


def is_public(text: str) -> bool:
    """Whether this is an address (of a host, as text) that everybody reaches alike."""
    try:
        found: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and (found.is_site_local or any(found in net for net in _WRAPPING)):
        return False
    if any(found.version == net.version and found in net for net in _SET_APART):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified or found.is_loopback)


@dataclass(frozen=True, slots=True)
class Outward:
    """What may be asked.

    Args:
        networks: Of one's own, which may be asked too, also without TLS.
        resolve: Resolves names; the system's by default.
    """

    networks: tuple[Network, ...] = ()
    resolve: Resolve | None = None

    async def places(self, address: str) -> list[tuple[str, int, socket.AddressFamily, int]]:
        """Where a connection to this https address may be made: host, port, family and protocol of each.

        Raises:
            NotAsked: It is no address for us, or leads to none that may be asked.
            OSError: The name cannot be resolved now.
        """
        host, port, is_safe = read_address(address)
        ask = self.resolve or asyncio.get_running_loop().getaddrinfo
        infos = await ask(host, port, family=socket.AF_UNSPEC, type=socket.SOCK_STREAM)
        found = []
        for family, _, protocol, _, place in infos:
            is_own = self.is_own(str(place[0]))
            if is_own or (is_safe and is_public(str(place[0]))):
                found.append((str(place[0]), port, family, protocol))
        if not found:
            raise NotAsked("no address that may be asked")
        return found

    def is_own(self, text: str) -> bool:
        """Whether it lies in a network that was named."""
        try:
            found = ip_address(text.partition("%")[0])
        except ValueError:
            return False
        return any(found.version == net.version and found in net for net in self.networks)


async def look_at_address(outward: Outward, address: str) -> str:
    """The wording key of what is wrong with it; empty when it may be asked. Outside of any transaction: it waits."""
    if not address or len(address) > LONGEST_ADDRESS:
        return "neighbours_bad_address"
    try:
        async with asyncio.timeout(RESOLVED_WITHIN):
            await outward.places(address)
    except NotAsked:
        return "neighbours_bad_address"
    except (OSError, UnicodeError, TimeoutError):
        return "neighbours_unknown_name"
    return ""


def read_address(address: str) -> tuple[str, int, bool]:
    """Host, port, and whether it is https.

    Raises:
        NotAsked: It is no address that a program could be at.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAsked("no address") from None
    is_plain = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
    if not is_plain or parts.scheme not in ("https", "http") or parts.username is not None or parts.password is not None:
        raise NotAsked("no address")
    if parts.fragment or port == 0 or not (_is_literal(host) or _NAME.fullmatch(host)):
        raise NotAsked("no address")
    is_safe = parts.scheme == "https"
    return host, port or (443 if is_safe else 80), is_safe


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
