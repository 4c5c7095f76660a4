"""What must be true of a seed, seen from outside: from what was committed, what Telegram took, and what residents hold.

`Ledger` watches while it runs. `broken` looks at the end, when every fault was healed and nothing waits any more.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.reply import Reply
from bot.services.receipt import with_secret
from tests.deterministic.disk import Disk
from tests.deterministic.process import hanoi

if TYPE_CHECKING:
    from tests.deterministic.world import World


@dataclass
class Queued:
    """A reply that was committed to the outbox. `number` rises in the order of commits; the row's id may come again."""

    number: int
    row: int
    reply: Reply
    arrived: int = 0


@dataclass
class Ledger:
    """Every reply that was ever committed, and what arrived of it."""

    breaks: Callable[[str, str], None]
    allowed: Callable[[str], int]  # repeats of what was said in this chat, so far
    _by_chat: dict[str, list[Queued]] = field(default_factory=lambda: defaultdict(list))
    _by_row: dict[int, tuple[str, Queued]] = field(default_factory=dict)
    _last: dict[str, Queued] = field(default_factory=dict)  # that arrived in this chat
    repeated: "Counter[str]" = field(default_factory=Counter)
    _waiting: set[int] = field(default_factory=set)  # rows of the outbox; one that is missing was replaced by a newer one
    _taken: set[int] = field(default_factory=set)  # rows of the inbox
    _last_taken: dict[str, int] = field(default_factory=dict)
    _numbers: int = 0

    def committed(self, disk: Disk) -> None:
        """Called after every commit: what waits now and was not known is new."""
        waiting = disk.rows("SELECT id, external_id, body FROM outbox WHERE state = 'waiting' ORDER BY id")
        self._waiting = {row for row, _, _ in waiting}
        for row, chat, body in waiting:
            known = self._by_row.get(row)
            if known is None:
                self._new(row, chat, Reply.from_dict(json.loads(body)))

        for row, chat in disk.rows("SELECT id, address_id FROM inbox WHERE state <> 'waiting' ORDER BY id"):
            if row not in self._taken:
                self._taken.add(row)
                if row < (last := self._last_taken.get(chat, 0)):
                    self.breaks("an address's updates are taken in order", f"chat {chat}: row {row} after {last}")
                self._last_taken[chat] = row

    def _new(self, row: int, chat: str, reply: Reply) -> None:
        self._numbers += 1
        queued = Queued(self._numbers, row, with_secret(reply, hanoi().receipts))
        self._by_chat[chat].append(queued)
        self._by_row[row] = chat, queued

    def arrives(self, chat: str, reply: Reply) -> int:
        """Telegram took it. Returns the row, 0 when none of the kind was ever committed."""
        same = [queued for queued in self._by_chat[chat] if queued.reply == reply]
        if not same:
            self.breaks("no reply is sent for a turn that was rolled back", f"chat {chat}: {reply.text[:60]!r}")
            return 0
        queued = next((one for one in same if not one.arrived and one.row in self._waiting), same[-1])
        queued.arrived += 1
        if queued.arrived > 1:
            self.repeated[chat] += 1
            if self.repeated[chat] > (allowed := self.allowed(chat)):
                self.breaks(
                    "at most one repeated reply a kill or lost answer",
                    f"chat {chat}, row {queued.row}: {self.repeated[chat]} repeats, {allowed} allowed",
                )
        last = self._last.get(chat)
        if last is not None and queued.row < last.row:
            self.breaks("an address's replies come in order", f"chat {chat}: row {queued.row} after {last.row}")
        self._last[chat] = queued
        return queued.row

    def count(self, chat: str) -> int:
        """Replies that were ever queued for this chat."""
        return len(self._by_chat[chat])


def broken(world: "World") -> Iterator[tuple[str, str]]:
    """Rule and detail of everything that is not as it must be."""
    yield from _updates(world)
    yield from _replies(world)
    yield from _cases(world)
    yield from _residents(world)
    yield from _conversations(world)


def _updates(world: "World") -> Iterator[tuple[str, str]]:
    state = dict(world.disk.rows("SELECT external_id, state FROM inbox"))
    for number in world.telegram.updates.confirmed:
        if str(number) not in state:
            yield "an acknowledged update is kept", f"update {number} is gone"
    kept = Counter(number for [number] in world.disk.rows("SELECT json_extract(body, '$.update_id') FROM inbox"))
    for number, times in kept.items():
        if times > 1:
            yield "an update is kept once", f"update {number}: {times} times"
    for number, was in state.items():
        if was == "waiting":
            yield "a kept update is handled or visibly failed", f"update {number} still waits"
    failed = sum(was == "failed" for was in state.values())
    if failed != len(world.plan.poisoned):
        yield "what no dialogue takes fails, and nothing else", f"{failed} failed, {sorted(world.plan.poisoned)} should have"
    if world.telegram.updates.waiting:
        yield "every update is taken in the end", f"{sorted(world.telegram.updates.waiting)} wait at Telegram"


def _replies(world: "World") -> Iterator[tuple[str, str]]:
    for row, chat, state in world.disk.rows("SELECT id, external_id, state FROM outbox WHERE state <> 'sent'"):
        yield "every reply is delivered", f"row {row} of chat {chat} is {state}"


def _cases(world: "World") -> Iterator[tuple[str, str]]:
    held: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, chat, text in world.disk.rows("SELECT code, external_id, text FROM cases ORDER BY id"):
        held[chat].append((code, text))
    codes = Counter(code for cases in held.values() for code, _ in cases)
    for code, times in codes.items():
        if times > 1:
            yield "one code is one case", f"{code}: {times}"
    for resident in world.residents:
        told, have = resident.codes, dict(held[resident.chat])
        for code in told.keys() - have.keys():
            yield "every acknowledged case is there", f"chat {resident.chat} was told {code}"
        for code in have.keys() - told.keys():
            yield "every case is acknowledged", f"chat {resident.chat} was never told {code}"
        for matter, times in Counter(told.values()).items():
            if times > 1:
                yield "every matter is one case", f"chat {resident.chat}: {matter!r}, {times} codes"
        for code in told.keys() & have.keys():
            if told[code] not in have[code]:
                yield "a code is the case of the matter it was told for", f"chat {resident.chat}, {code}: {have[code]!r}"


def _residents(world: "World") -> Iterator[tuple[str, str]]:
    for resident in world.residents:
        if not resident.is_done:
            yield "nobody is left without what they came for", f"chat {resident.chat}: {resident.now_about!r}"
        if not resident.heard_since:
            yield "nobody meets with silence", f"chat {resident.chat}"


def _conversations(world: "World") -> Iterator[tuple[str, str]]:
    drafts = dict(world.disk.rows("SELECT external_id, draft IS NOT NULL FROM conversations"))
    for resident in world.residents:
        has_draft = bool(drafts.get(resident.chat))
        if has_draft and not resident.abandons:
            yield "a conversation is idle when its matters are filed", f"chat {resident.chat} still has a draft"
        if not has_draft and resident.abandons and not world.is_a_week_later:
            yield "a draft that nobody sent is kept", f"chat {resident.chat} has none"
