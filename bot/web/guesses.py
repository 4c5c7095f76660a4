"""How often a secret may be guessed, and how long the next try has to wait. In memory alone: no address is ever stored.

Three things are counted, each for the reason that the other two leave open:
- an address, whatever names it tries (ten a minute);
- a name, from wherever it is tried (ten a minute);
- a name from one address: fewer, and the wait grows. So one address can neither use up what a name has, nor shut its
  owner out who comes from elsewhere. A browser that signed in with the name before has a count of its own.
A wait is never longer than `LONGEST_WAIT`: whoever waits, gets in.
"""

import ipaddress
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.web.throttle import peer

MINUTE = 60.0  # seconds
LONGEST_WAIT = 300.0  # seconds
FORGOTTEN_AFTER = 3600.0  # seconds without a wrong guess
MOST_KEPT = 20_000  # counted at a time, a few MB; whoever was quiet longest is forgotten first


@dataclass(frozen=True, slots=True)
class Count:
    """Something that is counted. `first_wait` 0: the wait does not grow beyond the minute."""

    name: tuple[str, ...]
    a_minute: int = 10
    free: int = 10  # wrong guesses in a row before the wait begins to grow
    first_wait: float = 0  # seconds; doubled with each further wrong guess


@dataclass(slots=True)
class _Kept:
    judged: deque[float] = field(default_factory=deque)  # within the last minute
    wrong: int = 0  # in a row
    last: float = 0


class Guesses:
    """Counts of one application."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()

    def take(self, *counts: Count) -> int:
        """0: it may be judged, and is counted as wrong until `succeeded`. Otherwise the seconds until it may be."""
        now = self._now()
        if wait := max((self._wait(count, now) for count in counts), default=0.0):
            return max(1, math.ceil(wait))
        for count in counts:
            kept = self._kept.setdefault(count.name, _Kept())
            self._kept.move_to_end(count.name)
            kept.judged.append(now)
            kept.wrong, kept.last = kept.wrong + 1, now
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return 0

    def undo(self, *counts: Count) -> None:
        """It was no guess after all: this one try does not count. Others of the same minute do, whoever made them."""
        for count in counts:
            if (kept := self._kept.get(count.name)) is not None and kept.judged:
                kept.judged.pop()
                kept.wrong = max(0, kept.wrong - 1)

    def succeeded(self, *counts: Count) -> None:
        """It was right: it does not count, and the wait grows anew."""
        self.undo(*counts)
        for count in counts:
            if (kept := self._kept.get(count.name)) is not None:
                kept.wrong = 0

    def _wait(self, count: Count, now: float) -> float:
        kept = self._kept.get(count.name)
        if kept is None:
            return 0
        while kept.judged and now - kept.judged[0] >= MINUTE:
            kept.judged.popleft()
        if now - kept.last >= FORGOTTEN_AFTER:
            kept.wrong = 0
        over_minute = kept.judged[-count.a_minute] + MINUTE - now if len(kept.judged) >= count.a_minute else 0
        return max(over_minute, self._pause(count, kept) - (now - kept.last), 0)

    @staticmethod
    def _pause(count: Count, kept: _Kept) -> float:
        beyond = kept.wrong - count.free
        if not count.first_wait or beyond < 0:
            return 0
        return float(min(LONGEST_WAIT, count.first_wait * 2 ** min(beyond, 20)))


def network_of(request: web.Request) -> str:
    """The address a request comes from, as far as one person can choose it: of IPv6, the half that a line is given."""
    address = peer(request)
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.IPv6Network((known, 64), strict=False))
    return str(known)
