"""Deadlines in working days, as a ward's office counts them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.working_time import WorkingCalendar, due_after

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ORDINARY = WorkingCalendar(frozenset(), frozenset(), HANOI)
# The New Year of 2026: Friday 2 January was swapped for Saturday 10 January.
NEW_YEAR = WorkingCalendar(frozenset({date(2026, 1, 1), date(2026, 1, 2)}), frozenset({date(2026, 1, 10)}), HANOI)


def hanoi(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-02 08:00", 1, "2026-03-03 17:00"),  # Monday → Tuesday
        ("2026-03-02 23:59", 1, "2026-03-03 17:00"),  # late in the evening is still Monday
        ("2026-03-06 10:00", 1, "2026-03-09 17:00"),  # Friday → Monday
        ("2026-03-07 10:00", 1, "2026-03-09 17:00"),  # Saturday → Monday
        ("2026-03-02 08:00", 10, "2026-03-16 17:00"),
    ],
)
def test_the_day_itself_does_not_count_and_the_office_closes_at_five(start: str, days: int, due: str) -> None:
    assert due_after(hanoi(start), days, ORDINARY) == hanoi(due)


def test_a_swapped_saturday_is_worked_and_the_day_off_is_not() -> None:
    assert due_after(hanoi("2025-12-31 09:00"), 1, NEW_YEAR) == hanoi("2026-01-05 17:00")
    assert due_after(hanoi("2026-01-09 09:00"), 1, NEW_YEAR) == hanoi("2026-01-10 17:00")


def test_the_day_is_the_citys_and_not_the_servers() -> None:
    """20:00 UTC on Monday is already Tuesday in Hanoi."""
    start = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    assert due_after(start, 1, ORDINARY) == hanoi("2026-03-04 17:00")


def test_the_deadline_is_told_in_utc() -> None:
    assert due_after(hanoi("2026-03-02 08:00"), 1, ORDINARY).tzinfo is UTC


@pytest.mark.parametrize("days", [0, -1])
def test_no_days_are_no_deadline(days: int) -> None:
    with pytest.raises(ValueError, match="at least one working day"):
        due_after(hanoi("2026-03-02 08:00"), days, ORDINARY)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        due_after(datetime(2026, 3, 2, 8, 0), 1, ORDINARY)  # noqa: DTZ001  # the naive moment is the point


@given(
    start=st.integers(1_750_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    days=st.integers(1, 60),
)
def test_a_deadline_lies_on_a_working_day_with_the_right_number_before_it(start: datetime, days: int) -> None:
    due = due_after(start, days, NEW_YEAR).astimezone(HANOI).date()
    first = start.astimezone(HANOI).date()
    between = [first + timedelta(days=n) for n in range(1, (due - first).days + 1)]
    assert NEW_YEAR.is_working(due)
    assert sum(NEW_YEAR.is_working(day) for day in between) == days
