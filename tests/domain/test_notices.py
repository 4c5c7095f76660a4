"""When somebody may be pinged, and whom something concerns: plain rules over plain values."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import CaseId, Desk
from bot.domain.notices import (
    DIGEST_AT,
    EMERGENCY_EVERY,
    PING_EVERY,
    TOLD_OF,
    Choices,
    Fact,
    Post,
    Reason,
    is_quiet,
    next_morning,
    ping_at,
    reason_for,
)
from bot.domain.people import WARD_ROLES, Language, Role, StaffId, StaffMember
from bot.domain.rights import DESKS, Right, may
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENTS = st.integers(0, 2 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
HERE, ELSEWHERE = WardCode("00091"), WardCode("00070")


@given(MOMENTS, st.none() | st.integers(0, 30), st.booleans())
def test_a_ping_comes_neither_too_early_nor_much_too_late(now: datetime, minutes: int | None, is_urgent: bool) -> None:
    """Never before now, never within the gap, never at night unless urgent, and no later than ten hours and a gap on."""
    pinged_at = None if minutes is None else now - timedelta(minutes=minutes)
    at = ping_at(now, pinged_at, HANOI, is_urgent=is_urgent)
    gap = EMERGENCY_EVERY if is_urgent else PING_EVERY
    assert at >= now
    assert pinged_at is None or at >= pinged_at + gap
    assert at <= now + gap + (timedelta() if is_urgent else timedelta(hours=10))
    assert is_urgent or not is_quiet(at, HANOI)
    assert at.utcoffset() == timedelta()
    assert ping_at(at, pinged_at, HANOI, is_urgent=is_urgent) == at, "at that moment it is due"


@given(MOMENTS)
def test_the_next_morning_is_ahead_and_within_a_day(now: datetime) -> None:
    morning = next_morning(now, HANOI)
    assert now < morning <= now + timedelta(days=1)
    assert morning.astimezone(HANOI).time() == DIGEST_AT


def member(number: int, role: Role, ward: WardCode | None = HERE) -> StaffMember:
    return StaffMember(
        id=StaffId(number),
        username="x",
        full_name="x",
        role=role,
        ward_code=ward if role in WARD_ROLES else None,
        language=Language.VI,
        is_disabled=False,
        must_change_password=False,
    )


def fact(kind: EventKind, desk: Desk, owner: int | None = None, by: int | None = None) -> Fact:
    return Fact(
        id=1,
        case_id=CaseId(1),
        kind=kind,
        by=None if by is None else StaffId(by),
        about=None,
        ward_code=None if desk is Desk.UNPLACED else HERE,
        desk=desk,
        owner_id=None if owner is None else StaffId(owner),
        is_emergency=False,
    )


def test_a_new_case_concerns_exactly_those_who_may_take_it_there() -> None:
    """Every role at every desk, of this ward and of another."""
    for role, desk, ward in product(Role, Desk, (HERE, ELSEWHERE)):
        who = member(1, role, ward)
        works_there = desk in DESKS.get(role, ()) and may(role, Right.TAKE)
        expected = works_there and (role not in WARD_ROLES or ward == HERE)
        found = reason_for(Post(to=who.id, stands=who), fact(EventKind.FILED, desk))
        assert (found is Reason.ARRIVED) is expected, (role, desk, ward)
        assert found in (None, Reason.ARRIVED)


def test_whoever_did_it_is_not_told() -> None:
    who = member(1, Role.WARD_OFFICER)
    for kind in EventKind:
        assert reason_for(Post(to=who.id, stands=who), fact(kind, Desk.GENERAL, owner=1, by=1)) is None
        assert (reason_for(Post(to=who.id, stands=who), fact(kind, Desk.GENERAL, owner=1, by=2)) is None) is (
            kind in (EventKind.FILED, EventKind.MOVED)
        )


def test_a_deputy_stands_where_the_absent_one_does() -> None:
    """Told what concerns the absent owner; a note that names the absent one is not the deputy's."""
    away = member(2, Role.WARD_LEADER)
    post = Post(to=StaffId(1), stands=away)
    assert reason_for(post, fact(EventKind.ADDED, Desk.RESTRICTED, owner=2)) is Reason.RESIDENT
    assert reason_for(post, fact(EventKind.FILED, Desk.RESTRICTED)) is Reason.ARRIVED
    assert reason_for(post, fact(EventKind.ADDED, Desk.RESTRICTED, owner=3)) is None


def test_every_reason_is_a_choice() -> None:
    """A dispute of one's closing, and what did not arrive, go with what residents say; what waits for one's decision, or
    came back, with what one is given; of a clock that runs out all hear.
    """
    with_residents, late = {Reason.DISPUTED, Reason.UNREACHED}, {Reason.LATE, Reason.WARD_LATE}
    given = {Reason.PROPOSED, Reason.UNPROPOSED, Reason.CAME_BACK}
    chosen = {reason.value for reason in set(Reason) - with_residents - late - given}
    assert chosen | {"digest"} == set(Choices.__dataclass_fields__)
    assert not any(Choices(resident=False).wants(reason) for reason in with_residents)
    assert not any(Choices(assigned=False).wants(reason) for reason in given)
    assert all(Choices(**dict.fromkeys(Choices.__dataclass_fields__, False)).wants(reason) for reason in late)
    assert all(Choices().wants(reason) for reason in Reason)
    assert EventKind.NOTED not in TOLD_OF
