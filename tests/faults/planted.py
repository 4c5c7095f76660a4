"""Faults that are put into the program, or into what a scenario found, and that the oracle has to find.

The functions at the top change the program in a process of its own before it starts (see `tests.kills.quick_start`);
`SPOILED` changes what a scenario handed over, one rule after the other.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any
from unittest.mock import patch

from bot.domain.case import Case
from bot.domain.draft import Draft
from bot.domain.people import Channel
from bot.domain.reply import DeliveryResult, DeliveryState, QueuedReply
from bot.ports import Clock, RawUpdate, UnitOfWork
from bot.services.file_case import file_case
from handlers import delivery
from handlers.dialogue.report import filing
from handlers.intake import Intake
from handlers.sending import Lane, send
from tests.faults import oracle
from tests.faults.oracle import Evidence, Rule

LATE = 0.4  # seconds
EVERY = 5  # th reply


def acknowledges_before_it_keeps() -> None:
    """The commit was moved after the acknowledgement."""
    keep, later = Intake.keep, set[asyncio.Task[None]]()

    async def keep_later(intake: Intake, channel: Channel, updates: Sequence[RawUpdate]) -> None:
        async def wait_and_keep() -> None:
            await asyncio.sleep(LATE)
            await keep(intake, channel, updates)

        later.add(asyncio.create_task(wait_and_keep()))

    patch.object(Intake, "keep", keep_later).start()


def files_twice() -> None:
    """A report becomes two cases."""

    async def file_again(uow: UnitOfWork, *, draft: Draft, **more: Any) -> Case:
        first, *others = draft.parts
        await file_case(uow, draft=replace(draft, parts=(replace(first, source_id=f"{first.source_id}/2"), *others)), **more)
        return await file_case(uow, draft=draft, **more)

    patch.object(filing, "file_case", file_again).start()


def forgets_replies() -> None:
    """One reply in so many is written down as sent, and was not."""
    numbers = count(1)

    async def maybe_send(lane: Lane, queued: QueuedReply, clock: Clock) -> DeliveryResult:
        if next(numbers) % EVERY:
            return await send(lane, queued, clock)
        return DeliveryResult(reply_id=queued.id, state=DeliveryState.SENT, at=clock.now(), provider_id="7")

    patch.object(delivery, "send", maybe_send).start()


def sends_twice() -> None:
    """One reply in so many goes out two times."""
    numbers = count(1)

    async def send_again(lane: Lane, queued: QueuedReply, clock: Clock) -> DeliveryResult:
        if not next(numbers) % EVERY:
            await send(lane, queued, clock)
        return await send(lane, queued, clock)

    patch.object(delivery, "send", send_again).start()


Spoil = Callable[[Evidence], None]


def _loses_a_case(found: Evidence) -> None:
    found.stored = replace(found.stored, cases=found.stored.cases[1:])


def _doubles_a_case(found: Evidence) -> None:
    found.stored = replace(found.stored, cases=[*found.stored.cases, replace(found.stored.cases[0], code="AAAA-AAAA")])


def _gives_a_case_to_another(found: Evidence) -> None:
    first, *others = found.stored.cases
    found.stored = replace(found.stored, cases=[replace(first, chat="1"), *others])


def _forgets_to_tell(found: Evidence) -> None:
    del found.told.codes[next(iter(found.told.codes))]


def _shares_a_code(found: Evidence) -> None:
    first, second, *_ = found.told.codes
    found.told.codes[second] = found.told.codes[first]


def _mixes_words_up(found: Evidence) -> None:
    first, *others = found.stored.cases
    found.stored = replace(found.stored, cases=[replace(first, text=first.text.replace("phần 2", "phần 3")), *others])


def _drops_an_update(found: Evidence) -> None:
    found.stored = replace(found.stored, updates=dict(list(found.stored.updates.items())[1:]))


def _leaves_an_update(found: Evidence) -> None:
    found.stored = replace(found.stored, updates={**found.stored.updates, "1": "waiting"})


def _hides_a_failure(found: Evidence) -> None:
    found.stored, found.may_fail = replace(found.stored, updates={**found.stored.updates, "1": "failed"}), 1


def _leaves_a_reply(found: Evidence) -> None:
    first, *others = found.stored.replies
    found.stored = replace(found.stored, replies=[replace(first, state="waiting"), *others])


def _says_it_was_sent(found: Evidence) -> None:
    first, *others = found.stored.replies
    found.stored = replace(found.stored, replies=[replace(first, provider_id="1"), *others])


def _changes_the_order(found: Evidence) -> None:
    chat = found.stored.replies[0].chat
    mine = [number for number, sent in enumerate(found.stored.replies) if sent.chat == chat]
    replies = list(found.stored.replies)
    replies[mine[0]], replies[mine[1]] = replies[mine[1]], replies[mine[0]]
    found.stored = replace(found.stored, replies=replies)


def _repeats_a_reply(found: Evidence) -> None:
    heard = next(resident.heard for resident in found.api.residents.values())
    heard.insert(1, replace(heard[1], message_id=1))


def _is_silent(found: Evidence) -> None:
    found.told.silent.append("dấu-7000-1-hết")


# What is changed in what a scenario found, and the rule that must say so.
SPOILED: Sequence[tuple[Spoil, Rule]] = (
    (_loses_a_case, oracle.every_acknowledged_case_is_there_once),
    (_doubles_a_case, oracle.every_acknowledged_case_is_there_once),
    (_gives_a_case_to_another, oracle.every_acknowledged_case_is_there_once),
    (_forgets_to_tell, oracle.every_case_is_acknowledged),
    (_shares_a_code, oracle.no_two_residents_share_a_code),
    (_mixes_words_up, oracle.a_case_holds_its_words_in_order),
    (_drops_an_update, oracle.every_confirmed_update_is_kept),
    (_leaves_an_update, oracle.every_kept_update_is_handled_or_visibly_failed),
    (_hides_a_failure, oracle.every_kept_update_is_handled_or_visibly_failed),
    (_leaves_a_reply, oracle.every_reply_arrived),
    (_says_it_was_sent, oracle.every_reply_arrived),
    (_changes_the_order, oracle.replies_come_in_order),
    (_repeats_a_reply, oracle.a_reply_is_repeated_once_a_kill_at_most),
    (_is_silent, oracle.nobody_meets_with_silence),
)
