"""Bugs as somebody could make them, each planted at one seam of the world or one statement, and each to be found."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

from sqlalchemy import Table, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incoming import Incoming
from bot.domain.people import Channel
from bot.domain.reply import DeliveryResult, NewReply, QueuedReply
from bot.ports import RawUpdate, UnitOfWork
from handlers.channels import telegram_intake
from handlers.delivery import Delivery
from handlers.dialogue import Dialogue
from handlers.intake import Intake
from handlers.sending import Lane
from storage import inbox as inbox_nouns
from storage import outbox as outbox_nouns
from storage import sqlite_writer
from storage.link import driver_of
from storage.outbox import SqlOutbox
from storage.tables import inbox, outbox
from tests.deterministic.process import Process
from tests.deterministic.store import SimulatedDatabase
from tests.deterministic.world import World


class AcknowledgesFirst(World):
    """The commit was moved after the acknowledgement."""

    def make_intake(self, process: Process, database: SimulatedDatabase, channels: Any, dialogue: Dialogue) -> Intake:
        made = super().make_intake(process, database, channels, dialogue)
        keep = made.keep

        async def keep_later(channel: Channel, updates: Sequence[RawUpdate]) -> None:
            process.life.start(keep(channel, updates))

        made.keep = keep_later  # type: ignore[method-assign]  # that is the bug
        return made


class ForgetsWhatItKnows(World):
    """The dedupe key was left out: whatever comes is new."""

    def make_intake(self, process: Process, database: SimulatedDatabase, channels: Any, dialogue: Dialogue) -> Intake:
        made = super().make_intake(process, database, channels, dialogue)
        keep = made.keep

        async def keep_anew(channel: Channel, updates: Sequence[RawUpdate]) -> None:
            await keep(channel, [_renamed(one, f"{one.external_id}/{next(_NUMBERS)}") for one in updates])

        made.keep = keep_anew  # type: ignore[method-assign]  # that is the bug
        return made


class SpeaksBeforeItCommits(World):
    """A turn's reply goes out at once, and not when the turn was committed."""

    def make_intake(self, process: Process, database: SimulatedDatabase, channels: Any, dialogue: Dialogue) -> Intake:
        made = super().make_intake(process, database, channels, dialogue)
        converse, port = made._turns._converse, channels[Channel.TELEGRAM]

        async def speaks(uow: UnitOfWork, incoming: Incoming, now: datetime) -> None:
            add = uow.outbox.add

            async def send_too(replies: Sequence[NewReply], at: datetime, **more: Any) -> list[int]:
                for new in replies:
                    process.life.start(port.send(new.address, new.reply))
                return await add(replies, at, **more)

            with patch.object(SqlOutbox, "add", lambda _, replies, at, **more: send_too(replies, at, **more)):
                await converse(uow, incoming, now)

        made._turns._converse = speaks
        return made


class ClaimsWithoutALease(World):
    """A claimed reply is free again at once."""

    def make_delivery(self, process: Process, database: SimulatedDatabase, channels: Any) -> Delivery:
        made = super().make_delivery(process, database, channels)
        made._lease = timedelta()
        return made


class RecordsTwice(World):
    """What came of a send is recorded twice: that nobody knows, and when the answer is read, that it is there."""

    def make_delivery(self, process: Process, database: SimulatedDatabase, channels: Any) -> Delivery:
        made = super().make_delivery(process, database, channels)
        finish = made._finish

        def finish_twice(lane: Lane, queued: QueuedReply, result: DeliveryResult | None) -> None:
            finish(lane, queued, None)
            lane.in_hand += 1
            asyncio.get_running_loop().call_later(ANSWER_IS_READ_AFTER, finish, lane, queued, result)

        made._finish = finish_twice  # type: ignore[method-assign]  # that is the bug
        return made


class TwoOfOneAddress(World):
    """Several processes, updates that come to any of them, and people who write in bursts."""

    def __post_init__(self) -> None:
        self.is_shared = self.is_pushed = True
        super().__post_init__()

    def _people_come(self, outside: Context) -> None:
        super()._people_come(outside)
        for resident in self.residents:
            resident.hasty = 1.0


