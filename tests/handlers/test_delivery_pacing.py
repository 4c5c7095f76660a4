"""How fast we speak: figures on a clock that the test moves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from handlers.pacing import FORGET_EVERY, Bucket, Pace, Pacer

TELEGRAM = Pace(per_second=30)


@dataclass
class Stopwatch:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


def times(pacer: Pacer, watch: Stopwatch, *chats: str) -> list[float]:
    """When each would go out if all were asked for now, one after the other."""
    found = []
    began = watch.seconds
    for chat in chats:
        wait = pacer.chat_wait(chat)
        watch.seconds = began + wait
        found.append(wait + pacer.channel_wait())
        watch.seconds = began
    return found


def most_in_any(window: float, moments: list[float]) -> int:
    moments = sorted(moments)
    return max(sum(1 for other in moments if 0 <= other - one < window - 1e-9) for one in moments)


def test_a_chat_may_have_three_at_once_and_then_one_a_second() -> None:
    watch = Stopwatch()
    pacer = Pacer(TELEGRAM, watch)
    assert [round(pacer.chat_wait("lan"), 3) for _ in range(6)] == [0, 0, 0, 1, 2, 3]


def test_after_a_pause_the_chat_may_have_three_at_once_again() -> None:
    watch = Stopwatch()
    pacer = Pacer(TELEGRAM, watch)
    for _ in range(3):
        pacer.chat_wait("lan")
    watch.seconds += 3
    assert [round(pacer.chat_wait("lan"), 3) for _ in range(4)] == [0, 0, 0, 1]


@pytest.mark.parametrize(("per_second", "in_a_chat"), [(5, 1), (30, 1), (300, 10)])
def test_who_may_speak_faster_may_do_so_in_each_chat_as_well(per_second: int, in_a_chat: int) -> None:
    watch = Stopwatch()
    pacer = Pacer(Pace.of_telegram(per_second), watch)
    moments = [pacer.chat_wait("lan") for _ in range(3 * in_a_chat + 10 * in_a_chat)]
    assert sum(moment < 1e-6 for moment in moments) == 3 * in_a_chat
    assert max(moments) == pytest.approx(10)


@pytest.mark.parametrize("per_second", [1, 2, 10, 30, 1000])
@pytest.mark.parametrize("pace", [Pace.of_telegram, Pace.of_zalo])
def test_no_second_has_more_messages_than_allowed(pace: Callable[[float], Pace], per_second: int) -> None:
    """Bursts included: 30 a second means 30 in any second, wherever it begins. And nearly all of it is used."""
    watch = Stopwatch()
    moments = times(Pacer(pace(per_second), watch), watch, *(f"chat-{n}" for n in range(per_second * 5)))
    assert most_in_any(1.0, moments) <= per_second
    assert max(moments) <= 5 * 1.2


def test_a_group_gets_no_more_than_twenty_in_any_minute() -> None:
    watch = Stopwatch()
    pacer = Pacer(TELEGRAM, watch)
    moments = [pacer.chat_wait("-100123") for _ in range(80)]
    assert most_in_any(60.0, moments) <= 20
    assert max(moments) <= 5 * 60


def test_a_chat_that_must_wait_takes_nobody_elses_place() -> None:
    """A hundred replies for one resident are lined up; another resident's goes out at once all the same."""
    watch = Stopwatch()
    pacer = Pacer(TELEGRAM, watch)
    for _ in range(100):
        pacer.chat_wait("slow")
    assert times(pacer, watch, "lan", "hoa") == [0, 0]


def test_places_in_the_channel_are_first_come_first_served() -> None:
    watch = Stopwatch()
    moments = times(Pacer(TELEGRAM, watch), watch, *(f"chat-{n}" for n in range(100)))
    assert moments == sorted(moments)
    assert moments[-1] > 3


def test_a_reply_with_files_counts_each_of_them() -> None:
    pacer = Pacer(TELEGRAM, Stopwatch())
    assert pacer.chat_wait("lan", 5) == 0
    assert round(pacer.chat_wait("lan"), 3) == 3  # five went out where three were free


def test_a_chat_told_to_wait_does_not_slow_the_channel() -> None:
    pacer = Pacer(TELEGRAM, Stopwatch())
    for _ in range(10):
        pacer.told_to_wait("busy", timedelta(seconds=30))
    assert pacer.pause() == 0


def test_when_several_chats_are_told_to_wait_the_whole_channel_does() -> None:
    watch = Stopwatch()
    pacer = Pacer(TELEGRAM, watch)
    for chat, seconds in (("lan", 5), ("hoa", 7), ("minh", 6)):
        pacer.told_to_wait(chat, timedelta(seconds=seconds))
    assert pacer.pause() == 6
    assert pacer.channel_wait() == 6
    watch.seconds += 6
    assert pacer.pause() == 0


def test_refusals_far_apart_do_not_add_up() -> None:
    watch = Stopwatch()
    pacer = Pacer(TELEGRAM, watch)
    for chat in ("lan", "hoa", "minh", "dung"):
        pacer.told_to_wait(chat, timedelta(seconds=5))
        watch.seconds += 8
    assert pacer.pause() == 0


def test_idle_chats_are_forgotten() -> None:
    """A million residents write over the years; only those of the last moments are remembered."""
    watch = Stopwatch()
    pacer = Pacer(TELEGRAM, watch)
    largest = 0
    for number in range(20 * FORGET_EVERY):
        pacer.chat_wait(f"chat-{number}")
        watch.seconds += 0.01
        largest = max(largest, len(pacer))
    assert largest <= FORGET_EVERY + 200


def test_a_chat_that_still_has_to_wait_is_not_forgotten() -> None:
    watch = Stopwatch()
    pacer = Pacer(TELEGRAM, watch)
    for _ in range(10):
        pacer.chat_wait("lan")
    for number in range(2 * FORGET_EVERY):
        pacer.chat_wait(f"chat-{number}")
    assert pacer.chat_wait("lan") > 7


def test_a_bucket_of_one_is_evenly_spaced() -> None:
    bucket = Bucket(0.5, 1)
    assert [bucket.take(10.0) for _ in range(4)] == [0.0, 0.5, 1.0, 1.5]


def test_processes_share_what_goes_out_over_all_chats() -> None:
    """Thirty a second among four is seven and a half for each, also in the middle of it; alone again it is thirty."""
    now = 0.0
    pacer = Pacer(Pace(per_second=30), lambda: now)

    def sent_in(seconds: float) -> int:
        nonlocal now
        until, count = now + seconds, 0
        while (now := now + pacer.channel_wait()) < until:
            count += 1
        return count

    assert 280 <= sent_in(10) <= 300
    pacer.share(4)
    assert 65 <= sent_in(10) <= 76
    pacer.share(40)
    assert 6 <= sent_in(10) <= 8
    pacer.share(1)
    assert 230 <= sent_in(10) <= 301  # the place that was taken last is a second away
