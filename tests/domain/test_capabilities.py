"""What channels can do is asked of one table, and of nothing else."""

import re

import pytest

from bot.domain.capabilities import CAPABILITIES, channels_where
from bot.domain.people import Channel
from tests.house.imports import ROOMS, ROOT

_ASKS = re.compile(r"(?:\bis|\bis not|[!=]=|\bin|\bnot in) \(?\[?Channel\.[A-Z]+")


def test_every_channel_has_its_row() -> None:
    assert set(CAPABILITIES) == set(Channel)


def test_channels_are_found_by_what_they_can_do() -> None:
    assert channels_where(has_buttons=True, reaches_resident=True) == (Channel.TELEGRAM, Channel.WEBCHAT)
    assert channels_where(reaches_resident=False) == (Channel.COUNTER, Channel.OPEN311)


@pytest.mark.parametrize("asked", ["if channel is Channel.ZALO:", "x != Channel.WEBCHAT", "c not in (Channel.ZALO,"])
def test_the_search_for_such_questions_finds_them(asked: str) -> None:
    assert _ASKS.search(asked)


def test_nobody_asks_which_channel_it_is() -> None:
    """The exception is how long a closed web chat lies in the mail: an index is built for that channel alone."""
    found = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if _ASKS.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"storage/erasure.py"}
