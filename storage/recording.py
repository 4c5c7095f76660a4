"""Writes down what came of replies that were sent: for the outbox, and for the case that an answer was about."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Row, bindparam, case, insert, literal, literal_column, select, update

from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import CaseId
from bot.domain.people import Address, Channel
from bot.domain.reply import DeliveryResult, DeliveryState, Move, QueuedReply
from bot.domain.thread import CaseEvent, EventKind
from storage.among import among, told_of
from storage.case_clocks import step_clocks
from storage.case_tally import count_event
from storage.claiming import is_state
from storage.link import Link
from storage.notices import SqlNotices
from storage.reaching import Reaching
from storage.redirecting import put_elsewhere
from storage.tables import case_events, cases, conversations, messages, outbox
from storage.types import SealedJson

LONGEST_ERROR = 500  # characters

_whose = (outbox.c.id, outbox.c.channel, outbox.c.external_id, outbox.c.case_id, outbox.c.message_id)
# A web chat's page reads its lines from here. What the other channels took is theirs to keep: it may repeat what a resident
# wrote, and nobody here reads it again.
_is_read_back = outbox.c.channel == literal_column("'webchat'")
_record_sent = (
    update(outbox)
    .where(among(outbox.c.id, "rows"), is_state("waiting", outbox))
    .values(
        body=case((_is_read_back, outbox.c.body), else_=literal({}, SealedJson)),
        state=DeliveryState.SENT.value,
        provider_id=told_of(outbox.c.id, "providers"),
        due_at=None,
        error="",
        finished_at=bindparam("finished"),
        owner="",
        leased_until=None,
    )
    .returning(*_whose)
)
_record = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), is_state("waiting", outbox))
    .values(
        state=bindparam("new_state"),
        provider_id=bindparam("provider"),
        due_at=bindparam("due"),
        error=bindparam("why"),
        finished_at=bindparam("finished"),
        owner="",
        leased_until=None,
    )
    .returning(*_whose)
)
_case_of_message = select(messages.c.case_id).where(messages.c.id == bindparam("message"))
_name_case = update(outbox).where(outbox.c.id == bindparam("row")).values(case_id=bindparam("case"))
_add_event = insert(case_events)
_touch_case = update(cases).where(cases.c.id == bindparam("case")).values(version=cases.c.version + 1)
_block = (
    update(conversations)
    .where(conversations.c.channel == bindparam("on"), conversations.c.external_id == bindparam("whom"))
    .values(is_blocked=True)
)


class Recording:
    """The part of `bot.ports.Outbox` that is about what came of a try.

    Args:
        claimed: Replies of this very unit of work, by id: a web chat's page is told them with the ring.
    """

    __slots__ = ("_claimed", "_link", "_reach")

    def __init__(self, link: Link, reach: Reaching, claimed: Mapping[int, QueuedReply]) -> None:
        self._claimed = claimed
        self._link = link
        self._reach = reach

    async def record(self, results: Sequence[DeliveryResult]) -> None:
        """Write them down; what was recorded before stays as it was."""
        sent = [result for result in results if result.state is DeliveryState.SENT]
        for _, together in groupby(sent, lambda result: result.at.replace(microsecond=0)):
            await self._record_sent(list(together))
        for result in results:
            if result.state is not DeliveryState.SENT:
                await self._record_not_sent(result)

    async def _record_sent(self, results: Sequence[DeliveryResult]) -> None:
        """Those of one second in one statement: there are as many of them as of everything else that is written."""
        at = {result.reply_id: result.at for result in results}
        values = {
            "rows": list(at),
            "providers": {result.reply_id: result.provider_id for result in results},
            "finished": results[-1].at,
        }
        # Not among them is what a second owner sent as well, after the first one's lease ran out.
        for row in await self._link.rows(_record_sent, values):
            if row.message_id is not None and row.case_id is not None:
                await self._reach.arrived(row.case_id, at[row.id])
            if CAPABILITIES[channel := Channel(row.channel)].is_own_page:
                # Sending to a web chat is this very commit: only now does its page find the line.
                address = Address(channel, row.external_id)
                self._link.rung.add(address)
                self._link.shown.setdefault(address, []).append(self._claimed.get(row.id))

    async def _record_not_sent(self, result: DeliveryResult) -> None:
        is_final = result.state is DeliveryState.FAILED
        row = await self._put_down(result, is_final)
        if row is None:  # recorded before, as above
            return
        address = Address(Channel(row.channel), row.external_id)
        if is_final:
            missed = await self._reach.missed(row.message_id, address, result.at) if row.message_id is not None else {}
            await self._show_on_case(row, result, missed)
        elif result.move is not None:
            await self._show_move(result, result.move, row.case_id)
        if result.blocks_address:
            blocked = result.move.start if result.move else address
            await self._link.run(_block, {"on": blocked.channel.value, "whom": blocked.external_id})

    async def _put_down(self, result: DeliveryResult, is_final: bool) -> Row[Any] | None:
        why = result.error[:LONGEST_ERROR]
        if result.move is not None:
            error = why if is_final else None
            return await put_elsewhere(
                self._link, result.reply_id, result.move, at=result.at, failed_with=error, is_ours=True
            )
        return await self._link.row(
            _record,
            {
                "row": result.reply_id,
                "new_state": result.state.value,
                "provider": result.provider_id,
                "due": None if is_final else result.due_at,
                "why": why,
                "finished": result.at if is_final else None,
            },
        )

    async def _show_move(self, result: DeliveryResult, move: Move, case_id: int) -> None:
        """No answer is lost by it, so no clock and no figure hears of it; staff see which way it went."""
        details = {"from": move.start.channel.value, "to": move.goal.channel.value, "error": result.error[:100]}
        event = {"kind": EventKind.REDIRECTED.value, "at": result.at, "staff_id": None, "details": details}
        await self._link.run(_add_event, {"case_id": case_id, **event})
        await self._link.run(_touch_case, {"case": case_id})
        self._link.has_news = True

    async def _show_on_case(self, row: Row[Any], result: DeliveryResult, missed: Mapping[str, str]) -> None:
        case_id = row.case_id
        if case_id is None and row.message_id is not None:
            case_id = await self._link.value(_case_of_message, {"message": row.message_id})
            await self._link.run(_name_case, {"row": row.id, "case": case_id})
        if case_id is None:
            return
        self._link.has_news = True
        details = {"reply": str(row.id), "error": result.error[:100], **missed}
        event = CaseEvent(case_id=CaseId(case_id), kind=EventKind.UNDELIVERED, at=result.at, details=details)
        await self._link.run(
            _add_event,
            {"case_id": case_id, "kind": event.kind.value, "at": event.at, "staff_id": None, "details": details},
        )
        await step_clocks(self._link, event)
        await count_event(self._link, event)
        await SqlNotices(self._link).note_void(event.case_id, event.at)
        await self._link.run(_touch_case, {"case": case_id})
