"""Stories written as they are spoken: one script a topic and language, played on any channel through the whole program.

A line of a script is what the resident does, or what must be heard of the answers to it:

    Rác chất đống ở ngõ 12          the resident writes this
    [Gửi]                           presses the newest button that holds this word
    📷 nắp cống vỡ                  sends a photo, perhaps with words
    < phường Phú Thượng             these words stand in what is heard next
    {code}  {secret}                the code and the secret told last, in what is written or heard
    ~ …                             a neighbour does this, in a chat of their own
    @minh done Đã dọn sạch.         the officer closes the newest case with this outcome and these words
    @minh Mai tổ điện đến.          … or answers it
"""

import re
from dataclasses import dataclass, field

from bot.domain.outcome import Outcome
from tests.stories.cast import CODE, Officer, Resident

SECRET = re.compile(r"\b(\d{4} \d{4} \d{4})\b")


@dataclass(frozen=True)
class Script:
    """One topic in one language. `ward` is where its case is to be found, empty when none is filed."""

    topic: str
    language: str
    lines: tuple[str, ...]


def script(topic: str, language: str, text: str) -> Script:
    return Script(topic, language, tuple(line.strip() for line in text.strip().splitlines()))


@dataclass
class Playing:
    """A script on its way: who speaks, and what was told."""

    resident: Resident
    officer: Officer
    photo: bytes
    code: str = ""
    secret: str = ""
    heard: list[str] = field(default_factory=list)
    doing: str = ""  # the line that is played now
    neighbour: Resident | None = None

    @property
    def last_heard(self) -> list[str]:
        return self.heard[-2:]

    async def plays(self, script: Script) -> None:
        for line in script.lines:
            await self.does(line)

    async def does(self, line: str) -> None:
        """One line of the script."""
        self.doing = self._filled(line)
        await self._does(self.doing)

    def _filled(self, line: str) -> str:
        return line.replace("{code}", self.code).replace("{secret}", self.secret)

    async def _does(self, line: str) -> None:
        if line.startswith("~"):
            await self._neighbour_does(line.removeprefix("~").strip())
        elif line.startswith("<"):
            self._remember(await self.resident.hears(line.removeprefix("<").strip()))
        elif line.startswith("["):
            await self.resident.presses(line.strip("[]"))
        elif line.startswith("📷"):
            await self.resident.sends_photo(self.photo, line.removeprefix("📷").strip())
        elif line.startswith("@"):
            await self._officer_does(line.partition(" ")[2])
        else:
            await self.resident.says(line)

    async def _neighbour_does(self, line: str) -> None:
        assert self.neighbour is not None
        self.resident, self.neighbour = self.neighbour, self.resident
        await self._does(line)
        self.resident, self.neighbour = self.neighbour, self.resident

    async def _officer_does(self, words: str) -> None:
        first, _, rest = words.partition(" ")
        if first in {outcome.value for outcome in Outcome}:
            await self.officer.closes(self.code, first, rest)
        else:
            await self.officer.answers(self.code, words)
        assert self.officer.status == 200, self.officer.html[:2000]

    def _remember(self, told: str) -> None:
        self.heard.append(told)
        if found := CODE.search(told):
            self.code = found[1]
        if secret := SECRET.search(told):
            self.secret = secret[1]
