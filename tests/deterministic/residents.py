"""Who writes: people with a few matters each, in a hurry or not, who answer what they are asked until they hold a code.

They live outside of every process and see only what Telegram shows them. What they expect is written down here, as the
plain half of the oracle: which words are to be a case, and which code they were told for them.
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.domain.reply import Reply
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
MORE = ("Mong phường xem sớm giúp", "Ở ngay đầu ngõ ạ", "Đã ba hôm nay rồi")


@dataclass
class Resident:
    """One chat. `matters` are still to be reported; `filed` is what they hold: matter → codes, in the order told."""

    number: int
    telegram: Telegram
    chance: Random
    trace: Trace
    later: Callable[[float, Callable[[], None]], None]
    matters: deque[str]
    abandons: bool = False  # leaves the last matter lying, so that the timekeeper has something to do
    hasty: float = 0.15  # how likely something is pressed or written twice
    now_about: str = ""
    pressed: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)  # code → matter
    heard: list[str] = field(default_factory=list)
    heard_at: dict[int, int] = field(default_factory=dict)
    wrote: int = 0
    heard_since: int = 0  # messages since the last thing they sent

    @property
    def chat(self) -> str:
        return str(self.number)

    @property
    def is_done(self) -> bool:
        return not self.matters and not self.now_about

    def begins(self) -> None:
        self.now_about = self.matters.popleft()
        if self.codes:
            self._writes("/new")
        self._writes(self.now_about)
        if self.chance.random() < self.hasty:
            self.later(self.chance.uniform(0.0, 3.0), lambda: self._writes(self.chance.choice(MORE)))

    def hears(self, message_id: int, reply: Reply) -> None:
        """A message arrives."""
        self.heard.append(reply.text)
        self.heard_since += 1
        if found := CODE.search(reply.text):
            self._is_given(found[1])
        for choice in reply.offered:
            if choice.data.startswith(f"{Act.SEND}:") and not (self.abandons and not self.matters):
                self._is_asked_to_send(message_id, choice.data)

    def _is_given(self, code: str) -> None:
        if code in self.codes:
            return  # told once more
        self.codes[code] = self.now_about
        self.now_about = ""
        if self.matters:
            self.later(self.chance.uniform(0.2, 4.0), self.begins)

    def _is_asked_to_send(self, message_id: int, data: str) -> None:
        again = data in self.pressed
        self.pressed.add(data)
        if again and self.chance.random() > self.hasty:
            return
        self.later(self.chance.uniform(0.3, 4.0), lambda: self._presses(message_id, data))
        if self.chance.random() < self.hasty:
            self.later(self.chance.uniform(0.3, 4.0), lambda: self._presses(message_id, data))

    def _writes(self, text: str) -> None:
        self._feeds({"message": {"message_id": self.telegram.next_message(), **self._base(), "text": text}}, text)

    def _presses(self, message_id: int, data: str) -> None:
        self.wrote += 1
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
