"""How well invented messages of every category are understood.

Experience is learned from `messages.csv`, `practice.csv` and the `tuning` half of `residents.csv`, so what is measured on
those says little but that nothing was broken. The `held_out` half of `residents.csv` was written with the rest, before
anything was mended, and only its figures were ever looked at. The floors are a little under what is measured now, so that a
change that costs more is noticed.
"""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.understanding import examples, read_rows, score
from bot.understanding import load_categories, understand_text

MESSAGES = Path(__file__).with_name("messages.csv")


def test_every_category_is_among_them_and_no_message_twice() -> None:
    rows = read_rows(MESSAGES)
    counts = Counter(row.category for row in rows)
    assert set(counts) == set(load_categories())
    assert min(counts.values()) >= 8
    assert len({row.text for row in rows}) == len(rows) >= 800


RESIDENTS = Path(__file__).with_name("residents.csv")


def test_messages_that_nothing_was_learned_from_are_understood() -> None:
    """The honest figures: what to expect of sentences that nobody has seen."""
    rows = read_rows(RESIDENTS, "held_out")
    learned = {text for text, _ in examples()}
    assert not learned & {row.text for row in rows}
    figures = score(rows, [understand_text(row.text) for row in rows])
    assert figures.rows > 380
    assert figures.kind >= 0.90
    assert figures.first >= 0.80
    assert figures.first_three >= 0.93
    assert figures.missed_emergencies <= 0.05 * figures.emergencies
    assert figures.missed_sensitive <= 0.06 * figures.sensitive
    assert figures.false_emergencies <= 0.05
    assert figures.false_sensitive <= 0.05


@pytest.mark.parametrize("half", ["tuning", "held_out", "fresh"])
def test_messages_are_understood(half: str) -> None:
    rows = read_rows(MESSAGES, half)
    figures = score(rows, [understand_text(row.text) for row in rows])
    assert figures.rows > 50
    assert figures.kind >= 0.92
    assert figures.first >= 0.90
    assert figures.first_three >= 0.96
    assert figures.missed_emergencies == 0
    assert figures.false_emergencies <= 0.05
    assert figures.false_sensitive <= 0.05
    assert figures.missed_sensitive <= 0.05 * figures.sensitive


def test_the_score_sees_what_is_wrong() -> None:
    """A benchmark that cannot fail would prove nothing."""
    rows = read_rows(MESSAGES, "held_out")
    wrong = [understand_text("Chào bạn")] * len(rows)
    figures = score(rows, wrong)
    assert figures.kind < 0.3
    assert figures.first < 0.1
    assert figures.missed_emergencies == figures.emergencies > 20
    assert figures.missed_sensitive == figures.sensitive > 40
