"""Who writes: people with a few matters each, in a hurry or not, who answer what they are asked until they hold a code.

They live outside of every process and see only what Telegram shows them. What they expect is written down here, as the
plain half of the oracle: which words are to be a case, and which code they were told for them.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.domain.people import Language
from bot.domain.reply import Reply
from bot.wording import say
from handlers.dialogue.choices import Act
from tests.deterministic.telegram import Telegram
from tests.deterministic.trace import Trace

CODE = re.compile(r"Mã hồ sơ: ([0-9A-Z-]+)")

# Each names its ward and a matter of its own, so that nothing has to be asked and no neighbour's case is offered.
MATTERS = (
    "Đèn đường hỏng ở ngõ 11 phường Phú Thượng",
    "Rác chất đống ở ngõ 12 đường Thụy Khuê, phường Tây Hồ",
    "Quán karaoke ồn quá nửa đêm ở phường Cửa Nam",
    "Nắp cống vỡ ở ngõ 35 phường Bạch Mai",
    "Cây đổ chắn lối đi ở ngõ 8 phường Kim Liên",
    "Nước thải tràn ra đường ở ngõ 21 phường Hoàng Mai",
    "Vỉa hè bị lấn chiếm ở phường Long Biên",
    "Cột điện nghiêng ở ngõ 5 phường Cầu Giấy",
)
ADDED = "Đã thêm vào hồ sơ"
APOLOGY = say(Language.VI, "chat_apology")
MORE = ("Mong phường xem sớm giúp", "Ở ngay đầu ngõ ạ", "Đã ba hôm nay rồi")


@dataclass
class Resident:
    """One chat. `matters` are still to be reported; `filed` is what they hold: matter → codes, in the order told."""

    number: int
    telegram: Telegram
    chance: Random
    trace: Trace
    matters: deque[str]
    loop: asyncio.AbstractEventLoop
    context: Context  # in which nothing dies with a process
    abandons: bool = False  # leaves the last matter lying, so that the timekeeper has something to do
    hasty: float = 0.15  # how likely something is pressed or written twice
    now_about: str = ""
    pressed: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)  # code → matter
    wrote: int = 0
    heard_since: int = 0  # messages since the last thing they sent
    _intends: int = 0  # so many things that are not done yet
    _waits_to_write: bool = False
    _last_pressed: tuple[int, str] | None = None  # about the present matter

    @property
    def chat(self) -> str:
        return str(self.number)

    @property
    def has_left(self) -> bool:
        """Never sends what they wrote last."""
        return self.abandons and not self.matters

    @property
    def is_done(self) -> bool:
        return not self.matters and not self._intends and (not self.now_about or self.abandons)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """They mean to do that."""
        self._intends += 1
        self.loop.call_later(seconds, self._does, act, context=self.context)

    def _does(self, act: Callable[[], None]) -> None:
        self._intends -= 1
        act()

    def begins(self) -> None:
        """Take up the next matter."""
        self.now_about, self._last_pressed = self.matters.popleft(), None
        self._opens()
        if self.chance.random() < self.hasty:
            within = self.chance.choice((0.05, 3.0))  # seconds: a burst, or an afterthought
            self.later(self.chance.uniform(0.0, within), lambda: self._writes(self.chance.choice(MORE)))

    def _opens(self) -> None:
        if self.codes:
            self._waits_to_write = True  # what comes after a filed case would be added to it
            self._writes("/new")
        else:
            self._writes(self.now_about)

    def hears(self, message_id: int, reply: Reply) -> None:
        """A message arrives."""
        self.heard_since += 1
        if found := CODE.search(reply.text):
            self._is_given(found[1])
        elif reply.text == APOLOGY:
            self.later(self.chance.uniform(0.3, 2.0), self._tries_again)
        elif ADDED in reply.text:
            if self.now_about and self.codes and not self._waits_to_write and not self._last_pressed:
                self.later(self.chance.uniform(0.3, 2.0), self._opens)  # not what they meant
        elif self._waits_to_write:
            self._waits_to_write = False
            self.later(self.chance.uniform(0.1, 1.0), lambda: self._writes(self.now_about))
        for choice in reply.offered:
            if choice.data.startswith(f"{Act.SEND}:") and not self.has_left:
                self._is_asked_to_send(message_id, choice.data)

    def _tries_again(self) -> None:
        if self.now_about and self._last_pressed:
            self._presses(*self._last_pressed, self.now_about)
        elif self.now_about:
            self._opens()
        else:
            self._writes(MORE[0])

    def _is_given(self, code: str) -> None:
        if code in self.codes:
            return  # told once more
        self.codes[code] = self.now_about
        self.now_about, self._waits_to_write = "", False
        if self.matters:
            self.later(self.chance.uniform(0.2, 2.0), self.begins)

    def _is_asked_to_send(self, message_id: int, data: str) -> None:
        again = data in self.pressed
        self.pressed.add(data)
        if again and self.chance.random() > self.hasty:
            return
        about = self.now_about
        for _ in range(1 + (self.chance.random() < self.hasty)):
            self.later(self.chance.uniform(0.3, 2.0), lambda: self._presses(message_id, data, about))

    def _writes(self, text: str) -> None:
        self._feeds({"message": {"message_id": self.telegram.next_message(), **self._base(), "text": text}}, text)

    def _presses(self, message_id: int, data: str, about: str) -> None:
        self.wrote += 1
        if about == self.now_about:
            self._last_pressed = message_id, data
        message = {"message_id": message_id, **self._base(), "text": "…"}
        query = {"id": f"{self.number}-{self.wrote}", "from": self._me, "message": message, "data": data}
        self._feeds({"callback_query": query}, data.partition(":")[0])

    def _feeds(self, content: dict[str, Any], shown: str) -> None:
        self.heard_since = 0
        number = self.telegram.feed(self.chat, content)
        self.trace(f"chat {self.chat}", f"{number}: {shown}")

    @property
    def _me(self) -> dict[str, Any]:
        return {"id": self.number, "is_bot": False, "first_name": "Lan", "language_code": "vi"}

    def _base(self) -> dict[str, Any]:
        return {"from": self._me, "chat": {"id": self.number, "type": "private"}, "date": 1_795_000_000}
