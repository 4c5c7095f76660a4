"""The cases of an export, a page at a time: the columns that are told, and nothing opened that nobody is shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, select

from bot.domain.case import CaseId
from bot.domain.reply import DeliveryState
from bot.domain.sheet_rows import ExportedCase, ExportedFile, ExportedMessage
from bot.ports import EVERY_CASE, Chosen
from storage.among import among
from storage.chosen_cases import extent_of, page_of
from storage.link import Link
from storage.tables import attachments, cases, messages, outbox
from storage.types import as_told

# In the order of `ExportedCase`, without its messages.
_CASE = (
    *(cases.c.id, cases.c.code, cases.c.kind, cases.c.category, cases.c.ward_code, cases.c.desk, cases.c.channel),
    *(cases.c.source_id, cases.c.status, cases.c.outcome, cases.c.text),
    *(as_told(cases.c.created_at), as_told(cases.c.due_at), as_told(cases.c.closed_at), cases.c.disputes),
)
_carries = and_(outbox.c.message_id == messages.c.id, outbox.c.message_id.is_not(None))
# A row for each reply that carries the message, or one row where none does.
_messages = (
    select(
        *(messages.c.case_id, messages.c.id, messages.c.author, messages.c.text),
        *(as_told(messages.c.at), as_told(messages.c.edited_at), outbox.c.state),
    )
    .select_from(messages.outerjoin(outbox, _carries))
    .where(among(messages.c.case_id, "cases"))
    .order_by(messages.c.id)
)
_files = (
    select(attachments.c.message_id, attachments.c.key, attachments.c.media_type, attachments.c.trouble)
    .select_from(attachments.join(messages, messages.c.id == attachments.c.message_id))
    .where(among(messages.c.case_id, "cases"))
    .order_by(attachments.c.id)
)
# Of several replies that carry one message, the worst is told.
_BADNESS = {DeliveryState.SENT.value: 0, DeliveryState.WAITING.value: 1, DeliveryState.FAILED.value: 2}


class ExportedCases:
    """The part of `bot.ports.Cases` that is about exports."""

    _link: Link

    async def export(self, chosen: Chosen = EVERY_CASE, *, after_id: int = 0, most: int = 500) -> list[ExportedCase]:
        rows = await self._link.tuples(_page_of(chosen), {"after": after_id, "most": most})
        threads = await self._exported_threads([row[0] for row in rows]) if rows else {}
        return [ExportedCase._make((*row, threads.get(row[0], ()))) for row in rows]

    async def extent(self, chosen: Chosen = EVERY_CASE) -> tuple[int, CaseId]:
        row = await self._link.row(extent_of(chosen))
        return (row.number, CaseId(row.newest or 0)) if row else (0, CaseId(0))

    async def _exported_threads(self, case_ids: Sequence[int]) -> Mapping[int, Sequence[ExportedMessage]]:
        which = {"cases": case_ids}
        files: defaultdict[int, list[ExportedFile]] = defaultdict(list)
        for message_id, key, media_type, trouble in await self._link.tuples(_files, which):
            files[message_id].append(ExportedFile(key, media_type, trouble))
        threads: defaultdict[int, list[ExportedMessage]] = defaultdict(list)
        before = 0
        for case_id, message_id, author, text, at, edited_at, state in await self._link.tuples(_messages, which):
            thread = threads[case_id]
            if message_id != before:
                thread.append(ExportedMessage(author, text, at, edited_at, files.get(message_id, ()), state))
                before = message_id
            elif _BADNESS[state] > _BADNESS[thread[-1].delivery or ""]:  # the same message, in another reply
                thread[-1] = thread[-1]._replace(delivery=state)
        return threads


@lru_cache(maxsize=64)
def _page_of(chosen: Chosen) -> Select[Any]:
    return page_of(chosen, _CASE)
