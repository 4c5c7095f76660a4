"""Plays a story on several channels in step: each line everywhere, then all is quiet, then what was heard is compared."""

import asyncio
import re
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.people import Role
from storage.engine import FILE_NAME
from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.contract.meaning import Heard, Meaning, keys_in, meaning_of
from tests.contract.players import OnTelegram, OnWebChat, OnZalo, Player, everybody
from tests.contract.stories import Story
from tests.stories.cast import CODE, PATIENCE, City, Officer, running_city
from tests.stories.things import picture
from tests.zalo_api import ZaloServer

NONSENSE = "~"  # another thing on each channel, answered each in its way
PHU_THUONG = "00091"

SECRET = f"of-the-contract-{1234567890}"  # in two parts: no file holds what looks like one

# Of an exported case: whose it is, and when.
_ITS_OWN = ("code", "channel", "source_id", "created_at", "due_at", "closed_at", "resident", "messages", "v")


@dataclass
class Scene:
    """One city, its officer, and a way to know when it has nothing left to do."""

    city: City
    officer: Officer
    database: Path
    kept: int = 0  # updates that must be there, each once
    heard: dict[Player, int] = field(default_factory=dict)  # messages that were compared already

    async def plays(self, story: Story, players: Sequence[Player]) -> None:
        """Raises AssertionError: It means something else on one of them; it says where, and after which line."""
        said = ""
        for line in story.lines:
            if line.startswith("< "):
                for key in line.removeprefix("<").split():
                    assert key in keys_in(said), f"{story.name}: {key} was not said, but {said}"
                continue
            await self._does(line, players)
            await self._quiet()
            meanings = [await self._newly_heard(player) for player in players]
            said = meanings[0].text
            for player, meaning in zip(players, meanings, strict=True):
                assert meaning.is_same(meanings[0]) or line == NONSENSE, (
                    f"{story.name}, after {line!r}:\n{players[0].channel}: {meanings[0]}\n{player.channel}: {meaning}"
                )
            assert all(meaning.text for meaning in meanings) or line.startswith("📷"), (
                f"{story.name}, after {line!r}: silence"
            )
        await self._compare_cases(story, players)

    async def _does(self, line: str, players: Sequence[Player]) -> None:
        if line.startswith("@"):
            how, _, words = line.removeprefix("@").partition(" ")
            for player in players:
                await self._officer_does(player.code, how, words)
            return
        self.kept += len(players)
        if line.startswith("["):
            await everybody(*(player.chooses(line.strip("[]")) for player in players))
        elif line.startswith("📷"):
            await everybody(*(player.sends_photo(picture(), line.removeprefix("📷").strip()) for player in players))
        elif line == NONSENSE:
            await everybody(*(player.sends_nonsense() for player in players))
        else:
            await everybody(*(player.writes(line.replace("{code}", player.code)) for player in players))

    async def _officer_does(self, code: str, how: str, words: str) -> None:
        if how in ("", "asks"):
            await self.officer.opens_case(code)
            await self.officer.fills("reply-form", text=words, asks="yes" if how else "")
        else:
            await self.officer.closes(code, how, words)
        assert self.officer.status == 200, self.officer.html[:2000]

    async def _quiet(self) -> None:
        """Until every update is there, once, and answered."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as reading:
                    [[kept, waits]] = reading.execute("SELECT count(*), coalesce(sum(state = 'waiting'), 0) FROM inbox")
                    [[unsent]] = reading.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'")
                assert kept <= self.kept, f"{kept} updates for {self.kept} messages"
                if (kept, waits, unsent) == (self.kept, 0, 0):
                    return
                await asyncio.sleep(0.02)

    async def _newly_heard(self, player: Player) -> Meaning:
        heard = await player.heard()
        new: list[Heard] = heard[self.heard.get(player, 0) :]
        self.heard[player] = len(heard)
        for one in new:
            if found := CODE.search(one.text):
                player.code = found[1]
            most = player.can.longest_text
            assert most is None or len(one.text.encode("utf-16-le")) // 2 <= most, f"{player.channel}: {one.text[:80]} …"
        return meaning_of(new, player.can)

    async def _compare_cases(self, story: Story, players: Sequence[Player]) -> None:
        if not any(player.code for player in players):
            return
        rows = {row["code"]: row for row in await self.city.exports()}
        cases = [_fields(rows[player.code]) for player in players]
        for player, case in zip(players, cases, strict=True):
            assert case == cases[0], f"{story.name}: the case of {player.channel} is another one\n{case}\n{cases[0]}"


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    """What is the same wherever it came from; its thread as who said what with which files."""
    thread = [
        (message["author"], re.sub(CODE, "CODE", message["text"]), [file["type"] for file in message["files"]])
        for message in row["messages"]
    ]
    return {name: value for name, value in row.items() if name not in _ITS_OWN} | {"thread": thread}


@asynccontextmanager
async def open_scene(place: Place, **more: object) -> AsyncIterator[tuple[Scene, Callable[[str], Awaitable[list[Player]]]]]:
    """The whole program with all its channels, each bringing everything twice; and a way to meet a resident on each.

    Telegram is polled, Zalo brings what it has, the web chat's forms are posted.
    """
    with socket.socket() as found:  # Zalo must be told the port before the program listens on it
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    async with BotApiServer() as telegram, ZaloServer(brings_twice=True) as zalo:
        telegram.updates.brings_twice = True
        given = {
            "port": port,
            "public_url": f"http://127.0.0.1:{port}",
            "telegram_per_second": 1000,
            "zalo_token": zalo.token,
            "zalo_api_base": zalo.base,
            "zalo_mode": "webhook",
            "zalo_webhook_secret": SECRET,
            "zalo_per_second": 1000,
        }
        async with running_city(place, telegram, **(given | more)) as city:
            officer = await city.staff("minh", ward=PHU_THUONG, role=Role.RESTRICTED_OFFICER)
            async with asyncio.timeout(PATIENCE):
                while city.settings.zalo_token.get_secret_value() and not zalo.webhook_url:
                    await asyncio.sleep(0.02)

            async def meet(name: str) -> list[Player]:
                web = (await city.webchat()).browser
                return [
                    OnTelegram(city.telegram().chat),
                    OnWebChat(web),
                    OnZalo(zalo.resident(name)),
                ]

            yield Scene(city, officer, place.data_dir / FILE_NAME), meet
