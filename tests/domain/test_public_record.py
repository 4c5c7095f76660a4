"""What everybody is told of a ward: fives, nothing small, and no remainder between any two of the numbers or the days."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import SMALL
from bot.domain.public_record import Bound, Sums, kept_of, told, told_at

numbers = st.integers(0, 400)


@given(numbers, numbers)
def test_no_two_numbers_leave_one_case_over(one: int, other: int) -> None:
    """Two days of one number, or two numbers of one day: what is left between them is nothing, or five at least."""
    left = abs(told(one) - told(other))
    assert left == 0 or left >= SMALL
    assert told(one) == 0 if one < SMALL else told(one) >= SMALL


@given(numbers)
def test_what_is_told_is_near_the_truth(number: int) -> None:
    assert number < SMALL or abs(told(number) - number) <= SMALL // 2


@given(numbers, numbers)
def test_a_share_is_told_of_fives_alone(kept: int, missed: int) -> None:
    """Every pair that is told alike is told the same share of, and a bound holds for every one of them."""
    line = kept_of(Sums(10, kept, missed))
    if line is None:
        assert kept < SMALL
        assert missed < SMALL
        return
    share = 100 * kept / (kept + missed)
    assert line == kept_of(Sums(10, told(kept), told(missed)))
    assert line.of % SMALL == 0
    if line.bound is Bound.LEAST:
        assert missed < SMALL
        assert line.percent <= share
    elif line.bound is Bound.MOST:
        assert kept < SMALL
        assert line.percent >= share
    else:
        assert 0 < line.percent < 100


def test_of_the_example() -> None:
    """178 of 212 in time, 84 %: about 215 are told, and the same share."""
    line = kept_of(Sums(5, 178, 34))
    assert line
    assert (line.percent, line.of, line.bound) == (84, 215, Bound.ABOUT)


@pytest.mark.parametrize(
    ("now", "told_of"),
    [
        (datetime(2026, 11, 18, 3, tzinfo=UTC), datetime(2026, 11, 16, 17, tzinfo=UTC)),
        (datetime(2026, 11, 18, 16, 59, 59, tzinfo=UTC), datetime(2026, 11, 16, 17, tzinfo=UTC)),
        (datetime(2026, 11, 18, 17, tzinfo=UTC), datetime(2026, 11, 17, 17, tzinfo=UTC)),
    ],
)
def test_it_is_a_day_old_at_any_hour(now: datetime, told_of: datetime) -> None:
    """All day long the same moment is told of, and it is 24 hours ago when the day begins."""
    assert told_at(now, ZoneInfo("Asia/Ho_Chi_Minh")) == told_of
