"""Two chats of one person: the code that ties them, and the answers that go from one to the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.bonds import Bond
from bot.domain.case import CaseId
from bot.domain.people import Address, ResidentId
from bot.domain.reply import Move, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class OnItsWay:
    """An answer of staff that waits at `address`; its case was written from `home`."""

    id: int
    address: Address
    reply: Reply
    case_id: CaseId
    home: Address


class Bonds(Protocol):
    """Which chats are one person's."""

    async def begin(self, asker: Address, code_hash: str, *, until: datetime, now: datetime) -> None:
        """Wait for this code; an earlier one of this chat that was not used is void, and every one that is too old."""
        ...

    async def waiting(self, code_hash: str, now: datetime) -> Bond | None:
        """The bond that waits for this code."""
        ...

    async def tie(self, bond_id: int, asker: Address, other: Address, now: datetime) -> Bond | None:
        """Tie them; None where it waits no longer, or not for this asker."""
        ...

    async def of(self, address: Address) -> list[Bond]:
        """Those that are tied, oldest first."""
        ...

    async def are_tied(self, one: Address, other: Address) -> bool: ...

    async def residents_beyond(self, address: Address) -> list[ResidentId]:
        """Who stands at the other ends."""
        ...

    async def cut(self, bond_id: int) -> bool:
        """Undo it. False when it was."""
        ...

    async def forget(self, address: Address) -> None:
        """Undo all of this chat, codes that wait too."""
        ...

    async def on_its_way(self, reply_id: int) -> OnItsWay | None:
        """The answer that this reply of the outbox carries; None where it carries no words of staff."""
        ...

    async def stuck(self, *, queued_before: datetime, now: datetime, after: int, most: int) -> Sequence[OnItsWay]:
        """Answers that wait where their resident wrote, in nobody's hands, and could go another way; by id."""
        ...

    async def away(self, start: Address, home: Address, now: datetime) -> Sequence[OnItsWay]:
        """Answers about cases of `home` that wait at `start`, in nobody's hands."""
        ...

    async def move(self, reply_id: int, move: Move, now: datetime) -> bool:
        """Let it wait elsewhere, with all its tries before it. False when it is no longer there, or in somebody's hands."""
        ...
