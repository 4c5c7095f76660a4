"""Plays a story on several channels in step: each line everywhere, then all is quiet, then what was heard is compared."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from unittest.mock import patch

from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.domain.people import Role
from handlers.channels import webchat_pages
from storage.engine import read_url
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
# What is the same however it was brought: by an edit or by more words, by a position or by a name.
_IN_ANY_CASE = ("kind", "category", "ward", "desk", "status", "outcome")

_KEPT = sql("SELECT count(*), coalesce(sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) FROM inbox")
_UNSENT = sql("SELECT count(*) FROM outbox WHERE state = 'waiting'")


@dataclass
class Scene:
    """One city, its officer, and a way to know when it has nothing left to do."""

    city: City
    officer: Officer
    reading: AsyncEngine
    kept: int = 0  # updates that must be there, each once
    heard: dict[Player, int] = field(default_factory=dict)  # messages that were compared already

    async def plays(self, story: Story, players: Sequence[Player]) -> None:
        """Raises AssertionError: It means something else on one of them; it says where, and after which line."""
        said = dict.fromkeys(players, "")
        for whole in story.lines:
            line, playing = _asked(whole, story, players)
            if not playing:
                continue
            if line.startswith("< "):
                for player, key in product(playing, line.removeprefix("<").split()):
                    was_said = keys_in(said[player]) & {*key.split("|")}
                    assert was_said, f"{story.name}: {key} was not said on {player.channel}, but {said[player]}"
                continue
            await self._does(line, playing)
            await self._quiet()
            meanings = {player: await self._newly_heard(player) for player in playing}
            said |= {player: meaning.text for player, meaning in meanings.items()}
            if line != NONSENSE:
                for alike in _parted(story, playing):
                    _compare(f"{story.name}, after {line!r}", {player: meanings[player] for player in alike})
            assert all(said[player] for player in playing) or line.startswith("📷"), f"{story.name}, after {line!r}: silence"
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
        elif line.startswith("✏️"):
            await everybody(*(player.changes(line.removeprefix("✏️").strip()) for player in players))
        elif line.startswith("📍"):
            lat, lon = map(float, line.removeprefix("📍").split(","))
            await everybody(*(player.sends_place(lat, lon) for player in players))
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
                async with self.reading.connect() as reading:
                    [[kept, waits]] = await reading.execute(_KEPT)
                    [[unsent]] = await reading.execute(_UNSENT)
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
        cases = {player: _fields(rows[player.code]) for player in players}
        for alike in _parted(story, players):
            _compare(f"{story.name}: it is another case", {player: cases[player] for player in alike})
        lying = {player: {name: case[name] for name in _IN_ANY_CASE} for player, case in cases.items()}
        _compare(f"{story.name}: it is another case", lying)


def _asked(line: str, story: Story, players: Sequence[Player]) -> tuple[str, Sequence[Player]]:
    """The line without its mark, and whom it concerns."""
    mark, _, rest = line.partition(" ")
    if not story.by or mark not in ("+", "-"):
        return line, players
    return rest, [player for player in players if getattr(player.can, story.by) is (mark == "+")]


def _parted(story: Story, players: Sequence[Player]) -> list[list[Player]]:
    """Those who must hear the same, together."""
    if not story.by:
        return [list(players)]
    claims = [bool(getattr(player.can, story.by)) for player in players]
    return [[one for one, has in zip(players, claims, strict=True) if has is claim] for claim in dict.fromkeys(claims)]


def _compare(what: str, found: Mapping[Player, Any]) -> None:
    """Raises AssertionError: Somebody's is not that of the first."""
    [first, *others] = found
    for other in others:
        here, there = found[other], found[first]
        is_same = here.is_same(there) if isinstance(here, Meaning) else here == there
        assert is_same, f"{what}:\n{first.channel}: {there}\n{other.channel}: {here}"


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
        # Of what comes a second time nothing is heard, and the scene waits by itself: no page has to wait for it, too.
        with patch.object(webchat_pages, "ANSWER_WITHIN", 0.05):
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

                reading = create_async_engine(read_url(place.url, place.data_dir), poolclass=NullPool)
                try:
                    yield Scene(city, officer, reading), meet
                finally:
                    await reading.dispose()
