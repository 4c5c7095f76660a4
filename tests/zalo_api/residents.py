"""The people who write to the bot. What they do becomes an event; what the bot says, they hear."""

import asyncio
import hashlib
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.zalo_api.server import ZaloServer

_LINE = re.compile(r"^(\d{1,2})\. (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Heard:
    """A message of the bot's. `choices` are its numbered lines; `file` what the picture's address gave.

    `at` is when it came, by the loop's clock in seconds.
    """

    message_id: str
    text: str  # or the caption
    choices: dict[int, str]
    file: bytes
    call: dict[str, Any]
    at: float


class Resident:
    """Somebody with a private chat with the bot."""

    def __init__(self, server: "ZaloServer", name: str) -> None:
        self._server = server
        self.name = name
        self.id = hashlib.sha256(name.encode()).hexdigest()[:20]
        self.heard: list[Heard] = []
        self.is_typed_to = 0  # how often the bot said that it writes
        self.is_gone = False  # what the bot says is refused with 400
        self._read = 0
        self._news = asyncio.Event()

    @property
    def hears(self) -> list[str]:
        """Every text so far, oldest first."""
        return [heard.text for heard in self.heard]

    def sends(self, text: str) -> str:
        """Write a text; returns the message id."""
        return self._send("message.text.received", {"text": text})

    def sends_photo(self, data: bytes, caption: str = "", *, url: str = "") -> str:
        """A picture, held by the server's photo host unless an address is given."""
        picture = {self._server.photo_key: url or self._server.keep_file(data)}
        return self._send("message.image.received", picture | ({"caption": caption} if caption else {}))

    def sends_sticker(self) -> str:
        return self._send("message.sticker.received", {"sticker": "0e9ca1b99afc73a22aed", "url": "https://zalo.invalid/s"})

    def sends_voice(self, data: bytes) -> str:
        return self._send("message.voice.received", {"voice_url": self._server.keep_file(data, ".aac")})

    def sends_link(self, url: str, words: str = "") -> str:
        return self._send("message.link.received", {"url": url, "text": words} if words else {"url": url})

    def sends_unsupported(self, *, with_message: bool = True) -> str:
        """A file, a place, a contact; or whatever a child writes."""
        if with_message:
            return self._send("message.unsupported.received", {})
        self._server.feed({"event_name": "message.unsupported.received"})
        return ""

    def writes_in_a_group(self, text: str) -> str:
        chat = {"id": "ab" * 10, "chat_type": "GROUP"}
        return self._send("message.text.received", {"text": text, "chat": chat})

    def chooses(self, words: str) -> int:
        """Write the number of the newest numbered line with these words; returns it."""
        for heard in reversed(self.heard):
            for number, label in heard.choices.items():
                if words in label:
                    self.sends(str(number))
                    return number
        raise AssertionError(f"no line {words!r} in {[list(heard.choices.values()) for heard in self.heard]}")

    async def next(self, timeout: float = 60.0) -> Heard:
        """The oldest message not read yet, waiting for it if need be; `timeout` is in seconds."""
        async with asyncio.timeout(timeout):
            while len(self.heard) <= self._read:
                self._news.clear()
                await self._news.wait()
        self._read += 1
        return self.heard[self._read - 1]

    async def next_like(self, pattern: str, timeout: float = 60.0) -> Heard:
        """Read on until a message matches; the ones before count as read."""
        async with asyncio.timeout(timeout):
            while not re.search(pattern, (heard := await self.next(timeout)).text):
                continue
        return heard

    def receive(self, message_id: str, text: str, call: dict[str, Any], file: bytes = b"") -> None:
        """Called by the server when the bot says something."""
        choices = {int(number): label for number, label in _LINE.findall(text)}
        self.heard.append(Heard(message_id, text, choices, file, call, asyncio.get_running_loop().time()))
        self._news.set()

    def event(self, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """An event of this resident's, as it would be handed out; `content` may replace anything of the message."""
        now = time.time()
        message = {
            "from": {"id": self.id, "display_name": self.name, "is_bot": False},
            "chat": {"id": self.id, "chat_type": "PRIVATE"},
            "message_id": self._server.next_message_id(),
            "date": int(now) if self._server.seconds else int(now * 1000),
            "message_type": "CHAT_MESSAGE",
        }
        return {"event_name": name, "message": message | content}

    def _send(self, name: str, content: dict[str, Any]) -> str:
        event = self.event(name, content)
        self._server.feed(event)
        return str(event["message"]["message_id"])
