"""Who says the same again is answered as long as somebody may wait for it; a flood is not."""

from datetime import timedelta

import pytest

from bot.domain.repeating import may_tell_again


@pytest.mark.parametrize(
    ("repeats", "since", "is_told"),
    [
        (1, timedelta(), True),
        (2, timedelta(seconds=1), True),
        (3, timedelta(seconds=2), False),
        (3, timedelta(minutes=1), True),
        (4, timedelta(minutes=1), False),
        (30, timedelta(days=1), True),
        (3, timedelta(seconds=-5), False),  # the clock was set back
    ],
)
def test_the_first_two_and_then_one_a_minute(repeats: int, since: timedelta, is_told: bool) -> None:
    assert may_tell_again(repeats, since) == is_told


def test_an_hour_of_flood_is_answered_about_once_a_minute() -> None:
    told = sum(may_tell_again(second + 1, timedelta(seconds=second)) for second in range(3600))
    assert told <= 2
