"""What is said beside the bare numbers, each with how it is counted: what speaks against closings, and how cases ended.

Every fact is a part of a whole, drawn as a bar with a mark where the period before stood; the table beside says the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.figures import Figures, share_of
from bot.domain.outcome import Outcome

BAR = 100  # units of a bar's width: one for each percent


@dataclass(frozen=True, slots=True)
class Fact:
    """A row. Shares are percent, None where the whole is too small for one to mean anything."""

    wording_key: str  # its name
    how_key: str  # how it is counted; empty where its name says it
    part: int
    whole: int
    share: int | None
    before_part: int
    before_share: int | None


def _closings(figures: Figures) -> int:
    return figures.closings


def _told(figures: Figures) -> int:
    return figures.told


def _accepted(figures: Figures) -> int:
    return figures.accepted


def _deadlines(figures: Figures) -> int:
    return figures.kept + figures.missed


# A name of `Figures`, and of what it is a part.
_FACTS: Sequence[tuple[str, Callable[[Figures], int]]] = (
    ("kept", _deadlines),
    ("objections", _closings),
    ("reopenings", _closings),
    ("bare", _told),
    ("quick", _told),
    ("overrides", _told),
    ("untold", _closings),
    ("postponed", _accepted),
    ("escalated", _accepted),
    ("moved", _accepted),
    ("undelivered", _accepted),
)


def facts_of(now: Figures, before: Figures) -> list[Fact]:
    """In the order in which they are read."""
    return [
        _fact(
            f"figures_{name}",
            f"figures_{name}_how",
            (getattr(now, name), whole(now)),
            (getattr(before, name), whole(before)),
        )
        for name, whole in _FACTS
        if name != "untold" or now.untold or before.untold  # of interest only where there are any
    ]


def outcomes_of(now: Figures, before: Figures) -> list[Fact]:
    """Each outcome by itself: a refusal is no success, and a plan is not yet one."""
    return [
        _fact(
            f"figures_outcome_{one.value}", "", (now.outcomes.of(one), now.closed), (before.outcomes.of(one), before.closed)
        )
        for one in Outcome
    ]


def _fact(name: str, how: str, now: tuple[int, int], before: tuple[int, int]) -> Fact:
    return Fact(name, how, *now, share_of(*now), before[0], share_of(*before))
