"""How well invented messages of every category are understood.

Experience is learned from the sets that `benchmarks.understanding` names, so what is measured on those says little but that
nothing was broken. What they said before anything was learned from them: `residents` (held-out half, 394 rows) 92 % kind,
84 % category, 96 % first three, none of 57 emergencies and 3 of 86 sensitive ones missed; `strangers` (262 rows, worded as
oddly as could be) 83, 70 and 91 %, 6 of 38 and 3 of 55 missed: that is the price of words nobody thought of; `neighbours`
(375 rows, many of them traps) 90, 85 and 98 %, 3 of 56 and 2 of 72 missed; `visitors` (192 rows) 87, 79 and 94 %, 1 of 24
and 1 of 40; `callers` (99 rows, of dangers, officials and what only looks like them) 92, 84 and 98 %, 2 of 40 and 0 of 38.
From `newcomers.csv` nothing was learned or mended: keep it so. The floors are a little under what is measured now, so that a
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


NEWCOMERS = Path(__file__).with_name("newcomers.csv")


def test_messages_that_nothing_was_learned_from_are_understood() -> None:
    """The honest figures: what to expect of sentences that nobody has seen."""
    rows = read_rows(NEWCOMERS)
    learned = {text for text, _ in examples()}
    assert not learned & {row.text for row in rows}
    figures = score(rows, [understand_text(row.text) for row in rows])
    assert figures.rows > 170
    assert figures.kind >= 0.94
    assert figures.first >= 0.91
    assert figures.first_three >= 0.98
    assert figures.missed_emergencies == figures.missed_sensitive == 0
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
