"""What staff teach us about routing: a resident's words, where they were taken, and the ward they were about.

Kept so that routing can be measured on what residents really write. Nothing learns from it by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.case import Case, CaseId, Desk
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import Point, WardCode


class MoveReason(StrEnum):
    """Why staff move a case to another ward."""

    WRONG_WARD = "wrong_ward"  # the ward was guessed or chosen wrongly, or not known at all
    OTHER = "other"  # the ward was right, but somebody else handles it


# A report about an official is read by the officers named for it and by nobody else. Corrections leave the desk in an
# export for whoever works on routing, so such a case's words never become one.
DESKS_THAT_TEACH = frozenset({Desk.GENERAL, Desk.UNPLACED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A case whose ward was wrong. `truth` is None while the case is back at the city and nobody knows it yet."""

    case_id: CaseId
    text: str  # as filed: what routing read
    point: Point | None  # without its accuracy, for which the set of routing's tests has no column
    guess: tuple[WardCode, ...]  # where it was filed; empty when unplaced
    truth: WardCode | None
    at: datetime  # of the newest move


def correction_of(
    case: Case, *, timeline: Sequence[CaseEvent], reason: MoveReason, truth: WardCode | None, at: datetime
) -> Correction | None:
    """What the move of this case teaches, if anything.

    Args:
        case: As it was before the move.
        timeline: Its events, oldest first, without the present move. The ward before the first move is the guess: what
            staff thought in between is not routing's fault.
    """
    if reason is not MoveReason.WRONG_WARD or case.desk not in DESKS_THAT_TEACH:
        return None
    moves = [event for event in timeline if event.kind is EventKind.MOVED]
    filed_for = (moves[0].details or {}).get("from_ward") if moves else case.ward_code
    return Correction(
        case_id=case.id,
        text=case.text,
        point=Point(case.point.lat, case.point.lon) if case.point else None,
        guess=(WardCode(filed_for),) if filed_for else (),
        truth=truth,
        at=at,
    )
