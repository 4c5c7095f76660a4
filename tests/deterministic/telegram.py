"""The Bot API without a network: updates wait until an offset confirms them, messages arrive or are refused by its rules.

`Calls` is what the poll loop speaks to, `Telephone` the channel that delivery speaks to; both are one process's, with
delays and faults of the network between it and the one `Telegram`. What is refused and handed out is decided by the same
rules as in the Bot API server of the other tests (`tests.bot_api.rules`, `tests.bot_api.updates`).
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.domain.incoming import Incoming, RemoteFile
from bot.domain.people import Address, Channel
from bot.domain.reply import Reply
from bot.errors import FileNotFetched, NeverDeliverable, TryLater
from bot.ports import KeptUpdate
from handlers.channels.telegram_calls import CallRefused, RawCalls
from handlers.channels.telegram_reading import read_update
from tests.bot_api.rules import Pace, Refused, check_text
from tests.bot_api.updates import Updates
from tests.deterministic.loop import LIFE
from tests.deterministic.trace import Trace

FIRST_MESSAGE = 5_000


class NetworkFaults:
    """What may go wrong between a process and the Bot API; `faults` decides. This one: nothing."""

    def delay(self) -> float:
        """Seconds of one way."""
        return 0.02

    def call(self, method: str) -> str:
        """One of `CALL_FAULTS`, or empty: nothing."""
        return ""

    def push(self) -> str:
        """ "again": the update is brought a second time although it was taken. Empty: nothing."""
        return ""


CALL_FAULTS = ("429", "500", "garbage", "cut before", "cut after", "slow", "slow after")
LOST = ("garbage", "cut after", "slow after")  # of these: it acted, and nobody hears of it
SLOW = 45.0  # seconds; longer than anybody waits for one call


@dataclass
class Telegram:
    """The one at the other end. `arrives` is told of every message that a resident now reads."""

    faults: NetworkFaults
    trace: Trace
    arrives: Callable[[str, int, Reply], None] = lambda *_: None
    updates: Updates = field(default_factory=Updates)
    pace: Pace = field(default_factory=Pace)
    fed: Callable[[int, str], None] = lambda *_: None  # told of every update that came into being
    lost: "Counter[str]" = field(default_factory=Counter)  # answers to messages that did not come through, by chat
    _messages: int = FIRST_MESSAGE

    def next_message(self) -> int:
        self._messages += 1
        return self._messages

    def feed(self, chat: str, content: Mapping[str, Any]) -> int:
        """Something a resident did becomes an update that waits."""
        number = self.updates.next_id
        body = json.dumps({"update_id": number, **content}, ensure_ascii=False, separators=(",", ":"))
        self.updates.add(body, chat)
        self.fed(number, chat)
        return number

    def say(self, address: Address, reply: Reply, now: float) -> str:
        """Take a message, or refuse it. Raises `Refused`."""
        if not reply.text:
            return ""
        check_text(reply.text)
        self.pace.check(address.external_id, now)
        number = self.next_message()
        self.arrives(address.external_id, number, reply)
        return str(number)


async def _network(telegram: Telegram, method: str, act: Callable[[], Any], chat: str = "") -> Any:
    """One call there and back. Raises TryLater where no answer comes, and what `act` raises."""
    faults = telegram.faults
    await asyncio.sleep(faults.delay())
    fault = faults.call(method)
    if fault:
        telegram.trace(_who(), f"{method}: {fault}")
    if fault == "429":
        raise TryLater(after=timedelta(seconds=2), acted=False, reason=fault)
    if fault in ("500", "cut before"):
        raise TryLater(reason=fault)
    if fault == "slow":
        await asyncio.sleep(SLOW)
        raise TryLater(reason=fault)
    found = act()
    if asyncio.iscoroutine(found):
        found = await found
    if fault in LOST and chat:
        telegram.lost[chat] += 1
    if fault == "slow after":
        await asyncio.sleep(SLOW)
    await asyncio.sleep(faults.delay())
    if fault == "garbage" and method == "getUpdates":
        return b"<html>Bad Gateway"
    if fault in LOST:
        raise TryLater(reason=fault)
    return found


def _who() -> str:
    life = LIFE.get()
    return life.name if life else "outside"


class Calls(RawCalls):
    """What the poll loop asks, without a network."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__("", "")
        self.telegram = telegram

    async def call(self, method: str, **parameters: Any) -> Any:
        return await _network(self.telegram, method, lambda: True)

    async def call_raw(self, method: str, parameters: Mapping[str, Any], *, timeout: float = 30.0) -> bytes:
        found: bytes = await _network(self.telegram, method, lambda: self._get_updates(parameters))
        return found

    async def _get_updates(self, given: Mapping[str, Any]) -> bytes:
        telegram, offset = self.telegram, given.get("offset")
        telegram.trace(_who(), f"getUpdates offset={offset}")
        try:
            found = await telegram.updates.get(offset, given["limit"], given["timeout"])
        except Refused as no:
            raise CallRefused(method="getUpdates", code=no.code, description=str(no)) from None
        telegram.trace("telegram", f"hands out {[update.update_id for update in found]}")
        return ('{"ok":true,"result":[' + ",".join(update.json for update in found) + "]}").encode()


@dataclass
class Telephone:
    """`bot.ports.ChannelPort`: the real reading, and sending as `handlers.channels.telegram` reports it.

    Args:
        check: Called where something leaves the process; raises when that may not be now.
    """

    telegram: Telegram
    check: Callable[[str], None]
    channel: Channel = Channel.TELEGRAM

    def read(self, update: KeptUpdate) -> Incoming:
        return read_update(update)

    async def fetch(self, file: RemoteFile) -> bytes:
        self.check("fetched")
        raise FileNotFetched(description="there are none")

    async def send(self, address: Address, reply: Reply) -> str:
        self.check("sent")
        loop = asyncio.get_running_loop()
        try:
            found: str = await _network(
                self.telegram, "sendMessage", lambda: self.telegram.say(address, reply, loop.time()), address.external_id
            )
        except Refused as no:
            if no.code == 429:
                raise TryLater(after=timedelta(seconds=no.retry_after), acted=False) from None
            raise NeverDeliverable(blocked=no.code == 403, description=str(no)) from None
        return found
