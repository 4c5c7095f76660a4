"""Whatever residents tell, it means the same on every channel."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import bot.app
from bot.domain.capabilities import CAPABILITIES
from bot.domain.people import Channel
from handlers.channels import telegram, zalo
from handlers.channels.telegram_words import with_keyboard
from handlers.channels.zalo_words import messages, words_of
from tests.conftest import Place
from tests.contract.letters import Letters, OnPaper, new_channel
from tests.contract.players import OnWebChat, Player
from tests.contract.scene import Scene, open_scene
from tests.contract.stories import STORIES, Story
from tests.databases import PostgresDatabases

Meet = Callable[[str], Awaitable[list[Player]]]
pytestmark = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def _place(engine: str, request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    folder = request.getfixturevalue("tmp_path_factory").mktemp("contract")
    if engine == "sqlite":
        yield Place(engine, "", folder)
        return
    server: PostgresDatabases = request.getfixturevalue("postgres_server")
    url = await server.migrated()
    yield Place(engine, url, folder)
    await server.drop(url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Scene, Meet]]:
    """One city for all stories: starting it costs more than telling one."""
    async with _place(getattr(request, "param", "sqlite"), request) as place, open_scene(place) as found:
        yield found


# Time is scarce: on the second engine only what holds the most of storage between a channel and a case.
PLAYED = [("sqlite", story) for story in STORIES] + [("postgresql", story) for story in STORIES if story.on_both]


@pytest.mark.parametrize(("opened", "story"), PLAYED, indirect=["opened"], ids=lambda one: getattr(one, "name", one))
async def test_every_story_means_the_same_everywhere(opened: tuple[Scene, Meet], story: Story) -> None:
    scene, meet = opened
    await scene.plays(story, await meet(story.name))


def _lost(patch: pytest.MonkeyPatch) -> None:
    """Telegram shows one button less."""
    shown = with_keyboard

    def less(reply: Any) -> Any:
        text, markup = shown(reply)
        return text, {name: rows[:-1] if name == "inline_keyboard" else rows for name, rows in markup.items()}

    patch.setattr(telegram, "with_keyboard", less)


def _cut(patch: pytest.MonkeyPatch) -> None:
    """Of a long text Zalo is sent the first message only."""
    whole = messages
    patch.setattr(zalo, "messages", lambda text: [whole(text)[0][:60]])


def _misnumbered(patch: pytest.MonkeyPatch) -> None:
    """Zalo's lines are counted from two: "1" is no line and "2" presses the first."""
    right = words_of

    def wrong(reply: Any) -> str:
        return re.sub(r"^(\d+)\. ", lambda found: f"{int(found[1]) % len(reply.offered) + 1}. ", right(reply), flags=re.M)

    patch.setattr(zalo, "words_of", wrong)


def _twice(patch: pytest.MonkeyPatch) -> None:
    """Zalo says everything two times."""
    once = zalo.ZaloChannel._say

    async def again(self: Any, chat: str, text: str) -> str:
        await once(self, chat, text)
        return await once(self, chat, text)

    patch.setattr(zalo.ZaloChannel, "_say", again)


@pytest.mark.parametrize("plant", [_lost, _cut, _misnumbered, _twice], ids=lambda plant: plant.__name__.strip("_"))
async def test_the_suite_finds_what_is_planted(
    opened: tuple[Scene, Meet], plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, meet = opened
    players = await meet(f"planted {plant.__name__}")
    plant(monkeypatch)
    with pytest.raises(AssertionError, match="one message and one choice"):
        await scene.plays(STORIES[0], players)


@pytest.mark.parametrize("claim", ["tells_edits", "shares_place"])
async def test_a_row_cannot_claim_what_the_channel_does_not_do(
    opened: tuple[Scene, Meet], claim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, meet = opened
    players = [player for player in await meet(f"claims {claim}") if not player.can.is_own_page]
    row: Any = {claim: True}
    monkeypatch.setitem(CAPABILITIES, Channel.ZALO, replace(CAPABILITIES[Channel.ZALO], **row))
    [story] = [story for story in STORIES if story.by == claim]
    with pytest.raises(AssertionError, match=story.name):
        await scene.plays(story, players)


async def test_a_new_channel_is_a_file_and_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are read and written by the same program as soon as they are there."""
    letters = Letters(new_channel(monkeypatch))
    monkeypatch.setattr(bot.app, "open_zalo", letters.open)
    async with open_scene(Place("sqlite", "", tmp_path), zalo_token="") as (scene, _):
        for story in (STORIES[0], *(story for story in STORIES if story.by)):
            web = OnWebChat((await scene.city.webchat()).browser)
            await scene.plays(story, [web, OnPaper(letters, story.name)])
