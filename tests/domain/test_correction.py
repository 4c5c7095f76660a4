"""What a move teaches about routing, and what it must not tell."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.case import Case, CaseCode, CaseId, CaseKind, CaseStatus, Desk
from bot.domain.clocks.state import Clocks
from bot.domain.correction import MoveReason, correction_of
from bot.domain.people import Address, Channel, ResidentId
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import Point, WardCode

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TAY_HO, BA_DINH, HOAN_KIEM = WardCode("00103"), WardCode("00004"), WardCode("00070")
CASE = Case(
    id=CaseId(7),
    code=CaseCode("7K3M-9QX2"),
    kind=CaseKind.VIOLATION,
    category="vio_litter",
    ward_code=TAY_HO,
    desk=Desk.GENERAL,
    resident_id=ResidentId(1),
    address=Address(Channel.WEBCHAT, "lan"),
    source_id="m1",
    status=CaseStatus.OPEN,
    outcome=None,
    text="Rác ở ngõ 12",
    point=Point(21.05, 105.82, 8.0),
    created_at=NOW,
    due_at=NOW,
    closed_at=None,
    clocks=Clocks(began_at=NOW, due_at=NOW, counted_from=NOW),
    version=3,
)
WRONG = MoveReason.WRONG_WARD


def moved(**details: str) -> CaseEvent:
    return CaseEvent(case_id=CASE.id, kind=EventKind.MOVED, at=NOW, details=details)


def test_the_ward_it_was_filed_for_is_the_guess() -> None:
    found = correction_of(CASE, timeline=[], reason=WRONG, truth=BA_DINH, at=NOW)
    assert found is not None
    assert (found.case_id, found.text, found.guess, found.truth) == (CASE.id, "Rác ở ngõ 12", (TAY_HO,), BA_DINH)
    assert found.point == Point(21.05, 105.82)


@pytest.mark.parametrize(
    ("case", "timeline", "guess"),
    [
        (replace(CASE, ward_code=None, desk=Desk.UNPLACED), [], ()),
        (replace(CASE, ward_code=HOAN_KIEM), [moved(from_ward=TAY_HO, ward=HOAN_KIEM)], (TAY_HO,)),
        (CASE, [moved(from_ward=HOAN_KIEM), moved(from_desk="unplaced", ward=TAY_HO)], (HOAN_KIEM,)),
        (CASE, [moved(from_desk="unplaced", ward=TAY_HO)], ()),
        (CASE, [replace(moved(), details=None)], ()),
        (CASE, [replace(moved(), kind=EventKind.FILED, details={"ward": TAY_HO})], (TAY_HO,)),
    ],
)
def test_what_staff_thought_in_between_is_no_guess_of_routing(
    case: Case, timeline: list[CaseEvent], guess: tuple[WardCode, ...]
) -> None:
    found = correction_of(case, timeline=timeline, reason=WRONG, truth=BA_DINH, at=NOW)
    assert found is not None
    assert found.guess == guess


def test_a_case_that_only_somebody_else_handles_teaches_nothing() -> None:
    assert correction_of(CASE, timeline=[], reason=MoveReason.OTHER, truth=BA_DINH, at=NOW) is None


@pytest.mark.parametrize("desk", list(Desk))
def test_a_report_about_an_official_never_leaves_its_desk(desk: Desk) -> None:
    """Only what the ordinary desks read may stand in an export; a desk to come is closed until it is opened."""
    found = correction_of(replace(CASE, desk=desk), timeline=[], reason=WRONG, truth=BA_DINH, at=NOW)
    assert (found is not None) == (desk in {Desk.GENERAL, Desk.UNPLACED})
