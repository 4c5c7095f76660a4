"""Shares of waiting times, and the period of a dashboard."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import Figures, Hours, Outcomes, Period, share_of
from bot.domain.outcome import Outcome

TODAY = date(2026, 11, 22)


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=200), st.floats(0.01, 1.0))
def test_a_share_is_the_nearest_rank_of_the_sorted_times(times: list[int], share: float) -> None:
    counts = {hours: times.count(hours) for hours in times}
    found = Hours(counts).within(share)
    assert found is not None
    assert sum(time <= found for time in times) >= share * len(times) - 1e-6
    assert sum(time < found for time in times) < share * len(times) + 1e-6


def test_without_a_case_there_is_no_time() -> None:
    assert Hours().within(0.5) is None
    assert not Figures().is_small
    assert [Figures(accepted=number).is_small for number in (1, 4, 5)] == [True, True, False]


def test_two_groups_together_are_their_sums() -> None:
    both = Figures(waiting=1, accepted=2, to_answer=Hours({3: 1})) + Figures(
        waiting=4, moved=1, to_answer=Hours({3: 2, 9: 1})
    )
    assert (both.waiting, both.accepted, both.moved) == (5, 2, 1)
    assert both.to_answer.counts == {3: 3, 9: 1}


def test_a_refusal_is_never_added_to_what_is_done() -> None:
    both = Figures(outcomes=Outcomes({Outcome.DONE: 2})) + Figures(outcomes=Outcomes({Outcome.REFUSED: 3, Outcome.DONE: 1}))
    assert [both.outcomes.of(one) for one in (Outcome.DONE, Outcome.REFUSED, Outcome.PLANNED)] == [3, 3, 0]


def test_no_share_is_reckoned_of_a_handful() -> None:
    """Four of four would point at somebody; half a percent is rounded up."""
    assert [share_of(part, whole) for part, whole in ((4, 4), (0, 0), (5, 5), (1, 8), (1, 200))] == [None, None, 100, 13, 1]


@given(st.dates(date(2020, 1, 1), date(2026, 11, 22)), st.integers(0, 365))
def test_the_period_before_is_as_long_and_ends_the_day_before(last: date, days: int) -> None:
    period = Period(last - timedelta(days=days), last)
    assert (period.first - period.before.last).days == 1
    assert period.before.last - period.before.first == period.last - period.first


def test_whatever_is_asked_for_becomes_a_sensible_period() -> None:
    assert Period.read(None, None, TODAY) == Period(date(2026, 10, 24), TODAY)
    assert Period.read(date(2026, 12, 1), date(2027, 1, 1), TODAY) == Period(TODAY, TODAY)
    assert Period.read(date(1900, 1, 1), date(2026, 1, 1), TODAY) == Period(date(2025, 1, 1), date(2026, 1, 1))
    assert Period.read(date(2026, 3, 1), date(2026, 2, 1), TODAY) == Period(date(2026, 2, 1), date(2026, 2, 1))
