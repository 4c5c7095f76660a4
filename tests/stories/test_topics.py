"""Every topic residents come for, in both languages, on Telegram and on the web chat, through the whole program."""

from pathlib import Path

import pytest

from bot.domain.people import Role
from tests.stories.cast import City, small_photo
from tests.stories.scripted import Playing
from tests.stories.topics import SCRIPTS
from tests.stories.transcripts import path_of, residents_lines


@pytest.mark.slow  # or the four of them come near the end, and half of the workers have nothing left to do
@pytest.mark.parametrize("channel", ["telegram", "webchat"])
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_topic(small_city: City, channel: str, language: str, tmp_path: Path) -> None:
    """Each script has a resident of its own; one officer of Phú Thượng answers them all."""
    minh = await small_city.staff("minh", ward="00091", role=Role.RESTRICTED_OFFICER)
    wrong, played = [], 0
    for script in SCRIPTS:
        if script.language == language:
            playing = Playing(await small_city.resident(channel, language), minh, small_photo(tmp_path))
            if any(line.startswith("~") for line in script.lines):
                playing.neighbour = await small_city.resident(channel, language)
            try:
                await playing.plays(script)
            except (AssertionError, TimeoutError) as trouble:
                wrong.append(f"{script.topic}: {playing.doing}; heard last: {playing.last_heard}; {str(trouble)[:300]}")
            played += 1
    assert wrong == []
    assert played >= 12


def test_every_script_was_written_down_as_it_is_played() -> None:
    """`python -m tests.stories.transcripts` writes them anew; they are read by eye."""
    for script in SCRIPTS:
        written = path_of(script).read_text(encoding="utf-8")
        said = [line.partition(":** ")[2] for line in written.splitlines() if line.startswith("**")]
        expected = [line.partition(" ")[2] if line[0] in "@~" else line for line in residents_lines(script)]
        assert said == expected, path_of(script).name
