"""What Telegram refuses, in its own words.

Sources: https://core.telegram.org/bots/api (limits), https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
(30 a second, 1 a second and chat, 20 a minute and group), and the public Bot API server (20 MB for getFile, descriptions).
"""

import json
import math
import re
from collections import defaultdict, deque
from typing import Any

LARGEST_DOWNLOAD = 20 << 20  # bytes
LONGEST_TEXT, LONGEST_CAPTION, LONGEST_ANSWER = 4096, 1024, 200  # UTF-16 units
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class Refused(Exception):
    """The Bot API's way of saying no."""

    def __init__(self, code: int, description: str, *, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def to_json(self) -> str:
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after:
            answer["parameters"] = {"retry_after": self.retry_after}
        return json.dumps(answer)


def too_many(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_text(text: str) -> str:
    """The text as it arrives: Telegram trims it."""
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if units(text.strip()) > LONGEST_TEXT:
        raise Refused(400, "Bad Request: message is too long")
    return text.strip()


def check_caption(caption: str) -> str:
    if units(caption) > LONGEST_CAPTION:
        raise Refused(400, "Bad Request: message caption is too long")
    return caption


def check_keyboard(markup: dict[str, Any]) -> None:
    for row in markup.get("inline_keyboard", ()):
        for button in row:
            if not str(button.get("text", "")).strip():
                raise Refused(400, "Bad Request: Text buttons are unallowed in the inline keyboard")
            if not 1 <= len(str(button.get("callback_data", "x")).encode()) <= 64:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")


def check_commands(commands: list[dict[str, str]]) -> None:
    for entry in commands:
        if not COMMAND.fullmatch(entry["command"]):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= units(entry["description"]) <= 256:
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


class Pace:
    """How many messages Telegram lets through. A chat that must wait is told how long, and too early a try is counted."""

    PER_SECOND, BURST_OF_A_CHAT, PER_MINUTE_IN_A_GROUP = 30, 1, 20

    def __init__(self) -> None:
        self._all: deque[float] = deque()
        self._of_chat: dict[str, deque[float]] = defaultdict(deque)
        self._shut_until: dict[str, float] = {}
        self.early_retries = 0
        self.refusals = 0

    def check(self, chat_id: str, now: float) -> None:
        """Raises `Refused` with 429 when it is too much; `now` is a monotonic time in seconds."""
        if now < self._shut_until.get(chat_id, 0.0):
            self.early_retries += 1
            raise too_many(math.ceil(self._shut_until[chat_id] - now))
        is_group = chat_id.startswith("-")
        span, most = (60.0, self.PER_MINUTE_IN_A_GROUP) if is_group else (1.0, self.BURST_OF_A_CHAT)
        chat = self._of_chat[chat_id]
        for times, window in ((self._all, 1.0), (chat, span)):
            while times and times[0] <= now - window:
                times.popleft()
        if len(chat) >= most or len(self._all) >= self.PER_SECOND:
            wait = math.ceil(chat[0] + span - now) if len(chat) >= most else 1
            self.refusals += 1
            if len(chat) >= most:
                self._shut_until[chat_id] = now + wait
            raise too_many(wait)
        chat.append(now)
        self._all.append(now)
