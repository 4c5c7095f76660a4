"""What is read before the first resident writes, so that none of them waits for it."""

import pytest

from bot.app import read_word_lists
from bot.conduct import penalties
from bot.conduct.finding import _find
from bot.conduct.word_index import load_index
from bot.understanding.experience import load_experience
from bot.understanding.lexicon import load_lexicon
from bot.understanding.understand import _understand
from tests.dialogue.driver import hanoi

READ_ONCE = [load_lexicon, load_experience, load_index, penalties.load_penalties]


@pytest.fixture(autouse=True)
def nothing_read_yet() -> None:
    for one in (*READ_ONCE, _understand, _find):  # what was answered before needs no list
        one.cache_clear()


def test_every_word_list_is_read_at_the_start() -> None:
    city = hanoi()
    assert [one.cache_info().currsize for one in READ_ONCE] == [0, 0, 0, 0]
    read_word_lists(city)
    assert [one.cache_info().currsize for one in READ_ONCE] == [1, 1, 1, 1]
