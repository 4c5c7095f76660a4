"""Where this program may connect to when somebody else names the address: never into a private network."""

import socket
from ipaddress import ip_network
from typing import Any

import pytest

from bot.outward import NotAsked, Outward, is_public, look_at_address
from bot.settings import load_settings
from tests.neighbours.conftest import Street
from tests.neighbours.receiver import receiving

PRIVATE = (
    *("127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "203.0.113.7"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *("2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:5ef5:79fd::", "fec0::1", "2001:db8::1"),
)
WRONG = (
    *(
        "",
        "https://",
        "https://x y.example",
        "ftp://example.com/",
        "javascript:alert(1)",
        "//example.com/hook",
        "example.com",
    ),
    *(
        "https://user:pass@example.com/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa\u200bmple.com/",
    ),
    *("https://[::1/", "https://example.com/#x", "https://example.com\\@127.0.0.1/", "https://example.com/\r\nX: y"),
    *("https://2130706433/", "https://0177.0.0.1/", "https://0x7f.1/", "https://127.1/", "https://0/"),
)


def answers(*places: str) -> Any:
    """A name server that says this, whatever it is asked."""

    async def resolve(_host: str, port: int, **_: Any) -> list[Any]:
        return [
            (socket.AF_INET6 if ":" in place else socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))
            for place in places
        ]

    return resolve


@pytest.mark.parametrize("place", PRIVATE)
async def test_a_private_address_is_never_asked(place: str) -> None:
    """By its number, or as what a name server answers."""
    literal = f"[{place}]" if ":" in place else place
    assert not is_public(place)
    for outward, address in (
        (Outward(), f"https://{literal}/hook"),
        (Outward(resolve=answers(place)), "https://a.example/"),
    ):
        with pytest.raises(NotAsked):
            await outward.places(address)
        assert await look_at_address(outward, address) == "neighbours_bad_address"


@pytest.mark.parametrize("address", WRONG)
async def test_what_is_no_address_is_never_asked(address: str) -> None:
    """Decimal, octal and short ways to write a number among them: refused before anybody is asked."""
    with pytest.raises((NotAsked, OSError)):
        await Outward(resolve=answers("127.0.0.1")).places(address)
    assert await look_at_address(Outward(resolve=answers("8.8.8.8")), address) == "neighbours_bad_address"


async def test_of_several_answers_only_the_public_ones_are_left() -> None:
    outward = Outward(resolve=answers("127.0.0.1", "8.8.8.8", "::1"))
    assert [place[0] for place in await outward.places("https://a.example:8443/")] == ["8.8.8.8"]


async def test_plain_http_goes_to_a_network_of_ones_own_alone() -> None:
    own = Outward((ip_network("10.0.0.0/8"),), resolve=answers("10.1.2.3"))
    assert [place[:2] for place in await own.places("http://portal/hook")] == [("10.1.2.3", 80)]
    with pytest.raises(NotAsked):
        await Outward((ip_network("10.0.0.0/8"),), resolve=answers("8.8.8.8")).places("http://a.example/")
    with pytest.raises(NotAsked):
        await Outward((ip_network("10.0.0.0/8"),), resolve=answers("192.168.0.1")).places("https://a.example/")


async def test_a_name_that_answers_otherwise_later_leads_nowhere(lane: Street) -> None:
    """Public while it was subscribed, loopback when it is told: refused, and the server on loopback hears nothing."""
    said = ["8.8.8.8", "127.0.0.1", "127.0.0.1"]

    async def turncoat(_host: str, port: int, **_: Any) -> Any:
        return await answers(said.pop(0))(_host, port)

    async with receiving() as inside:
        port = inside.address.split(":")[2].partition("/")[0]
        lane.outward = Outward(resolve=turncoat)
        inside.address = f"https://a.example:{port}/hook"
        subscription = await lane.subscribed(inside)
        await lane.looks()
        assert [why for _, why, _ in await lane.lines(subscription)] == ["not_allowed"]
        assert said == ["127.0.0.1"], "resolved once to be told: what was judged is what is asked"
        assert inside.tries == []


def test_only_whole_networks_may_be_named() -> None:
    assert load_settings(own_networks="10.0.0.0/8 fd00::/8").networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
