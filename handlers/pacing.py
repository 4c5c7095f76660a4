"""How fast a channel may be spoken to: over all chats, in one chat, in one group.

Telegram allows 30 messages a second over all chats, one a second in a chat (short bursts are tolerated) and 20 a minute in
a group; it does not publish more, so what it answers (`retry_after`) always counts above this.
Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this

Plain arithmetic on a monotonic clock that is handed in: nothing here sleeps. Waiting is done in `handlers.delivery`.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

PUBLISHED_PER_SECOND = 30  # messages over all chats
ZALO_PER_SECOND = 5  # the same on Zalo, which publishes nothing: a small number of ours
BURST = 3  # messages at once that Telegram tolerates, at the published pace
TOLD_WITHIN = 10.0  # seconds in which refusals of several chats count together
TOLD_CHATS = 3  # so many different chats were told to wait: the channel means all of us
FORGET_EVERY = 1000  # chats; idle ones are forgotten when as many were added


def is_telegram_group(chat: str) -> bool:
    """Telegram's groups and channels have negative ids."""
    return chat.startswith("-")


def has_no_groups(_chat: str) -> bool:
    """Zalo's groups are never answered."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A channel's limits, in messages.

    Bursts are inside the limits, not on top: in no second do more than `per_second` go out, in no minute more than
    `group_per_minute` to a group. While few wait `chat_burst` goes above `per_chat_per_second`, which the channel tolerates.
    """

    per_second: float
    burst: int = BURST
    per_chat_per_second: float = 1.0
    chat_burst: int = BURST
    group_per_minute: float = 20.0
    group_burst: int = 3
    is_group: Callable[[str], bool] = is_telegram_group

    @classmethod
    def of_telegram(cls, per_second: float) -> "Pace":
        """The limits that are published, for 30 a second over all; who may speak faster may do so in each chat as well.

        Bursts grow with it: else who taps at once waits for a fourth answer's place where there is room for everybody.
        """
        times = max(1.0, per_second / PUBLISHED_PER_SECOND)
        burst = int(BURST * times)
        return cls(per_second=per_second, burst=burst, per_chat_per_second=times, chat_burst=burst)

    @classmethod
    def of_zalo(cls, per_second: float) -> "Pace":
        """One a second in a chat, without bursts, for 5 a second over all; who may speak faster may do so in each chat."""
        times = max(1.0, per_second / ZALO_PER_SECOND)
        burst = int(times)
        return cls(per_second=per_second, burst=burst, per_chat_per_second=times, chat_burst=burst, is_group=has_no_groups)


class Bucket:
    """So many at once, then one every `spacing` seconds. Holds one number: when it will be full again."""

    __slots__ = ("_full_at", "_slack", "_spacing")

    def __init__(self, spacing: float, burst: int) -> None:
        self._spacing = spacing
        self._slack = spacing * (burst - 1)
        self._full_at = 0.0

    @classmethod
    def within(cls, most: float, seconds: float, burst: int) -> "Bucket":
        """Never more than `most` in any `seconds`, of which up to `burst` at once."""
        burst = max(1, min(burst, int(most // 2)))  # `most` may be less than one
        return cls(seconds / (most - burst + 1), burst)

    def wait(self, now: float) -> float:
        """Seconds until the next one may go."""
        return max(0.0, self._full_at - self._slack - now)

    def again(self, other: "Bucket") -> None:
        """Go on at that one's spacing; what was taken stays taken."""
        self._spacing, self._slack = other._spacing, other._slack

    def take(self, now: float, count: int = 1, *, is_spaced: bool = False) -> float:
        """Take the next place; returns the seconds until it comes. Further ones line up behind it. `is_spaced`: no burst.

        `count` messages that go out together are never split: those over the burst are paid for by whoever comes next.
        """
        wait = max(0.0, self._full_at - now) if is_spaced else self.wait(now)
        self._full_at = max(self._full_at, now) + self._spacing * count
        return wait

    def is_idle(self, now: float) -> bool:
        return self._full_at <= now


class Pacer:
    """Hands out places in time for one channel. A chat that must wait holds up nobody else.

    First ask `chat_wait` and wait so long; only then line up with everybody by `channel_wait`.
    """

    def __init__(self, pace: Pace, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._monotonic = monotonic
        self._company = 1
        self._all = Bucket.within(pace.per_second, 1.0, pace.burst)
        self._chats: dict[str, Bucket] = {}
        self._next_sweep = FORGET_EVERY
        self._told: deque[tuple[float, str]] = deque()
        self._paused_until = 0.0

    def share(self, company: int) -> None:
        """So many processes speak to the channel: each takes its part of what goes out over all chats.

        A part is smaller than it could be while the others are silent; to ask them for theirs would cost more than it wins.
        """
        if company != self._company:
            self._company = company
            burst = self._pace.burst if company == 1 else 1  # a burst is kept free in every second: dear in a small part
            self._all.again(Bucket.within(self.per_second, 1.0, burst))

    @property
    def per_second(self) -> float:
        """Messages over all chats, our part."""
        return self._pace.per_second / self._company

    def chat_wait(self, chat: str, messages: int = 1) -> float:
        """Take the chat's next place; returns the seconds until it comes."""
        now = self._monotonic()
        bucket = self._chats.get(chat)
        if bucket is None:
            if len(self._chats) >= self._next_sweep:
                self._forget_idle(now)
            bucket = self._chats[chat] = self._new_chat(chat)
        # Where many wait nobody needs a burst, and Telegram tolerates it from those who keep to the rest.
        return bucket.take(now, messages, is_spaced=self._all.wait(now) > 0)

    def channel_wait(self, messages: int = 1) -> float:
        """Take the next place among all chats, first come first served; returns the seconds until it comes."""
        now = self._monotonic()
        return self._all.take(max(now, self._paused_until), messages) + max(0.0, self._paused_until - now)

    def pause(self) -> float:
        """Seconds for which the whole channel was told to wait."""
        return max(0.0, self._paused_until - self._monotonic())

    def told_to_wait(self, chat: str, after: timedelta) -> None:
        """A chat was refused for so long. When several are within seconds, the whole channel waits."""
        now = self._monotonic()
        self._told.append((now, chat))
        while self._told and (self._told[0][0] < now - TOLD_WITHIN or len(self._told) > FORGET_EVERY):
            self._told.popleft()
        if len({chat for _, chat in self._told}) >= TOLD_CHATS:
            self._paused_until = max(self._paused_until, now + after.total_seconds())

    def __len__(self) -> int:
        """Chats that are remembered."""
        return len(self._chats)

    def _new_chat(self, chat: str) -> Bucket:
        if self._pace.is_group(chat):
            return Bucket.within(self._pace.group_per_minute, 60.0, self._pace.group_burst)
        return Bucket(1.0 / self._pace.per_chat_per_second, self._pace.chat_burst)

    def _forget_idle(self, now: float) -> None:
        self._chats = {chat: bucket for chat, bucket in self._chats.items() if not bucket.is_idle(now)}
        self._next_sweep = len(self._chats) + FORGET_EVERY
