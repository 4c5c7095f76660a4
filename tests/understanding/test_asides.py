"""What people say in between ("ở ngõ 5 nhé", "my son saw it") rings no bell and accuses nobody.

`asides.csv` was learned from; `asides_unseen.csv` never is.
"""

import pytest

from benchmarks.understanding import LEARNED_FROM, TESTS, read_rows, score
from bot.understanding import understand_text


def test_asides_that_nobody_has_seen_ring_no_bell() -> None:
    rows = read_rows(TESTS / "asides_unseen.csv")
    assert "asides_unseen.csv" not in LEARNED_FROM
    found = score(rows, [understand_text(row.text) for row in rows])
    assert found.false_emergencies <= 0.05
    assert found.false_sensitive <= 0.10


@pytest.mark.parametrize("number", range(1, 40))
def test_a_house_number_rings_no_bell(number: int) -> None:
    for text in (f"nhà số {number} cũng thấy", f"ở ngõ {number} nhé", f"lane {number}"):
        found = understand_text(text)
        assert not found.is_emergency, text
        assert not found.is_sensitive, text


@pytest.mark.parametrize(
    "text", ["cháy nhà", "cứu với", "có cướp", "help, fire", "tai nạn chết người", "bé bị ngã lầu", "đuối nước"]
)
def test_few_words_still_do_where_they_speak_of_danger(text: str) -> None:
    assert understand_text(text).is_emergency
