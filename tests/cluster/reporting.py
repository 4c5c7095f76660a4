"""Residents who report in four messages at once, again and again; and what must be true of what they heard.

Messages that are sent without waiting are what several processes could take the wrong way round: the case must hold
them in their order, once each.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.bot_api import Heard, Resident
from tests.bot_api.server import Call

CODE = re.compile(r"Mã hồ sơ: ([0-9A-Z-]+)")
MARKER = re.compile(r"dấu-\d+-\d+-hết")
GRACE = 1.5  # seconds in which a call of somebody who is gone may still lie unread before the Bot API
PART = re.compile(r"phần (\d) của ")


@dataclass
class Told:
    """What the residents were promised: the marker in their words, and the code they were given for it."""

    codes: dict[str, str] = field(default_factory=dict)
    asked: int = 0  # conversations begun

    def begins(self, most: int) -> bool:
        """Whether there is another conversation to be had."""
        self.asked += self.asked < most + 1
        return self.asked <= most


async def keeps_reporting(resident: Resident, told: Told, most: int, patience: float) -> None:
    """Report, send, hear the code, until so many conversations of all were had.

    Raises:
        TimeoutError: The resident hears nothing for `patience` seconds.
    """
    number = 0
    while told.begins(most):
        number += 1
        marker = f"dấu-{resident.id}-{number}-hết"
        lane = resident.id % 1000 + 11  # each another, or they would be offered each other's cases to join
        resident.sends("/new")
        resident.sends(f"Đèn đường hỏng ở ngõ {lane} phường Phú Thượng phần 1 của {marker}")
        resident.sends(f"Tối lắm phần 2 của {marker}")
        resident.sends(f"Mong sửa sớm phần 3 của {marker}")
        await hears(resident, _shows_all(marker), patience)
        resident.presses("Gửi")
        code = CODE.search((await hears(resident, _gives_a_code(told), patience)).text)
        assert code
        told.codes[marker] = code[1]


def _shows_all(marker: str) -> Callable[[Heard], bool]:
    """The card with everything that was said, ready to be sent."""
    last = f"phần 3 của {marker}"
    return lambda heard: last in heard.text and "Gửi" in " ".join(heard.buttons)


def _gives_a_code(told: Told) -> Callable[[Heard], bool]:
    """A code that nobody was told before: a reply sent twice is allowed after a kill, and is not an acceptance."""

    def gives(heard: Heard) -> bool:
        found = CODE.search(heard.text)
        return found is not None and found[1] not in told.codes.values()

    return gives


async def hears(resident: Resident, wanted: Callable[[Heard], bool], patience: float) -> Heard:
    """The next message that is wanted; others are repeats or in between."""
    async with asyncio.timeout(patience):
        while not wanted(heard := await resident.next(patience)):
            continue
    return heard


@dataclass(frozen=True)
class Findings:
    """What is wrong; all empty when nothing is. `repeats`: how many replies were sent again after a kill."""

    absent: list[str]
    doubled: list[str]
    shared: list[str]
    mixed_up: list[str]
    disordered: list[str]
    repeated: list[str]  # more than once to one resident after one kill, or without any kill
    repeats: int

    @property
    def wrong(self) -> list[str]:
        return [*self.absent, *self.doubled, *self.shared, *self.mixed_up, *self.disordered, *self.repeated]


def look(
    told: Told,
    held: Sequence[Mapping[str, str]],
    residents: Sequence[Resident],
    calls: Sequence[Call],
    kills: Sequence[tuple[float, float]],
) -> Findings:
    """Hold what was promised against what is there.

    Args:
        held: Every case, as it is exported.
        calls: Everything that was sent.
        kills: When somebody was killed, on the same clock: before it was asked for, and when they were gone.
    """
    again = list(sent_again(calls, kills))
    codes: dict[str, list[str]] = {}
    for row in held:
        for marker in set(MARKER.findall(row["text"])):
            codes.setdefault(marker, []).append(row["code"])
    shared = [code for code, times in Counter(told.codes.values()).items() if times > 1]
    shared += [row["code"] for row in held if len(set(MARKER.findall(row["text"]))) > 1]
    return Findings(
        absent=[marker for marker, code in told.codes.items() if code not in codes.get(marker, [])],
        doubled=[marker for marker, found in codes.items() if len(found) > 1],
        shared=shared,
        mixed_up=[row["code"] for row in held if PART.findall(row["text"]) != ["1", "2", "3"]],
        disordered=[str(resident.id) for resident in residents if not in_order(resident)],
        repeated=[
            f"{chat}: {times} after kill {kill}" for (chat, kill), times in Counter(again).items() if _is_odd(times, kill)
        ],
        repeats=len(again),
    )


def in_order(resident: Resident) -> bool:
    """Each card is first heard after the code of the one before: the answers come in the order of the questions."""
    seen: list[tuple[int, int]] = []
    for heard in resident.heard:
        number = next((int(one.split("-")[2]) for one in MARKER.findall(heard.text)), 0)
        if number and (not seen or number > seen[-1][0]):
            seen.append((number, sum(1 for earlier in resident.heard[: resident.heard.index(heard)] if is_code(earlier))))
    firsts = [number for number, _ in seen]
    return firsts == list(range(1, len(firsts) + 1)) and all(codes >= number - 1 for number, codes in seen)


def is_code(heard: Heard) -> bool:
    return CODE.search(heard.text) is not None


def _is_odd(times: int, kill: int) -> bool:
    """One reply to an address is in flight at a time, so a kill can repeat one of them; nothing else may."""
    return times > 1 or kill < 0


def sent_again(calls: Sequence[Call], kills: Sequence[tuple[float, float]]) -> Iterator[tuple[str, int]]:
    """For every reply about a report that was sent a second time: to whom, and after which kill; -1: there was none."""
    first: dict[tuple[str, str], float] = {}
    for call in calls:
        chat, text = str(call.parameters.get("chat_id", "")), str(call.parameters.get("text", ""))
        if call.method.lower() != "sendmessage" or not (MARKER.search(text) or CODE.search(text)):
            continue
        sent_at = first.setdefault((chat, text), call.at)
        if sent_at != call.at:
            yield chat, max(_kills_between(kills, sent_at, call.at), default=-1)


def _kills_between(kills: Sequence[tuple[float, float]], sent_at: float, again_at: float) -> Iterator[int]:
    return (n for n, (asked, gone) in enumerate(kills) if sent_at <= gone + GRACE and asked <= again_at)
