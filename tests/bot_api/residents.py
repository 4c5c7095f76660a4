"""The people who write to the bot. What they do becomes an update; what the bot says, they hear."""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.bot_api.rules import units

if TYPE_CHECKING:
    from tests.bot_api.server import BotApiServer


@dataclass(frozen=True)
class Heard:
    """A message of the bot's. `buttons` maps labels to data; `asks_location` is the reply keyboard's button.

    `at` is when it came, by the loop's clock in seconds.
    """

    message_id: int
    text: str  # or the caption
    buttons: dict[str, str]
    asks_location: str
    file: bytes
    message: dict[str, Any]
    at: float


class Resident:
    """Somebody with a private chat with the bot."""

    def __init__(self, server: "BotApiServer", number: int, language: str) -> None:
        self._server = server
        self.id = number
        self.has_blocked = False
        self.is_deactivated = False
        self.heard: list[Heard] = []
        self._read = 0
        self._news = asyncio.Event()
        self._wrote: dict[int, dict[str, Any]] = {}
        self._held: list[dict[str, Any]] | None = None
        self.me = {"id": number, "is_bot": False, "first_name": f"Lan {number}", "language_code": language}
        self.chat = {"id": number, "type": "private", "first_name": f"Lan {number}"}

    @property
    def hears(self) -> list[str]:
        """Every text so far, oldest first."""
        return [heard.text for heard in self.heard]

    def sends(self, text: str, **more: Any) -> int:
        """Write a text; a leading "/word" is a command. Returns the message id."""
        content: dict[str, Any] = {"text": text}
        if command := re.match(r"/\w+(@\w+)?", text):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": units(command[0])}]
        return self._send(content | more)

    def starts(self, payload: str = "") -> int:
        """Open the bot, perhaps by a deep link."""
        return self.sends(f"/start {payload}".strip())

    def forwards(self, text: str) -> int:
        origin = {"type": "hidden_user", "sender_user_name": "Minh", "date": int(time.time()) - 60}
        return self._send({"text": text, "forward_origin": origin})

    def sends_photo(self, data: bytes, caption: str = "", group: str = "") -> int:
        small = {
            "file_id": self._server.keep_file(b"small"),
            "file_unique_id": "s",
            "width": 90,
            "height": 67,
            "file_size": 5,
        }
        size = {"width": 1280, "height": 960, "file_size": len(data)}
        large = {"file_id": self._server.keep_file(data), "file_unique_id": "l"} | size
        return self._send({"photo": [small, large]} | _caption(caption) | ({"media_group_id": group} if group else {}))

    def sends_document(self, data: bytes, name: str, media_type: str, caption: str = "", size: int | None = None) -> int:
        """`size` declares more than the bytes that are there."""
        found = {"file_name": name, "mime_type": media_type} | self._file(data, size)
        return self._send({"document": found} | _caption(caption))

    def sends_video(self, data: bytes, caption: str = "") -> int:
        video = {"width": 640, "height": 480, "duration": 3, "mime_type": "video/mp4"} | self._file(data)
        return self._send({"video": video} | _caption(caption))

    def sends_video_note(self, data: bytes) -> int:
        return self._send({"video_note": {"length": 240, "duration": 3} | self._file(data)})

    def sends_animation(self, data: bytes) -> int:
        found = self._file(data)
        animation = {"width": 64, "height": 64, "duration": 1, "mime_type": "video/mp4"} | found
        return self._send({"animation": animation, "document": {"mime_type": "video/mp4"} | found})

    def sends_voice(self, data: bytes) -> int:
        return self._send({"voice": {"duration": 2, "mime_type": "audio/ogg"} | self._file(data)})

    def sends_audio(self, data: bytes, name: str) -> int:
        audio = {"duration": 2, "mime_type": "audio/mpeg", "file_name": name} | self._file(data)
        return self._send({"audio": audio})

    def sends_sticker(self, emoji: str) -> int:
        kind = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular", "emoji": emoji}
        return self._send({"sticker": kind | self._file(b"webp")})

    def sends_contact(self, name: str, phone: str) -> int:
        return self._send({"contact": {"first_name": name, "phone_number": phone}})

    def rolls_a_die(self) -> int:
        return self._send({"dice": {"emoji": "🎲", "value": 4}})

    def shares_location(self, lat: float, lon: float, accuracy: float | None = None, *, live: bool = False) -> int:
        place: dict[str, Any] = {"latitude": lat, "longitude": lon}
        if accuracy is not None:
            place["horizontal_accuracy"] = accuracy
        if live:
            place["live_period"] = 900
        return self._send({"location": place})

    def shares_venue(self, title: str, address: str, lat: float, lon: float) -> int:
        place = {"latitude": lat, "longitude": lon}
        return self._send({"venue": {"location": place, "title": title, "address": address}, "location": place})

    def edits(self, message_id: int, text: str) -> None:
        """Change an earlier text or caption."""
        message = self._wrote[message_id]
        message |= {"text" if "text" in message else "caption": text, "edit_date": int(time.time())}
        message.pop("entities", None)
        self._server.feed({"edited_message": message})

    def moves(self, message_id: int, lat: float, lon: float) -> None:
        """A live location goes on."""
        message = self._wrote[message_id]
        message |= {"location": message["location"] | {"latitude": lat, "longitude": lon}, "edit_date": int(time.time())}
        self._server.feed({"edited_message": message})

    def presses(self, label: str, *, too_late: bool = False, message_is_gone: bool = False) -> str:
        """Press the newest button whose label contains these words; returns the query's id.

        `too_late`: Telegram no longer takes an answer. `message_is_gone`: the update does not carry the message.
        """
        for heard in reversed(self.heard):
            for text, data in heard.buttons.items():
                if label in text:
                    message: dict[str, Any] = heard.message
                    if message_is_gone:
                        message = {"chat": self.chat, "message_id": heard.message_id, "date": 0}
                    return self.presses_data(data, message, too_late=too_late)
        raise AssertionError(f"no button {label!r} in {[list(heard.buttons) for heard in self.heard]}")

    def presses_data(self, data: str, message: dict[str, Any] | None = None, *, too_late: bool = False) -> str:
        """Press a button with this data, also one that never was."""
        query = {"id": self._server.open_query(too_old=too_late), "from": self.me, "chat_instance": "1", "data": data}
        self._server.feed({"callback_query": query | ({"message": message} if message else {})})
        return str(query["id"])

    def blocks(self) -> None:
        self.has_blocked = True
        self._membership("member", {"status": "kicked", "until_date": 0})

    def unblocks(self) -> None:
        self.has_blocked = False
        self._membership("kicked", {"status": "member"})

    def receive(self, message: dict[str, Any], markup: dict[str, Any], file: bytes) -> None:
        """Called by the server when the bot says something."""
        rows = markup.get("inline_keyboard", ())
        buttons = {button["text"]: button.get("callback_data", "") for row in rows for button in row}
        wishes = [b["text"] for row in markup.get("keyboard", ()) for b in row if b.get("request_location")]
        text = message.get("text", message.get("caption", ""))
        wish, now = wishes[0] if wishes else "", asyncio.get_running_loop().time()
        self.heard.append(Heard(message["message_id"], text, buttons, wish, file, message, now))
        self._news.set()

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

    def _send(self, content: dict[str, Any]) -> int:
        message_id = self._server.next_message_id()
        base = {"message_id": message_id, "date": int(time.time()), "chat": self.chat, "from": self.me}
        self._wrote[message_id] = base | content
        if self._held is None:
            self._server.feed({"message": base | content})
        else:
            self._held.append({"message": base | content})
        return message_id

    @asynccontextmanager
    async def out_of_order(self, seed: int, *, seconds: float) -> AsyncIterator[None]:
        """What is sent inside arrives in another order (by this seed), spread over so many seconds."""
        self._held = []
        yield
        held, self._held = self._held, None
        random.Random(seed).shuffle(held)  # the same order every time
        for update in held:
            self._server.feed(update)
            await asyncio.sleep(seconds / len(held))

    def _file(self, data: bytes, size: int | None = None) -> dict[str, Any]:
        file_id = self._server.keep_file(data, size=size)
        return {"file_id": file_id, "file_unique_id": "u" + file_id, "file_size": len(data) if size is None else size}

    def _membership(self, before: str, after: dict[str, Any]) -> None:
        old = {"status": before, "user": self._server.me} | ({"until_date": 0} if before == "kicked" else {})
        change = {"chat": self.chat, "from": self.me, "date": int(time.time()), "old_chat_member": old}
        self._server.feed({"my_chat_member": change | {"new_chat_member": after | {"user": self._server.me}}})


def _caption(text: str) -> dict[str, str]:
    return {"caption": text} if text else {}
