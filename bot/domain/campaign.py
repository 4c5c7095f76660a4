"""The campaign ledger: what a ward did for the two codes of conduct besides answering cases, as staff entered it.

Plain values, and the figures the review takes from them. What is kept and how it is entered is elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFigures:
    """Boards of the codes at the end of a period, and what happened to them in it."""

    standing: int = 0
    good: int = 0
    worn: int = 0
    torn: int = 0
    missing: int = 0
    posted: int = 0  # new in the period
    reported: int = 0  # cases of residents about a board
    checked: int = 0  # boards looked at, at least once
    repaired: int = 0
    overdue: int = 0  # their check was due before the period's end


@dataclass(frozen=True, slots=True, kw_only=True)
class Commended:
    """Somebody praised: a name only where that person consented, else empty and counted."""

    name: str
    is_group: bool
    deed: str
    ward_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFigures:
    """What was done in a period, in one ward or the whole city."""

    boards: BoardFigures = field(default_factory=BoardFigures)
    inspections: int = 0
    violations_found: int = 0  # at inspections
    reminded: int = 0  # what came of them
    criticised: int = 0
    disciplined: int = 0
    panels: int = 0  # put up without being entered one by one: none of them is among the boards
    seminars: int = 0
    seminar_people: int = 0
    groups_reached: int = 0  # residential groups with at least one seminar, each once
    groups: int = 0  # residential groups there are; 0: nobody entered it
    leaflets: int = 0
    radio_slots: int = 0
    unit_meetings: int = 0  # monthly meetings of units that reviewed the codes
    essays: int = 0  # submitted to the contest "người tốt việc tốt"
    essays_shortlisted: int = 0
    commended_people: int = 0
    commended_groups: int = 0
    commended: Sequence[Commended] = ()  # those that may be named
    doubtful: Sequence[str] = ()  # keys of wording: entries that a plausibility check doubted and staff left so