def _confirms_too_early() -> AbstractContextManager[Any]:
    """The offset moves before what it confirms was kept."""
    turn = telegram_intake.TelegramPolling._turn

    async def hasty(self: telegram_intake.TelegramPolling, stop: asyncio.Event) -> bool:
        keep = self._keep

        async def confirm_and_keep(updates: Sequence[RawUpdate]) -> None:
            self._offset.confirm([int(one.external_id) for one in updates], asyncio.get_running_loop().time())
            await keep(updates)

        with patch.object(self, "_keep", confirm_and_keep):
            return await turn(self, stop)

    return patch.object(telegram_intake.TelegramPolling, "_turn", hasty)


def _retries_lose_their_place() -> AbstractContextManager[Any]:
    """A reply that waits for its next try no longer holds back the later ones of its address."""
    return _claiming(outbox_nouns, outbox)


def _addresses_are_not_looked_at() -> AbstractContextManager[Any]:
    """Two processes take two updates of one address at the same time."""
    return _claiming(inbox_nouns, inbox)


def _failed_commits_stay() -> AbstractContextManager[Any]:
    """As it was: SQLAlchemy still had the transaction whose COMMIT failed, and would begin no other."""

    async def rolls_back(connection: AsyncConnection) -> bool:
        if connection.in_transaction():
            await connection.rollback()
        elif (driver := driver_of(connection)) is not None:
            await driver.rollback()
        return not connection.invalidated

    return patch.object(sqlite_writer, "roll_back", rolls_back)


def _claiming(nouns: Any, table: Table) -> AbstractContextManager[Any]:
    """The same claim, but for what it says about earlier rows of the same address."""
    heads = nouns._heads.with_only_columns(table.c.id)
    heads._where_criteria = tuple(one for one in heads._where_criteria if "earlier" not in str(one))
    claim = update(table).where(table.c.id.in_(heads))
    claim = claim.values(owner=bindparam("by"), leased_until=bindparam("until"), attempts=table.c.attempts + 1)
    return patch.object(nouns, "_claim", claim.returning(*nouns._claim._returning))


def _renamed(raw: RawUpdate, external_id: str) -> RawUpdate:
    return RawUpdate(channel=raw.channel, external_id=external_id, address_id=raw.address_id, body=raw.body)


_NUMBERS = count()
ANSWER_IS_READ_AFTER = 0.5  # seconds


@dataclass(frozen=True)
class Bug:
    """A bug, the seeds that it must be found in, with which faults, and by which rules."""

    what: str
    found_by: frozenset[str]
    faults: tuple[str, ...]
    within: int  # seeds
    make: type[World] = World
    patched: Callable[[], AbstractContextManager[Any]] = nullcontext
    is_shared: bool = False


BUGS = (
    Bug(
        "the commit was moved after the acknowledgement",
        frozenset({"an acknowledged update is kept"}),
        ("kill", "failed commit", "busy"),
        1000,
        AcknowledgesFirst,
    ),
    Bug(
        "the outbox is claimed without a lease",
        frozenset({"at most one repeated reply a kill or lost answer"}),
        ("refused", "lost answer"),
        200,
        ClaimsWithoutALease,
    ),
    Bug(
        "a turn's reply is sent before its commit",
        frozenset({"no reply is sent for a turn that was rolled back"}),
        ("failed commit", "kill"),
        100,
        SpeaksBeforeItCommits,
    ),
    Bug("the dedupe key was left out", frozenset({"an update is kept once"}), ("kill", "refused"), 200, ForgetsWhatItKnows),
    Bug(
        "order is dropped on retry",
        frozenset({"an address's replies come in order"}),
        ("refused",),
        300,
        patched=_retries_lose_their_place,
    ),
    Bug(
        "the offset is confirmed too early",
        frozenset({"an acknowledged update is kept"}),
        ("failed commit", "busy", "failed statement"),
        300,
        patched=_confirms_too_early,
    ),
    Bug(
        "a send's result is recorded twice",
        frozenset({"at most one repeated reply a kill or lost answer"}),
        (),
        50,
        RecordsTwice,
    ),
    Bug(
        "the address rule is dropped between two processes",
        frozenset({"an address's updates are taken in order"}),
        ("failed commit", "failed statement"),
        300,
        TwoOfOneAddress,
        _addresses_are_not_looked_at,
    ),
    Bug(
        "what a failed commit left is not ended",
        frozenset({"no process comes to an end by itself"}),
        ("failed commit", "unknown commit"),
        100,
        patched=_failed_commits_stay,
    ),
)
