"""When a failed sending is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.retry import FEWEST_TRIES, GIVE_UP_AFTER, LONGEST_WAIT, next_try

QUEUED = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def waits(tries: int) -> list[float]:
    """Seconds between the first so many tries, made as early as allowed."""
    now, found = QUEUED, []
    for attempts in range(1, tries + 1):
        due = next_try(attempts=attempts, queued_at=QUEUED, now=now)
        assert due is not None
        found.append((due - now).total_seconds())
        now = due
    return found


def test_waits_double_from_two_seconds_to_ten_minutes() -> None:
    assert waits(11) == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]


def test_a_resident_who_cannot_be_reached_is_tried_for_a_day_and_then_given_up() -> None:
    now, attempts = QUEUED, 0
    while True:
        attempts += 1
        due = next_try(attempts=attempts, queued_at=QUEUED, now=now)
        if due is None:
            break
        now = due
    assert GIVE_UP_AFTER <= now - QUEUED < GIVE_UP_AFTER + LONGEST_WAIT
    assert attempts == 153


def test_a_reply_that_waited_out_our_own_outage_is_not_given_up_at_its_first_try() -> None:
    """We were down for two days: the reply is old, but was never tried."""
    late = QUEUED + timedelta(days=2)
    assert next_try(attempts=1, queued_at=QUEUED, now=late) == late + timedelta(seconds=2)
    assert next_try(attempts=FEWEST_TRIES - 1, queued_at=QUEUED, now=late) is not None
    assert next_try(attempts=FEWEST_TRIES, queued_at=QUEUED, now=late) is None


@pytest.mark.parametrize("told", [timedelta(0), timedelta(seconds=3), timedelta(hours=7)])
@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=3)])
def test_what_the_channel_says_is_obeyed_exactly(told: timedelta, age: timedelta) -> None:
    """Neither earlier nor later than `retry_after`, however old the reply is."""
    now = QUEUED + age
    assert next_try(attempts=40, queued_at=QUEUED, now=now, told=told) == now + told


def test_no_number_of_tries_is_too_large() -> None:
    assert next_try(attempts=10**9, queued_at=QUEUED, now=QUEUED) == QUEUED + LONGEST_WAIT
