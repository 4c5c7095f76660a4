"""`python -m tests.stories.transcripts`: plays every script on Telegram and writes down who said what, to be read by eye.

Codes, secrets and signatures are other ones each time; here they are made the same, so that only what changed shows.
"""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from bot.domain.people import Role
from tests.bot_api import BotApiServer
from tests.bot_api.residents import Heard
from tests.conftest import Place
from tests.stories.cast import OnTelegram, running_city, small_photo
from tests.stories.scripted import Playing, Script
from tests.stories.topics import SCRIPTS

FOLDER = Path(__file__).parent / "transcripts"
_QUIET = 0.4  # seconds in which nothing more is said
_SAME = (
    (re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b"), "7K3M-9QX2"),
    (re.compile(r"\b\d{4} \d{4} \d{4}\b"), "1234 5678 9012"),
    (re.compile(r"\b(?:[A-Z2-7]{4} ){3}[A-Z2-7]{4}\b"), "ABCD EFGH IJKL MNOP"),
    (re.compile(r"\b\d{2}/\d{2}/20(?:2[6-9]|3\d)\b"), "01/12/2026"),
    (re.compile(r"\b\d{2}:\d{2}\b"), "09:00"),
)


def path_of(script: Script) -> Path:
    name = re.sub(r"[^a-z]+", "-", script.topic.lower()).strip("-")
    return FOLDER / f"{name}.{script.language}.md"


def residents_lines(script: Script) -> list[str]:
    """What the transcript shows of the resident and the officer, as it stands in the script."""
    return [line for line in script.lines if not line.startswith(("<", "~ <"))]


async def write_all() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Place("sqlite", "", Path(folder) / "data")
        async with BotApiServer() as api, running_city(place, api) as city:
            minh = await city.staff("minh", ward="00091", role=Role.RESTRICTED_OFFICER)
            photo = small_photo(Path(folder))
            for script in SCRIPTS:
                playing = Playing(city.telegram(script.language), minh, photo, neighbour=city.telegram(script.language))
                path_of(script).write_text(await _transcript(playing, script), encoding="utf-8")
                print(path_of(script).name, file=sys.stderr)


async def _transcript(playing: Playing, script: Script) -> str:
    lines, told = [f"# {script.topic}", ""], {True: 0, False: 0}
    for line in script.lines:
        is_neighbours = line.startswith("~")
        resident = playing.neighbour if is_neighbours else playing.resident
        assert isinstance(resident, OnTelegram)
        await playing.does(line)
        if line.startswith(("<", "~ <")):
            continue
        await _quiet(resident)
        lines += [f"**{_who(line)}** {line.partition(' ')[2] if line[0] in '@~' else line}", ""]
        for heard in resident.chat.heard[told[is_neighbours] :]:
            lines += [*_quoted(heard), ""]
        told[is_neighbours] = len(resident.chat.heard)
    return "\n".join(lines).rstrip() + "\n"


def _who(line: str) -> str:
    return {"@": "Cán bộ / Officer:", "~": "Hàng xóm / Neighbour:"}.get(line[0], "Người dân / Resident:")


def _quoted(heard: Heard) -> list[str]:
    text = heard.text
    for pattern, same in _SAME:
        text = pattern.sub(same, text)
    quoted = [f"> {line}".rstrip() + "  " for line in text.splitlines()]
    labels = list(heard.buttons)
    for pattern, same in _SAME:
        labels = [pattern.sub(same, label) for label in labels]
    return [*quoted, *([f"> `{'` `'.join(labels)}`"] if labels else [])]


async def _quiet(resident: OnTelegram) -> None:
    for _ in range(40):
        before = len(resident.chat.heard)
        await asyncio.sleep(_QUIET)
        if len(resident.chat.heard) == before:
            return


if __name__ == "__main__":
    asyncio.run(write_all())
