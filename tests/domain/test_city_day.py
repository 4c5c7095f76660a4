"""Days are the city's, wherever it lies."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.city_day import city_day, city_moment, shown_date, shown_day
from bot.domain.closing import comes_back_at
from bot.domain.later import by_day, question_at

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "back", "asked"),
    [
        ("Asia/Ho_Chi_Minh", "18/11/2026", datetime(2026, 11, 19, 1, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("Pacific/Kiritimati", "19/11/2026", datetime(2026, 11, 19, 18, tzinfo=UTC), datetime(2026, 11, 20, 18, tzinfo=UTC)),
        ("America/New_York", "18/11/2026", datetime(2026, 11, 19, 13, tzinfo=UTC), datetime(2026, 11, 20, 13, tzinfo=UTC)),
    ],
)
def test_days_follow_the_zone(zone: str, day: str, back: datetime, asked: datetime) -> None:
    """Its date, the morning after a planned day, the first question: of a closing at noon in London."""
    city = ZoneInfo(zone)
    assert shown_day(NOON, city) == day
    assert comes_back_at(city_day(NOON, city), city) == back
    assert question_at(NOON, 0, city) == asked


def test_a_summer_time_costs_nobody_an_hour() -> None:
    """The clocks go back in the night of 1 November there: eight o'clock is eight o'clock."""
    city = ZoneInfo("America/New_York")
    assert comes_back_at(date(2026, 10, 31), city).astimezone(city).time() == time(8)
    night = city_moment(date(2026, 10, 31), time(23), city)
    assert by_day(night, city).astimezone(city) == datetime(2026, 11, 1, 8, tzinfo=city)


def test_no_day_is_written_as_nothing() -> None:
    assert shown_date(None) == ""
