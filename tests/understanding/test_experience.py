"""Experience is counted, not tuned: the shipped table is what the shipped examples give."""

import pytest

from benchmarks.understanding import examples
from bot.understanding import load_categories, understand_text
from bot.understanding.experience import SEEN, load_experience, signs_of
from bot.understanding.hearing import hear
from bot.understanding.learning import learn
from bot.understanding.lexicon import load_lexicon
from bot.understanding.text import read


def test_the_shipped_table_is_what_the_examples_give() -> None:
    """Whoever changes a word list or an example makes the table anew: `python -m benchmarks.understanding --learn`."""
    assert SEEN.read_text(encoding="utf-8") == learn(examples())


def test_a_word_speaks_for_the_category_it_was_seen_in() -> None:
    table = learn([("gốc bưởi", "vio_litter"), ("quả bưởi", "vio_litter"), ("quả mít", "vio_noise"), ("một", "vio_pets")])
    lines = {line.split()[0]: line.split()[1:] for line in table.splitlines()[1:]}
    assert set(lines) == {"buoi", "qua", "@no_matter", "@few_words"}  # what was seen once tells nothing
    assert [one.partition(":")[0] for one in lines["buoi"]] == ["vio_litter"]
    assert all(int(one.partition(":")[2]) > 0 for one in lines["buoi"])


def test_the_best_category_weighs_nothing_and_the_others_less() -> None:
    seen = load_experience().weigh(["chay", "khoi", "lua"])
    assert set(seen) == set(load_categories())
    assert max(seen.values()) == 0
    assert max(seen, key=lambda category: seen[category]) == "oth_emergency_fire"
    assert load_experience().weigh(["qwertz"]) == {}


@pytest.mark.parametrize("text", ["", "rác " * 5000, " ".join(f"từ{number}" for number in range(5000))])
def test_signs_are_bounded(text: str) -> None:
    words = read(text)
    assert len(signs_of(words, hear(words, load_lexicon()))) <= 400


def test_what_experience_alone_led_to_is_named() -> None:
    """Staff see why, also where no rule speaks."""
    found = understand_text("Delivery riders look at their phones while driving")
    assert found.why
