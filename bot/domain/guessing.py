"""How often a secret may be guessed, and how long the next try has to wait. Seconds are of any clock that all share.

Three things are counted, each for the reason that the other two leave open:
- an address, whatever names it tries (ten a minute);
- a name, from wherever it is tried (ten a minute);
- a name from one address: fewer, and the wait grows. So one address can neither use up what a name has, nor shut its
  owner out who comes from elsewhere. A browser that signed in with the name before has a count of its own.
A wait is never longer than `LONGEST_WAIT`: whoever waits, gets in. Where the counts are kept is `bot.web.guesses`.
"""

from dataclasses import dataclass, replace

MINUTE = 60.0  # seconds
LONGEST_WAIT = 300.0  # seconds
FORGOTTEN_AFTER = 3600.0  # seconds without a wrong guess
SKEW = 30.0  # seconds that the clocks of two processes may differ; more is a clock that was set


@dataclass(frozen=True, slots=True)
class Count:
    """Something that is counted. `first_wait` 0: the wait does not grow beyond the minute."""

    name: tuple[str, ...]
    a_minute: int = 10
    free: int = 10  # wrong guesses in a row before the wait begins to grow
    first_wait: float = 0  # seconds; doubled with each further wrong guess


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of one: when guesses were judged within the last minute, oldest first, and the last of all."""

    judged: tuple[float, ...] = ()
    wrong: int = 0  # in a row
    last: float = 0.0


def wait_of(count: Count, known: Counted, now: float) -> float:
    """Seconds until one more may be judged; 0: now."""
    known = _still(known, now)
    over_minute = known.judged[-count.a_minute] + MINUTE - now if len(known.judged) >= count.a_minute else 0.0
    return min(LONGEST_WAIT, max(over_minute, _pause(count, known) - max(0.0, now - known.last), 0.0))


def judged(known: Counted, now: float) -> Counted:
    """One more, wrong until it is known to be right."""
    known = _still(known, now)
    return Counted((*known.judged, now), known.wrong + 1, now)


def undone(known: Counted) -> Counted:
    """It was no guess after all: this one try does not count. Others of the same minute do, whoever made them."""
    return replace(known, judged=known.judged[:-1], wrong=max(0, known.wrong - 1)) if known.judged else known


def succeeded(known: Counted) -> Counted:
    """It was right: it does not count, and the wait grows anew."""
    return replace(undone(known), wrong=0)


def _still(known: Counted, now: float) -> Counted:
    """Without what is over, or lies in a future that no clock of ours agrees with."""
    fresh = tuple(at for at in known.judged if -SKEW <= now - at < MINUTE)
    is_forgotten = now - known.last >= FORGOTTEN_AFTER or known.last - now > SKEW
    return Counted(fresh, 0 if is_forgotten else known.wrong, known.last)


def _pause(count: Count, known: Counted) -> float:
    beyond = known.wrong - count.free
    if not count.first_wait or beyond < 0:
        return 0.0
    return min(LONGEST_WAIT, count.first_wait * float(2 ** min(beyond, 20)))
