"""One resident for each channel: how something is written, sent and chosen there, and what is seen of the answers."""

import asyncio
import re
from abc import ABC, abstractmethod
from html import unescape

from bot.domain.capabilities import CAPABILITIES, Capabilities
from bot.domain.people import Channel
from tests.bot_api import Resident as Chat
from tests.contract.meaning import Heard
from tests.handlers.webchat.town import Browser
from tests.zalo_api import Resident as ZaloChat

PHOTO_NAME = "đèn.jpg"


class Player(ABC):
    """A resident on a channel. Each act is one message, whatever it takes there to bring it."""

    channel: Channel
    code: str = ""  # of the case told last
    sent: int = 0

    @property
    def can(self) -> Capabilities:
        return CAPABILITIES[self.channel]

    @abstractmethod
    async def writes(self, text: str) -> None: ...

    @abstractmethod
    async def sends_photo(self, data: bytes, caption: str) -> None: ...

    async def changes(self, words: str) -> None:
        """The last words become these; where a channel does not tell that, they are written anew."""
        await self.writes(words)

    async def sends_place(self, lat: float, lon: float) -> None:
        """A position; where a channel has none, what it brings of one."""
        await self.sends_nonsense()

    @abstractmethod
    async def chooses(self, words: str) -> None:
        """Press the button, or write the number of the line."""

    @abstractmethod
    async def sends_nonsense(self) -> None:
        """Something that this channel brings and nobody can use."""

    @abstractmethod
    async def heard(self) -> list[Heard]:
        """Every message so far, oldest first."""


class OnTelegram(Player):
    channel = Channel.TELEGRAM

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self._wrote = 0  # the id of the last words

    async def writes(self, text: str) -> None:
        self._wrote = self.chat.sends(text)

    async def sends_photo(self, data: bytes, caption: str) -> None:
        self.chat.sends_photo(data, caption)

    async def changes(self, words: str) -> None:
        self.chat.edits(self._wrote, words)

    async def sends_place(self, lat: float, lon: float) -> None:
        self.chat.shares_location(lat, lon)

    async def chooses(self, words: str) -> None:
        self.chat.presses(words)

    async def sends_nonsense(self) -> None:
        self.chat.rolls_a_die()

    async def heard(self) -> list[Heard]:
        return [Heard(one.text, tuple(one.buttons), int(bool(one.file))) for one in self.chat.heard]


class OnZalo(Player):
    channel = Channel.ZALO

    def __init__(self, chat: ZaloChat) -> None:
        self.chat = chat

    async def writes(self, text: str) -> None:
        self.chat.sends(text)

    async def sends_photo(self, data: bytes, caption: str) -> None:
        self.chat.sends_photo(data, caption)

    async def chooses(self, words: str) -> None:
        self.chat.chooses(words)

    async def sends_place(self, lat: float, lon: float) -> None:
        self.chat.sends_unsupported()

    async def sends_nonsense(self) -> None:
        self.chat.sends_sticker()

    async def heard(self) -> list[Heard]:
        return [Heard(one.text, (), int(bool(one.file))) for one in self.chat.heard]


_LINE = re.compile(r'<li class="said[^"]*" data-testid="chat-line" data-from="homthu" id="line-(\d+)">(.*?)\n</li>', re.S)
_TEXT = re.compile(r'<p class="bubble__text">(.*?)</p>', re.S)
_CHIP = re.compile(r'<button class="chip" name="choice" value="([^"]*)"[^>]*>([^<]*)<')


class OnWebChat(Player):
    """Each form is posted twice under its key, as a browser does that lost the answer."""

    channel = Channel.WEBCHAT

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def writes(self, text: str) -> None:
        await self._posts({"text": text})

    async def sends_photo(self, data: bytes, caption: str) -> None:
        await self._posts({"text": caption}, [(PHOTO_NAME, data, "image/jpeg")])

    async def sends_place(self, lat: float, lon: float) -> None:
        await self._posts({"text": "", "lat": str(lat), "lon": str(lon), "accuracy": "12"})

    async def chooses(self, words: str) -> None:
        page = await self.browser.opens()
        chips = [(unescape(data), unescape(label)) for data, label in _CHIP.findall(page.html)]
        found = [data for data, label in chips if words in label]
        assert found, f"no chip {words!r} in {[label for _, label in chips]}"
        await self._posts({"choice": found[-1]})

    async def sends_nonsense(self) -> None:
        await self._posts({"text": "", "choice": "nothing-of-ours"})

    async def heard(self) -> list[Heard]:
        lines = _LINE.findall((await self.browser.opens()).html)
        return [_seen(html) for _, html in lines]

    async def _posts(self, fields: dict[str, str], files: list[tuple[str, bytes, str]] | None = None) -> None:
        page = self.browser.page
        given = {"form_token": page.field("form_token"), "key": f"{page.field('key')}{self.sent}", "ward": "", **fields}
        self.sent += 1
        for _ in range(2):
            assert (await self.browser.posts(given, files or ())).status == 200, self.browser.page.notice


def _seen(html: str) -> Heard:
    text = _TEXT.search(html)
    chips = tuple(unescape(label) for _, label in _CHIP.findall(html))
    files = len(re.findall(r'<img src=|<a class="file"', html))
    return Heard(unescape(text[1]) if text else "", chips, files)


async def everybody(*doing: object) -> None:
    """Side by side."""
    await asyncio.gather(*doing)  # type: ignore[call-overload]  # each is an awaitable
