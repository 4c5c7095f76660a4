"""Limits in hours: eight hours of an office are not eight hours of a clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.working_hours import after_worked, is_open, last_open, worked_between
from bot.domain.working_time import WorkingCalendar, due_after
from bot.services.working_calendar import load_calendar

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SWAPPED = load_calendar({date(2026, 1, 2): False, date(2026, 1, 10): True}, HANOI, range(2025, 2029))


def hanoi(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02 08:00", 8, "2026-03-02 17:00"),  # over the noon break, to the last minute
        ("2026-03-02 09:30", 8, "2026-03-03 09:30"),
        ("2026-03-02 12:30", 4, "2026-03-02 17:00"),  # nobody is there at noon
        ("2026-03-06 16:00", 4, "2026-03-09 11:00"),  # Friday afternoon to Monday
        ("2026-03-07 22:00", 8, "2026-03-09 17:00"),  # a Saturday night counts from Monday
        ("2025-12-31 16:00", 8, "2026-01-05 16:00"),  # New Year, and Friday 2 January off
        ("2026-01-09 16:00", 8, "2026-01-10 16:00"),  # Saturday 10 January is worked for it
        ("2026-02-13 17:30", 1, "2026-02-23 09:00"),  # Tết
    ],
)
def test_hours_run_only_while_the_office_is_open(start: str, hours: int, end: str) -> None:
    assert after_worked(hanoi(start), timedelta(hours=hours), SWAPPED) == hanoi(end)
    assert worked_between(hanoi(start), hanoi(end), SWAPPED) == timedelta(hours=hours)


def test_the_office_is_shut_at_noon_at_night_and_on_days_off() -> None:
    for text, wanted in (("2026-01-10 08:00", True), ("2026-01-10 12:00", False), ("2026-01-10 16:59", True)):
        assert is_open(hanoi(text), SWAPPED) is wanted
    for text in ("2026-01-02 10:00", "2026-01-10 17:00", "2026-01-11 10:00", "2026-01-12 07:59"):
        assert not is_open(hanoi(text), SWAPPED)
    assert last_open(hanoi("2026-01-12 07:59"), SWAPPED) == hanoi("2026-01-10 17:00")
    assert last_open(hanoi("2026-01-10 12:40"), SWAPPED) == hanoi("2026-01-10 12:00")
    assert last_open(hanoi("2026-01-10 09:00"), SWAPPED) == hanoi("2026-01-10 09:00")


MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2026, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001  # Hypothesis adds the zone
SPANS = st.integers(0, 200 * 60).map(lambda minutes: timedelta(minutes=minutes))
CALENDARS = st.builds(
    lambda off, extra: WorkingCalendar(off, extra, HANOI),
    st.frozensets(st.dates(date(2025, 12, 1), date(2026, 12, 1)), max_size=40),
    st.frozensets(st.dates(date(2025, 12, 1), date(2026, 12, 1)), max_size=10),
)


@given(start=MOMENTS, wanted=SPANS, calendar=CALENDARS)
def test_what_is_laid_can_be_measured(start: datetime, wanted: timedelta, calendar: WorkingCalendar) -> None:
    end = after_worked(start, wanted, calendar)
    assert end >= start
    assert worked_between(start, end, calendar) == wanted


@given(moments=st.tuples(MOMENTS, MOMENTS, MOMENTS), calendar=CALENDARS)
def test_working_time_is_never_negative_and_adds_up(
    moments: tuple[datetime, datetime, datetime], calendar: WorkingCalendar
) -> None:
    first, second, third = sorted(moments)
    whole = worked_between(first, third, calendar)
    assert whole == worked_between(first, second, calendar) + worked_between(second, third, calendar)
    assert timedelta() <= whole <= third - first
    assert worked_between(third, first, calendar) == timedelta()


@given(start=MOMENTS, days=st.integers(1, 20), calendar=CALENDARS)
def test_so_many_days_are_as_many_times_eight_hours(start: datetime, days: int, calendar: WorkingCalendar) -> None:
    """Whichever way a deadline is counted, the office has the same time for it."""
    due = due_after(start, days, calendar)
    evening = start.astimezone(HANOI).replace(hour=17, minute=0, second=0, microsecond=0)
    assert worked_between(evening, due, calendar) == timedelta(hours=8 * days)
